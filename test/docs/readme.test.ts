import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Page, pagePaths, readPage, root } from './pages.ts'

const pages = pagePaths.map(readPage)

describe('the TypeScript of', () => {
  const withCode = pages.filter(({ codeBlocks }) => codeBlocks.some(({ language }) => language === 'ts'))
  let folder: string
  let complaints: string[]

  beforeAll(async () => {
    folder = mkdtempSync(join(import.meta.dirname, '.tmp-types-'))
    for (const page of withCode) extract(page)
    complaints = await typeCheck()
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  /** Each block becomes a file in a folder of the page's name, on the lines that it has in the page. */
  function extract({ path, codeBlocks }: Page): void {
    for (const { language, file, text, line } of codeBlocks) {
      if (language !== 'ts') continue
      const target = join(folder, path, file ?? `line${line}.ts`)
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, '\n'.repeat(line - 1) + text)
    }
  }

  async function typeCheck(): Promise<string[]> {
    const toRoot = posix.join(...relative(folder, root).split(/[\\/]/))
    const config = {
      extends: `${toRoot}/tsconfig.json`,
      compilerOptions: {
        noEmit: true,
        rootDir: toRoot,
        moduleDetection: 'force',
        skipLibCheck: true,
        // A reader uses what an example makes.
        noUnusedLocals: false,
        paths: {
          'data-session': [`${toRoot}/src/index.ts`],
          'data-session/plugin': [`${toRoot}/src/plugin.ts`],
          'data-session/testing': [`${toRoot}/src/testing/index.ts`],
          'data-session/*': [`${toRoot}/*.ts`],
        },
      },
      include: ['**/*.ts'],
      exclude: [],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
      cwd: folder,
    }).catch((error: { stdout: string }) => error)
    return stdout.split('\n').filter((line) => line !== '')
  }

  test.each(withCode)('$path type-checks', ({ path }) => {
    expect(complaints.filter((line) => line.startsWith(`${path}/`))).toEqual([])
  })

  test('all of it is checked, and nothing else complains', () => {
    expect(withCode.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['README.md', 'docs/plug-ins.md']),
    )
    expect(complaints.filter((line) => !line.startsWith(' ') && !/^(README\.md|docs)\//.test(line))).toEqual(
      [],
    )
  })
})

describe('links', () => {
  const local = (page: Page) => page.links.filter((target) => !/^[a-z]+:/i.test(target))

  /** The file that a link leads to, from the package's folder, and the heading in it. */
  function destination({ path }: Page, target: string): { file: string; anchor: string | undefined } {
    const [file = '', anchor] = target.split('#')
    return { file: file === '' ? path : posix.join(posix.dirname(path), file), anchor }
  }

  const withLinks = pages.filter((page) => local(page).length > 0)

  test.each(withLinks)('of $path lead to a file, and to a heading', (page) => {
    const broken = local(page).filter((target) => {
      const { file, anchor } = destination(page, target)
      if (!existsSync(join(root, file))) return true
      return anchor !== undefined && !readPage(file).anchors.includes(anchor)
    })
    expect(broken).toEqual([])
  })

  test('lead from README.md to every page', () => {
    const reached = new Set(['README.md'])
    // A set goes on over what is added to it meanwhile.
    for (const path of reached) {
      const page = pages.find((page) => page.path === path)
      for (const target of page?.links ?? []) reached.add(destination(page!, target).file)
    }
    expect(pagePaths.filter((path) => !reached.has(path))).toEqual([])
  })
})
