import { createRequire } from 'node:module'
import type * as Yaml from 'yaml'
import { ThawError } from '../errors.ts'
import { defaultLimits } from '../perl/limits.ts'
import { plainScalar } from './plain-scalar.ts'

/** What is meant to be slow takes the parser more than a second for so many characters, while nothing else runs. */
const MAX_LENGTH = 200_000

const OPTIONS = {
  version: '1.2',
  // Given by name, so that a %YAML directive cannot choose 1.1, where the key `y` is a boolean. Tags that are not in
  // it (a Perl class, say) give a warning, and that an error: a value must not lose its class unnoticed.
  schema: 'failsafe',
  customTags: [{ tag: '!plain', default: true, test: /(?:)/, resolve: plainScalar }],
  resolveKnownTags: false,
  merge: false,
  stringKeys: true,
  // The parser would compare each key with each before it.
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'error',
} satisfies Yaml.ParseOptions & Yaml.DocumentOptions & Yaml.SchemaOptions

const require = createRequire(import.meta.url)

/** Reads one document of any YAML 1.2, but with our meaning of scalars without quotes. Throws `ThawError`. */
export function readAnyYaml(text: string, maxDepth = defaultLimits.maxDepth): unknown {
  if (text.length > MAX_LENGTH) {
    throw new ThawError('YAML', `more than ${MAX_LENGTH} characters of what YAML::Tiny does not write`)
  }
  checkNesting(text, maxDepth)
  // Loaded only here, because YAML::Tiny's own records never need it.
  const { Composer, Parser } = require('yaml') as typeof Yaml
  const { stackTraceLimit } = Error
  try {
    // It makes an error for each mistake there is, and to note where it was made takes longer than all else.
    Error.stackTraceLimit = 0
    const composer = new Composer(OPTIONS)
    const documents: Yaml.Document[] = []
    for (const token of new Parser().parse(text)) {
      if (token.type === 'error') throw new ThawError('YAML', token.message, token.offset)
      documents.push(...composer.next(token))
      if (documents.length > 1) break
    }
    documents.push(...composer.end(true, text.length))
    Error.stackTraceLimit = stackTraceLimit
    const [document, next] = documents
    if (next !== undefined) throw new ThawError('YAML', 'more than one document', next.range?.[0])
    if (document === undefined) throw new ThawError('YAML', 'no document')
    const problem = document.errors[0] ?? document.warnings[0]
    if (problem) throw new ThawError('YAML', problem.message, problem.pos[0], { cause: problem })
    checkKeys(document.contents)
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    if (text.includes('*')) checkSize(value, maxDepth)
    return value
  } catch (cause) {
    if (cause instanceof ThawError) throw cause
    throw new ThawError('YAML', String(cause), undefined, { cause })
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

/**
 * The parser must not meet the end of the stack: where V8 has to compile a regular expression there, it ends the
 * process. And keys in the long form take it time that grows with the square of their depth, or worse.
 */
function checkNesting(text: string, maxDepth: number): void {
  const longKey = LONG_KEY.exec(text)
  if (longKey) throw new ThawError('YAML', 'a key with a question mark', longKey.index)
  // It looks for the anchor of each of them in all that is before it.
  if ((text.match(ALIAS)?.length ?? 0) > MAX_ALIASES) throw new ThawError('YAML', 'too many aliases')
  let depth = 0
  for (const { 0: bracket, index } of text.matchAll(BRACKETS)) {
    depth = Math.max(0, depth + (bracket === '[' || bracket === '{' ? 1 : -1))
    if (depth > maxDepth) throw new ThawError('YAML', 'nested too deeply', index)
  }
  for (const { 0: indent, index } of text.matchAll(INDENT)) {
    if (indent.length > maxDepth) throw new ThawError('YAML', 'nested too deeply', index)
  }
}

const LONG_KEY = /(?<=^|[\s[{,])\?(?=\s|$)/m
const ALIAS = /(?<=^|[\s[{,:-])\*\S/gm
const MAX_ALIASES = 200
const BRACKETS = /[[\]{}]/g
const INDENT = /^[ \t-]+/gm

/** Aliases can make a few characters stand for billions of values, or for a value that contains itself. */
function checkSize(root: unknown, maxDepth: number): void {
  let left = MAX_LENGTH
  const count = (value: unknown, depth: number): void => {
    if (--left < 0) throw new ThawError('YAML', 'its aliases stand for too many values')
    if (depth > maxDepth) throw new ThawError('YAML', 'nested too deeply, or in itself')
    if (typeof value !== 'object' || value === null) return
    for (const member of Object.values(value)) count(member, depth + 1)
  }
  count(root, 0)
}

/** The nodes of the parser, as far as they matter here. */
interface YamlNode {
  readonly items?: readonly (YamlNode | YamlPair)[]
}
interface YamlPair {
  readonly key: { readonly value?: unknown; readonly range?: readonly number[] | null } | null
  readonly value: YamlNode | null
}

function checkKeys(node: unknown): void {
  const { items } = (node ?? {}) as YamlNode
  if (items === undefined) return
  const keys = new Set<unknown>()
  for (const item of items) {
    if (!('key' in item)) {
      checkKeys(item)
      continue
    }
    const key = item.key?.value
    if (keys.has(key)) throw new ThawError('YAML', 'a key twice', item.key?.range?.[0])
    keys.add(key)
    checkKeys(item.value)
  }
}
