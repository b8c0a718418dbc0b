import { isAscii, isUtf8 } from 'node:buffer'
import type { Image } from '../contracts/driver.ts'
import { FreezeError, ThawError } from '../errors.ts'
import { setKey } from '../hash.ts'
import { asBuffer, imageOfJson, textOfImage } from '../image-text.ts'
import { fromPerl, isRawKey, isWide, keyFromPerl, type PerlText } from '../perl/text.ts'
import { PerlString } from '../perl/values.ts'
import type { JsonOptions } from './json-options.ts'

/**
 * JSON as Perl's modules have it: a text in which each character is one of Perl's. `perlText` says what that is in
 * JavaScript; with 'auto' it is the same.
 */
export type PerlJson = string

const beyondAsciiEscape = /\\u(?!00[0-7])/
const beyondLatin1Escape = /\\u(?!00)/
const surrogateEscape = /\\ud/
const escapes = /\\(?:u([0-9a-f]{4})|[^])/gi

/** The text in these bytes, and whether its strings are still Perl's. */
export function textIn(image: Image, { perlText }: JsonOptions): { text: PerlJson; isPerls: boolean } {
  if (perlText === 'auto') return { text: textOfImage(image), isPerls: false }
  const bytes = asBuffer(image)
  const text = bytes.toString('latin1')
  if (perlText === 'characters') return { text, isPerls: false }
  if (perlText === 'latin1') return { text, isPerls: beyondLatin1Escape.test(text) }
  const isWhole = isUtf8(bytes) && !beyondAsciiEscape.test(text)
  return isWhole ? { text: bytes.toString(), isPerls: false } : { text, isPerls: true }
}

/** The value with its strings, which are Perl's, as JavaScript's. */
export function fromPerlStrings(value: unknown, perlText: 'auto' | PerlText): unknown {
  if (perlText === 'auto' || perlText === 'characters') return value
  if (typeof value === 'string') return fromPerl(value, perlText)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => fromPerlStrings(item, perlText))
  const hash = {}
  for (const [key, item] of Object.entries(value)) {
    const name = keyFromPerl(fromPerl(key, perlText), perlText)
    if (name === undefined) throw new ThawError('JSON', 'a hash key that perlText has no text for')
    setKey(hash, name, fromPerlStrings(item, perlText))
  }
  return hash
}

/** The JSON of a value that `JSON.stringify` wrote, as Perl's. */
export function toPerlJson(json: string, value: unknown, { perlText, shared }: JsonOptions): PerlJson {
  switch (perlText) {
    case 'latin1':
      if (isWide(json) || (surrogateEscape.test(json) && !isWellFormed(value))) {
        throw new FreezeError('JSON', 'text with characters above U+00FF: see the option perlText')
      }
      return json
    case 'utf8': {
      if (surrogateEscape.test(json) && !isWellFormed(value)) {
        throw new FreezeError('JSON', 'half a character: it has no UTF-8, see the option perlText')
      }
      return inOctets(json)
    }
    default:
      if (shared && surrogateEscape.test(json) && !isWellFormed(value)) {
        throw new FreezeError('JSON', 'half a character: Perl would refuse the whole record')
      }
      return json
  }
}

/** A key that stands for code points that are no text, see `keyFromPerl`, as `JSON.stringify` writes it. */
const rawKey = /"\\udfff((?:[^"\\]|\\[^])*)":/g

/** Text as octets, and such keys as what they stand for. */
function inOctets(json: string): PerlJson {
  let octets = ''
  let from = 0
  for (const { 0: match, 1: characters, index } of json.matchAll(rawKey)) {
    octets += `${octetsOf(json.slice(from, index))}"${characters}":`
    from = index + match.length
  }
  return octets + octetsOf(json.slice(from))
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return !/\p{Surrogate}/u.test(value)
  if (typeof value !== 'object' || value === null || value instanceof PerlString) return true
  return Object.entries(value).every(
    ([key, item]) => isWellFormed(isRawKey(key) ? key.slice(1) : key) && isWellFormed(item),
  )
}

/** How text lies in an image: escaped, as UTF-8, or as JSON::Syck reads it. */
export type TextForm = 'ascii' | 'utf8' | 'syck'

const backslash = 0x5c

/** What only JSON::Syck writes after a backslash. */
const syckEscapes = Buffer.from('0aevx')

/** How the text lies in this image. */
export function formOf(bytes: Buffer): TextForm {
  // What a backslash escapes begins no escape itself.
  for (let at = bytes.indexOf(backslash); at >= 0; at = bytes.indexOf(backslash, at + 2)) {
    if (syckEscapes.includes(bytes[at + 1] ?? 0)) return 'syck'
  }
  return !isAscii(bytes) && isUtf8(bytes) ? 'utf8' : 'ascii'
}

/** The image of Perl's JSON. */
export function imageOfPerlJson(json: PerlJson, form: TextForm): Image {
  if (form === 'utf8') return Buffer.from(json)
  return form === 'ascii' ? imageOfJson(json) : Buffer.from(asSyck(json), 'latin1')
}

/** JSON with text as Perl has it in a program that does not decode. */
export function octetsOf(json: string): PerlJson {
  return Buffer.from(json).toString('latin1')
}

/** JSON::Syck knows `\x`, not `\u`, and reads bytes as they are. */
function asSyck(json: PerlJson): string {
  const text = json.replace(escapes, (escape, hex: string | undefined) => {
    if (escape === '\\/') return '/'
    if (hex === undefined) return escape
    const code = Number.parseInt(hex, 16)
    if (code < 0x20 || code === 0x22 || code === 0x5c) return `\\x${hex.slice(2).toUpperCase()}`
    return String.fromCharCode(code)
  })
  if (isWide(text)) throw new FreezeError('JSON', 'for JSON::Syck text with characters above U+00FF')
  return text
}
