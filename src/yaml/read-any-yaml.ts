import { createRequire } from 'node:module'
import type * as Yaml from 'yaml'
import { ThawError } from '../errors.ts'
import { plainScalar } from './plain-scalar.ts'

/** The parser takes about 2 s for so many characters, while nothing else runs. */
const MAX_LENGTH = 1_000_000

const OPTIONS = {
  version: '1.2',
  // Given by name, so that a %YAML directive cannot choose 1.1, where the key `y` is a boolean. Tags that are not in
  // it (a Perl class, say) give a warning, and that an error: a value must not lose its class unnoticed.
  schema: 'failsafe',
  customTags: [{ tag: '!plain', default: true, test: /(?:)/, resolve: plainScalar }],
  resolveKnownTags: false,
  merge: false,
  stringKeys: true,
  prettyErrors: false,
  logLevel: 'error',
} satisfies Yaml.ParseOptions & Yaml.DocumentOptions & Yaml.SchemaOptions

const require = createRequire(import.meta.url)

/**
 * Reads one document of any YAML 1.2, but with our meaning of scalars without quotes. Throws `ThawError`, and
 * `RangeError` when it is nested too deeply.
 */
export function readAnyYaml(text: string): unknown {
  if (text.length > MAX_LENGTH) {
    throw new ThawError('YAML', `more than ${MAX_LENGTH} characters of what YAML::Tiny does not write`)
  }
  // Loaded only here, because YAML::Tiny's own records never need it.
  const { parseDocument } = require('yaml') as typeof Yaml
  try {
    const document = parseDocument(text, OPTIONS)
    const problem = document.errors[0] ?? document.warnings[0]
    if (problem) throw new ThawError('YAML', problem.message, problem.pos[0], { cause: problem })
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    if (text.includes('*')) checkSize(value)
    return value
  } catch (cause) {
    if (cause instanceof ThawError || cause instanceof RangeError) throw cause
    throw new ThawError('YAML', String(cause), undefined, { cause })
  }
}

/** Aliases can make a few characters stand for billions of values, or for a value that contains itself. */
function checkSize(root: unknown): void {
  let left = MAX_LENGTH
  const count = (value: unknown): void => {
    if (--left < 0) throw new ThawError('YAML', 'its aliases stand for too many values')
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(count)
  }
  count(root)
}
