import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

/** The folder of this package. */
export const root = join(import.meta.dirname, '..', '..')

/** A piece of code between two fences. */
export interface CodeBlock {
  /** What the opening fence says: `ts`, `js`, or nothing. */
  readonly language: string
  readonly text: string
  /** The number of its first line in the page, from 1. */
  readonly line: number
  /** The name in a first line such as `// Cache.ts`, if there is one. */
  readonly file: string | undefined
}

/** A page of the documentation; `path` is from the package's folder, with slashes. */
export interface Page {
  readonly path: string
  readonly codeBlocks: readonly CodeBlock[]
  /** The targets of its links, as they are written. */
  readonly links: readonly string[]
  /** What a link may have behind its `#`. */
  readonly anchors: readonly string[]
  /** The rows of its tables, each as the texts of its cells. */
  readonly rows: readonly (readonly string[])[]
}

/** README.md and everything in docs/. */
export const pagePaths: readonly string[] = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .map((path) => posix.join('docs', path.replaceAll('\\', '/')))
    .filter((path) => path.endsWith('.md'))
    .sort(),
]

export function readPage(path: string): Page {
  const lines = readFileSync(join(root, path), 'utf8').split('\n')
  const codeBlocks: CodeBlock[] = []
  const prose: string[] = []
  for (let at = 0; at < lines.length; at++) {
    const fence = /^```(\w*)$/.exec(lines[at] ?? '')
    if (fence === null) {
      if (!/^( {4}|\t)/.test(lines[at] ?? '')) prose.push(lines[at] ?? '')
      continue
    }
    const end = lines.indexOf('```', at + 1)
    if (end < 0) throw new Error(`${path}:${at + 1}: a code block without an end`)
    const code = lines.slice(at + 1, end)
    codeBlocks.push({
      language: fence[1] ?? '',
      text: `${code.join('\n')}\n`,
      line: at + 2,
      file: /^\/\/ ([\w-]+\.\w+)$/.exec(code[0] ?? '')?.[1],
    })
    at = end
  }
  return {
    path,
    codeBlocks,
    links: prose.flatMap((line) =>
      [...withoutCode(line).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? ''),
    ),
    anchors: prose.flatMap((line) => {
      const heading = /^#+ (.+)$/.exec(line)?.[1]
      return heading === undefined ? [] : [anchorOf(heading)]
    }),
    rows: prose.filter((line) => line.startsWith('|')).map(cellsOf),
  }
}

/** A code block that a page gives a file name. */
export function namedBlock({ path, codeBlocks }: Page, file: string): CodeBlock {
  const block = codeBlocks.find((block) => block.file === file)
  if (block === undefined) throw new Error(`${path} has no code block that begins with // ${file}`)
  return block
}

/** A piece of code in a line may look like a link; the text of a link may be code. */
function withoutCode(line: string): string {
  return line.replace(/`[^`]*`/g, 'code')
}

/** As GitHub makes it. */
function anchorOf(heading: string): string {
  const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
  return text.replace(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-')
}

function cellsOf(row: string): string[] {
  const cells = row.replaceAll('\\|', '\0').split('|').slice(1, -1)
  return cells.map((cell) => cell.replaceAll('\0', '|').trim())
}
