import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Outcome, Project, root, runCommand, runNode } from '../support/project.ts'

const fixtures = join(root, 'test', 'fixtures')

/** A project that installs what npm would publish. */
let project: Project
let tarball: string
let contents: string[]

beforeAll(async () => {
  project = await Project.create()
  // Without scripts: `npm test` has built already, and building again would pull the rug from under other tests.
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', project.folder]
  const { stdout } = await runCommand('npm', args, root)
  const [packed] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }]
  tarball = packed.filename
  contents = packed.files.map(({ path }) => path)
})

afterAll(() => project.remove())

describe('the package', () => {
  const SOURCES = ['src', 'drivers', 'id-generators', 'serializers']

  test('has the built modules, their sources, the documentation, and nothing else', () => {
    const known = new RegExp(
      `^((dist/)?(${SOURCES.join('|')})|docs)/|^(README|CHANGELOG)\\.md$|^LICENSE$|^package\\.json$`,
    )
    expect(contents.filter((path) => !known.test(path))).toEqual([])
    expect(contents).toEqual(
      expect.arrayContaining(['README.md', 'CHANGELOG.md', 'LICENSE', 'dist/src/index.js']),
    )
  })

  test('has for each source what was built from it, and the other way round', () => {
    const sources = contents.filter((path) => SOURCES.includes(path.split('/')[0]!))
    const built = sources.flatMap((path) => {
      const name = `dist/${path.replace(/\.ts$/, '')}`
      return [`${name}.js`, `${name}.js.map`, `${name}.d.ts`, `${name}.d.ts.map`]
    })
    // More than that is left over from a source that is gone: `npm run build` sweeps it away.
    expect(contents.filter((path) => path.startsWith('dist/')).sort()).toEqual(built.sort())
  })

  test('has the sources that its source maps point to', () => {
    const there = new Set(contents)
    const missing = contents
      .filter((path) => path.endsWith('.map'))
      .flatMap((path) => {
        const { sources } = JSON.parse(readFileSync(join(root, path), 'utf8')) as { sources: string[] }
        return sources.map((source) => posix.join(posix.dirname(path), source))
      })
      .filter((source) => !there.has(source))
    expect(missing).toEqual([])
  })

  test('exports nothing that it lacks', () => {
    const { exports, main, types } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      exports: Record<string, string | Record<string, string>>
      main: string
      types: string
    }
    const targets = Object.values(exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    )
    for (const target of [...targets, main, types]) {
      const [before, after = ''] = target.replace('./', '').split('*')
      const matches = contents.filter((path) => path.startsWith(before!) && path.endsWith(after))
      expect(matches, target).not.toEqual([])
    }
  })
})

describe('installed', () => {
  /** Why it could not be, on a machine without a network. */
  let offline: string | undefined

  beforeAll(async () => {
    const mustPass = process.env['CI_REQUIRE_ALL'] === '1'
    const patience = mustPass ? [] : ['--fetch-retries=0', '--fetch-timeout=15000']
    const args = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', ...patience]
    const { code, stderr } = await runCommand('npm', [...args, `./${tarball}`], project.folder)
    if (code === 0) {
      cpSync(join(fixtures, 'user'), project.folder, { recursive: true })
      for (const name of pluginPackages()) await project.copy(name, join(fixtures, 'plugins', name))
    } else if (!mustPass && /E(NOTFOUND|AI_AGAIN|CONN|TIMEDOUT|NETUNREACH|HOSTUNREACH)/.test(stderr)) {
      offline = `npm could not install it: ${stderr.split('\n').find((line) => /code E/.test(line))}`
    } else {
      throw new Error(`npm could not install it:\n${stderr}`)
    }
  }, 180_000)

  beforeEach(({ skip }) => skip(offline !== undefined, offline))

  test('it brings what it depends on, and no more than it says', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>
    }
    for (const name of Object.keys(dependencies)) {
      expect(existsSync(join(project.folder, 'node_modules', name))).toBe(true)
    }
    for (const name of ['vitest', 'typescript', 'koffi', 'libsql', 'better-sqlite3']) {
      expect(existsSync(join(project.folder, 'node_modules', name))).toBe(false)
    }
  })

  test('a JavaScript program uses it', async () => {
    expect(lines(await project.run(['javascript.mjs', project.folder]))).toEqual([
      'driver:File;id:MD5;serialize:DataDumper apple',
      'driver:Tiny;id:words;serialize:Reverse apple',
      'driver:Mine;id:SHA256;serialize:JSON apple',
      'true',
    ])
  })

  test('a driver works with the client of this Node, or says which package to install', async () => {
    // Node 22 warns of node:sqlite; that is its own affair.
    const args = ['--disable-warning=ExperimentalWarning', 'sqlite.mjs', project.folder]
    const [outcome] = lines(await project.run(args))
    const expected = process.getBuiltinModule('node:sqlite')
      ? /^driver:SQLite;id:UUID36;serialize:JSON$/
      : /^ERR_SESSION_MISSING_PACKAGE .* npm install libsql$/
    expect(outcome).toMatch(expected)
  })

  test('a CommonJS program uses it, without a warning', async () => {
    expect(lines(await project.run(['commonjs.cjs']))).toEqual([
      'driver:Memory;id:SHA256;serialize:JSON 1',
      'true true',
      'function symbol function',
      'data-session',
    ])
  })

  test('a TypeScript program is checked against its types, compiled and run', async () => {
    for (const name of ['@types/node', 'undici-types'])
      await project.link(name, join(root, 'node_modules', name))
    const reverse = join(fixtures, 'plugins', 'data-session-serializer-reverse', 'src', 'reverse.ts')
    cpSync(reverse, join(project.folder, 'reverse.ts'))
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    expect(await runNode([tsc, '-p', 'tsconfig.json'], project.folder)).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    })
    expect(lines(await project.run(['out/typescript.js']))).toEqual([
      "driver:Shelf;id:Digest;serialize:Reverse [ 'apple' ]",
      'true true',
    ])
    expect(lines(await project.run(['out/commonjs-typescript.cjs']))).toEqual([
      'driver:Memory;id:SHA256;serialize:JSON Memory',
    ])
  }, 120_000)

  test('its command runs', async () => {
    // What npx finds, without the warnings of npm.
    const command = join(project.folder, 'node_modules', '.bin', 'data-session')
    const args = ['create-table', '--type', 'driver:Pg']
    const { code, stdout, stderr } = await runCommand(command, args, project.folder)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^create table if not exists "sessions" /)
  })

  test('what is not exported cannot be imported', async () => {
    const program = "import('data-session/dist/src/session.js').catch(({ code }) => console.log(code))"
    expect(lines(await project.run(['--eval', program]))).toEqual(['ERR_PACKAGE_PATH_NOT_EXPORTED'])
  })
})

function pluginPackages(): string[] {
  return readdirSync(join(fixtures, 'plugins')).filter((name) => name.startsWith('data-session-'))
}

function lines({ stdout, stderr }: Outcome): string[] {
  expect(stderr).toBe('')
  return stdout.trimEnd().split('\n')
}
