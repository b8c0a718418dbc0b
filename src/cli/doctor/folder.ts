import type { Dirent } from 'node:fs'
import { opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import type { SessionOptions } from '../../options.ts'

/** What a folder of session files is like. */
export interface FolderSurvey {
  /** What the driver File has to be told: the pattern that most files have, levels of subfolders. */
  readonly options: Pick<SessionOptions, 'fileName' | 'shards'>
  /** What is there besides the files of that pattern. */
  readonly others: {
    readonly files: number
    readonly links: number
    readonly folders: number
    /** Some of their names. */
    readonly examples: readonly string[]
  }
}

/** What most ids look like; the longest first. express-session makes the last. */
const ids = [
  /(?<![0-9a-f])(?:[0-9a-f]{128}|[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9a-f])/i,
  /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i,
  /(?<![\w-])[\w-]{32}(?![\w-])/,
]

const usual = 'cgisess_'
const mostPatterns = 100
const mostExamples = 5
const batch = 1024

/** Looks at the names in a folder, and not into the files. Memory does not grow with how many there are. */
export async function surveyFolder(directory: string, stopped: AbortSignal): Promise<FolderSurvey> {
  const patterns = new Map<string, number>()
  let files = 0
  let links = 0
  const folders: string[] = []
  const strange: string[] = []
  for await (const entry of entriesIn(directory, stopped)) {
    if (entry.name.startsWith('.')) continue
    if (entry.isFile()) {
      files++
      const pattern = patternOf(entry.name)
      if (patterns.has(pattern) || patterns.size < mostPatterns) {
        patterns.set(pattern, (patterns.get(pattern) ?? 0) + 1)
      }
    } else if (entry.isDirectory()) {
      if (folders.length < mostExamples || isShard(entry.name)) folders.push(entry.name)
    } else {
      links++
      if (strange.length < mostExamples) strange.push(entry.name)
    }
  }
  const shard = folders.find(isShard)
  if (files === 0 && shard !== undefined) {
    const inner = await surveyFolder(join(directory, shard), stopped)
    const { shards = 0 } = inner.options
    return { ...inner, options: { ...inner.options, shards: shards + 1 } }
  }
  const fileName = mostFrequent(patterns)
  const own = fileName === undefined ? 0 : fileName === '%s' ? files : (patterns.get(fileName) ?? 0)
  const examples = [...strange, ...(await namesBesides(directory, fileName, stopped)), ...folders]
  return {
    options: fileName === undefined || fileName === `${usual}%s` ? {} : { fileName },
    others: {
      files: files - own,
      links,
      folders: folders.length,
      examples: examples.slice(0, mostExamples),
    },
  }
}

async function* entriesIn(directory: string, stopped: AbortSignal): AsyncGenerator<Dirent> {
  let read = 0
  for await (const entry of await opendir(directory, { bufferSize: batch })) {
    if (++read % batch === 0) await breathe()
    stopped.throwIfAborted()
    yield entry
  }
}

const isShard = (name: string): boolean => /^[0-9a-f]{2}$/.test(name)

/** What remains of a name when the id is taken out; a name without an id is an id as a whole, or behind the usual. */
function patternOf(name: string): string {
  if (name.startsWith(usual)) return `${usual}%s`
  const found = ids.map((id) => id.exec(name)).find((match) => match !== null)
  if (found) return name.slice(0, found.index).replaceAll('%', '%%') + '%s' + rest(name, found)
  const [ending = ''] = /\.(?:json|session|sess|yaml)$/.exec(name) ?? []
  return `%s${ending}`
}

function rest(name: string, { 0: id, index }: RegExpExecArray): string {
  return name.slice(index + id.length).replaceAll('%', '%%')
}

function mostFrequent(patterns: ReadonlyMap<string, number>): string | undefined {
  return [...patterns].sort(([, a], [, b]) => b - a)[0]?.[0]
}

async function namesBesides(
  directory: string,
  fileName: string | undefined,
  stopped: AbortSignal,
): Promise<string[]> {
  const names: string[] = []
  if (fileName === '%s') return names
  for await (const entry of entriesIn(directory, stopped)) {
    if (names.length === mostExamples) break
    if (entry.isFile() && !entry.name.startsWith('.') && patternOf(entry.name) !== fileName) {
      names.push(entry.name)
    }
  }
  return names
}
