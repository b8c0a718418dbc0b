import { FreezeError } from '../errors.ts'
import { isRawKey, isWide, keyToPerl, type PerlText, toPerl } from '../perl/text.ts'
import type { WrittenText } from './text.ts'

/**
 * YAML::Tiny has no booleans, and a bare `false` would be a string to it, which is true in Perl. So booleans are
 * written as Perl's own, '1' and '', with a comment that tells them from strings.
 */
export const TRUE = "'1' # true"
export const FALSE = "'' # false"

/** What stands for a value that is no collection. Throws `FreezeError` for text that `perlText` has no form for. */
export function writeScalar(value: unknown, perlText: WrittenText): string {
  switch (typeof value) {
    case 'string':
      return writeString(value, perlText)
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

// These need neither quotes nor a look at `perlText`; so do most keys and many values.
const WORD = /^(?!(?:null|true|false|inf|infinity|nan)$)[a-z_][\w./@-]*$/i
const ORDINARY = /^[a-z][\w./@-]*(?: [\w./@-]+)+$/i

function writeString(text: string, perlText: WrittenText): string {
  if (WORD.test(text)) return text
  if (text === '') return "''"
  if (ORDINARY.test(text)) return `'${text}'`
  if (perlText === 'octets' && BEYOND_ASCII.test(text)) return writeOctets(text)
  if (perlText !== 'auto' && perlText !== 'octets')
    return writeCharacters(charactersOf(text, perlText, toPerl))
  return isWide(text) ? writeOctets(text) : writeCharacters(text)
}

const BEYOND_ASCII = /[\u0080-\uffff]/

// Perl takes each byte for a character. So those below 256 can be escaped and reach it as they are; but it has no
// escape for those above.
function writeOctets(text: string): string {
  return DOUBLE_QUOTES_WIDE.test(text) ? `"${text.replace(ESCAPED_WIDE, escape)}"` : `'${text}'`
}

const DOUBLE_QUOTES_WIDE = /[^ -&(-~\u0080-\u{10ffff}]|\p{Surrogate}/u
const ESCAPED_WIDE = /[^ !#-[\]-~\u0080-\u{10ffff}]|\p{Surrogate}/gu

const DOUBLE_QUOTES = /[^ -&(-~]/
const ESCAPED = /[^ !#-[\]-~]/g
const LOOKS_LIKE_NUMBER = /^[-+]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?|inf(?:inity)?|nan)$/i
const NEEDS_QUOTES = /^[!"#%&*,:>?@[\]`{|}~]|^---|^\.\.\.|^--?$|^(?:null|true|false)$|\s|:$/
/** YAML.pm looks for the sign of a block scalar at the end of a line, or before a comment, and in quotes too. */
function isBlockToYamlPm(characters: string): boolean {
  const sign = characters.search(/\s[|>]/)
  return sign >= 0 && /\s#/.test(characters.slice(sign + 2))
}

/**
 * What stands for a string that Perl is to see in these characters, all below 256. Quoted where YAML::Tiny quotes, so
 * that the others are told from strings, and where it does not but should. Where YAML::Syck and YAML.pm do not read
 * what YAML::Tiny writes, this is what all three read alike.
 */
export function writeCharacters(characters: string): string {
  if (DOUBLE_QUOTES.test(characters)) return `"${characters.replace(ESCAPED, escape)}"`
  if (!NEEDS_QUOTES.test(characters) && !LOOKS_LIKE_NUMBER.test(characters)) return characters
  if (isBlockToYamlPm(characters)) return `"${characters.replace(ESCAPED, escape).replaceAll('#', '\\x23')}"`
  return `'${characters}'`
}

/** The keys that were written last: keys recur within a record and from record to record. */
const keys: Record<WrittenText, Map<string, string>> = {
  octets: new Map(),
  auto: new Map(),
  characters: new Map(),
  latin1: new Map(),
  utf8: new Map(),
}
const MAX_KEYS = 1000
const MAX_KEY_LENGTH = 64

// A block whose first key begins with a dash would be a list to YAML::Tiny, and a plain key ends for YAML.pm at a
// bracket or a comma, and an equals sign is more than a key to it.
const NO_PLAIN_KEY = /^(?!['"])(?:[-^]|=$|.*[[\]{},])/

export function writeKey(key: string, perlText: WrittenText): string {
  const known = keys[perlText].get(key)
  if (known !== undefined) return known
  let written =
    perlText === 'utf8' && isRawKey(key)
      ? writeCharacters(charactersOf(key, 'utf8', keyToPerl))
      : writeString(key, perlText)
  if (NO_PLAIN_KEY.test(written)) written = `'${written}'`
  if (key.length <= MAX_KEY_LENGTH) {
    if (keys[perlText].size >= MAX_KEYS) keys[perlText].clear()
    keys[perlText].set(key, written)
  }
  return written
}

function charactersOf(text: string, perlText: PerlText, convert: typeof toPerl): string {
  const characters = convert(text, perlText)
  if (characters !== undefined && !isWide(characters)) return characters
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text
  throw new FreezeError('YAML', `this text as ${perlText}, ${JSON.stringify(shown)}: see the option perlText`)
}

const SHORT_ESCAPES = new Map(
  Object.entries({
    '\0': '\\0',
    '\x07': '\\a',
    '\t': '\\t',
    '\n': '\\n',
    '\v': '\\v',
    '\f': '\\f',
    '\r': '\\r',
    '\x1b': '\\e',
    '"': '\\"',
    '\\': '\\\\',
  }),
)

function escape(character: string): string {
  const short = SHORT_ESCAPES.get(character)
  if (short !== undefined) return short
  const hex = character.charCodeAt(0).toString(16).toUpperCase()
  return hex.length <= 2 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex}`
}
