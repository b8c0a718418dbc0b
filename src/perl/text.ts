import { isUtf8 } from 'node:buffer'
import { PerlString } from './values.ts'

/**
 * What the strings of a store are. A Perl string is a row of code points and does not say what they mean.
 *
 * - `characters` (default): each code point is a character, as Perl itself sees it. Nothing is lost either way.
 * - `latin1`: the same, but text with characters above U+00FF cannot be written: for Perl programs that print
 *   strings as they are and would choke on wide characters.
 * - `utf8`: Perl programs that never decode what they get keep text as UTF-8 octets. These are decoded when read, and
 *   text is written as octets.
 *
 * Under each rule a string that would not go back as the same code points is read as a {@link PerlString}. A hash
 * key of that kind is marked instead: see {@link keyFromPerl}.
 */
export type PerlText = 'characters' | 'latin1' | 'utf8'

const beyondAscii = /[\u0080-\uffff]/
const beyondLatin1 = /[\u0100-\uffff]/
const loneSurrogate = /\p{Surrogate}/u

/** Whether a character of this text does not fit into one byte. */
export function isWide(text: string): boolean {
  return beyondLatin1.test(text)
}

/** The JavaScript form of a Perl string that is given with one character for each code point. */
export function fromPerl(characters: string, perlText: PerlText): string | PerlString {
  if (perlText === 'characters' || !beyondAscii.test(characters)) return characters
  if (isWide(characters)) return new PerlString(codePoints(characters))
  if (perlText === 'latin1') return characters
  const octets = Buffer.from(characters, 'latin1')
  return isUtf8(octets) ? octets.toString('utf8') : new PerlString([...octets])
}

/** The code points, one character each, that Perl is to see for this text; undefined when there are none. */
export function toPerl(text: string, perlText: PerlText): string | undefined {
  if (perlText === 'characters' || !beyondAscii.test(text)) return text
  if (perlText === 'latin1') return isWide(text) ? undefined : text
  return loneSurrogate.test(text) ? undefined : Buffer.from(text, 'utf8').toString('latin1')
}

/** Like `fromPerl`, for code points that may have no characters: surrogates, and what lies above U+10FFFF. */
export function fromCodePoints(points: readonly number[], perlText: PerlText): string | PerlString {
  if (points.some((point) => point > 0x10ffff)) return new PerlString(points)
  const characters = points.map((point) => String.fromCodePoint(point)).join('')
  const joined = codePoints(characters).length !== points.length
  return joined ? new PerlString(points) : fromPerl(characters, perlText)
}

/** Stands before the code points of a hash key that `perlText` has no text for. Text never begins with it there. */
const rawKey = '\udfff'

/** Whether this property stands for a hash key that is no text. Not with 'characters', where every key is text. */
export function isRawKey(key: string): boolean {
  return key.startsWith(rawKey)
}

/**
 * The property that stands for a hash key, of which `fromPerl` or `fromCodePoints` made this. A key that `perlText`
 * has no text for, such as one in Latin-1 where all others are UTF-8, is U+DFFF and its code points, so that the
 * session can be read and the key goes back. undefined: there is none, for surrogates and what is above U+10FFFF.
 */
export function keyFromPerl(key: string | PerlString, perlText: PerlText): string | undefined {
  if (typeof key === 'string') return key
  const characters = perlText === 'characters' ? key : fromCodePoints(key.codePoints, 'characters')
  return typeof characters === 'string' ? rawKey + characters : undefined
}

/** The code points, one character each, that Perl is to see for this property; undefined when there are none. */
export function keyToPerl(key: string, perlText: PerlText): string | undefined {
  if (perlText === 'characters' || !isRawKey(key)) return toPerl(key, perlText)
  const characters = key.slice(rawKey.length)
  return fromPerl(characters, perlText) instanceof PerlString ? characters : undefined
}

/** The code points of a text; a surrogate that is half of nothing counts as one. */
export function codePoints(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0)
}
