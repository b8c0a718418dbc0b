import { plainForm } from '../plain-values.ts'

/**
 * YAML::Tiny has no booleans, and a bare `false` would be a string to it, which is true in Perl. So booleans are
 * written as Perl's own, '1' and '', with a comment that tells them from strings.
 */
export const TRUE = "'1' # true"
export const FALSE = "'' # false"

/**
 * YAML in the form of Perl's YAML::Tiny, which reads little else: two blanks a level, keys sorted, nothing in flow
 * style but `{}` and `[]`. The hash must have passed `checkPlainHash`.
 */
export function writeYaml(hash: object): string {
  const text = block(hash, '')
  return text === '' ? '--- {}\n' : `---\n${text}`
}

function block(collection: object, indent: string): string {
  let text = ''
  if (Array.isArray(collection)) {
    for (let index = 0; index < collection.length; index++) {
      text += `${indent}-${entry(collection[index], String(index), indent)}`
    }
  } else {
    const hash = collection as Record<string, unknown>
    for (const key of Object.keys(hash).sort()) {
      if (hash[key] !== undefined) text += `${indent}${keyString(key)}:${entry(hash[key], key, indent)}`
    }
  }
  return text
}

/** What follows the dash or the colon. */
function entry(value: unknown, key: string, indent: string): string {
  const plain = typeof value === 'object' && value !== null ? plainForm(value, key) : value
  if (typeof plain !== 'object' || plain === null) return ` ${scalar(plain)}\n`
  const text = block(plain, `${indent}  `)
  if (text !== '') return `\n${text}`
  return Array.isArray(plain) ? ' []\n' : ' {}\n'
}

function scalar(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return string(value)
    case 'boolean':
      return value ? TRUE : FALSE
    case 'number':
      return Number.isFinite(value) ? String(value) : String(value).replace('Infinity', 'Inf')
    case 'bigint':
      return String(value)
    default:
      return '~'
  }
}

// Characters below 256 are escaped, because YAML::Tiny takes each byte for a character; for those above it has no
// escape, and lone surrogates are not UTF-8.
const NEEDS_DOUBLE_QUOTES = /[\p{Control}\xa0-\xff'\p{Surrogate}]/u
const ESCAPED = /["\\\p{Control}\xa0-\xff\p{Surrogate}]/gu
const WORD = /^(?!(?:null|true|false|inf|infinity|nan)$)[a-z_][\w./@-]*$/i
const LOOKS_LIKE_NUMBER = /^[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|inf(?:inity)?|nan)$/i
const NEEDS_QUOTES = /^[!"#%&*,:>?@[\]`{|}~]|^---|^\.\.\.|^--?$|^(?:null|true|false)$|\s|:$|[\u0100-\uffff]/

/**
 * Quoted where YAML::Tiny quotes, so that the other scalars are told from strings; and where it does not, but should:
 * among the bytes of a character above 255 there may be some that it takes for blanks.
 */
function string(text: string): string {
  if (WORD.test(text)) return text
  if (text === '') return "''"
  if (NEEDS_DOUBLE_QUOTES.test(text)) return `"${text.replace(ESCAPED, escape)}"`
  return NEEDS_QUOTES.test(text) || LOOKS_LIKE_NUMBER.test(text) ? `'${text}'` : text
}

/** A block whose first key begins with a dash would be a list to YAML::Tiny. */
function keyString(key: string): string {
  const text = string(key)
  return text.startsWith('-') ? `'${text}'` : text
}

const SHORT_ESCAPES = new Map(
  Object.entries({
    '\0': '\\0',
    '\x07': '\\a',
    '\b': '\\b',
    '\t': '\\t',
    '\n': '\\n',
    '\v': '\\v',
    '\f': '\\f',
    '\r': '\\r',
    '\x1b': '\\e',
    '"': '\\"',
    '\\': '\\\\',
    '\x85': '\\N',
  }),
)

function escape(character: string): string {
  const short = SHORT_ESCAPES.get(character)
  if (short !== undefined) return short
  const hex = character.charCodeAt(0).toString(16).toUpperCase()
  return hex.length <= 2 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex}`
}
