import { ThawError } from '../../errors.ts'
import {
  at,
  backslash,
  carriageReturn,
  closeBrace,
  closeBracket,
  comma,
  dollar,
  dot,
  doubleQuote,
  hashSign,
  lowerX,
  minus,
  nine,
  openBrace,
  quote,
  space,
  tab,
  zero,
} from '../ascii.ts'
import { codePoints, fromCodePoints, fromPerl, type PerlText } from '../text.ts'
import { type PerlString, VString } from '../values.ts'

const controlEscapes: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, b: 8, a: 7, e: 27 }
const isPunctuation = /^[!-/:-@[-^`{-~\s]$/
const versionString = /(?:v\d[\d_]*(?:\.\d[\d_]*){0,99}|\d+(?:\.\d+){2,99})(?![\w.])/y
const hexOctalBinary = /(-?)(0[xX][0-9a-fA-F]{1,16}|0[bB][01]{1,64}|0[0-7]{1,22})(?![\w.])/y
const decimal = /-?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![\w.])/y
const integer = /^-?\d+$/
const powersOfTen = Array.from({ length: 16 }, (_, power) => 10 ** power)

/** A key that was read before, and where the one that came after it is. */
interface RecentKey {
  readonly key: string
  readonly codes: Uint8Array
  next: number
}

/**
 * Keys recur within a record and from record to record, mostly in the same order. A key that V8 has seen as a key
 * before is stored much faster than a new piece of text with the same characters.
 */
const recentKeys: RecentKey[] = Array.from({ length: 256 }, () => ({
  key: '',
  codes: new Uint8Array(),
  next: 0,
}))

/** Walks over the text of an image, one character a byte, and takes Perl's tokens from it. */
export class Scanner {
  protected pos = 0
  protected readonly bytes: Uint8Array
  /** The same, each byte as a character. Bytes are faster to look at, text to search and to cut. */
  protected readonly text: string
  protected readonly perlText: PerlText
  /** Where the next backslash is, at or after the last place that asked. */
  private nextBackslash = -1
  private lastKey: RecentKey = recentKeys[0] as RecentKey

  constructor(image: Uint8Array, perlText: PerlText) {
    this.bytes = image
    this.text = Buffer.from(image.buffer, image.byteOffset, image.byteLength).toString('latin1')
    this.perlText = perlText
  }

  protected fail(reason: string, offset = this.pos): never {
    throw new ThawError('DataDumper', reason, offset)
  }

  /** Goes on to the next character that is neither white space nor in a comment, and gives its code; -1 at the end. */
  protected skip(): number {
    const code = this.bytes[this.pos] as number
    return code > hashSign ? code : this.skipSpace()
  }

  private skipSpace(): number {
    const { bytes } = this
    let { pos } = this
    let code = -1
    for (; pos < bytes.length; pos++) {
      code = bytes[pos] as number
      if (code === hashSign) pos = this.endOfLine(pos)
      else if (code !== space && (code < tab || code > carriageReturn)) break
    }
    this.pos = pos
    return pos < bytes.length ? code : -1
  }

  private endOfLine(pos: number): number {
    const end = this.text.indexOf('\n', pos)
    return end < 0 ? this.text.length : end
  }

  /** The code of the character `offset` places on; -1 behind the end. */
  protected peek(offset = 0): number {
    return this.bytes[this.pos + offset] ?? -1
  }

  /** Takes this character, after white space. */
  protected expect(code: number, after: string): void {
    if (this.skip() !== code) this.fail(`expected '${String.fromCharCode(code)}' after ${after}`)
    this.pos++
  }

  /** Takes what a sticky pattern matches here. */
  protected take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.pos
    const match = pattern.exec(this.text)
    if (match === null) return undefined
    this.pos = pattern.lastIndex
    return match
  }

  /** Takes a quoted name, the opening quote being here. Names are not text: they are read as they are. */
  protected quotedName(what: string): string {
    const start = this.pos
    const code = this.text.charCodeAt(start)
    if (code !== quote && code !== doubleQuote) this.fail(`expected ${what}`)
    const name = code === quote ? this.singleQuoted('characters') : this.doubleQuoted('characters')
    return typeof name === 'string' ? name : this.fail(`characters that ${what} cannot have`, start)
  }

  protected singleQuoted(perlText = this.perlText): string | PerlString {
    const { text } = this
    const start = this.pos + 1
    let end = text.indexOf("'", start)
    if (this.nextBackslash < start) this.findBackslash(start)
    const escapes = this.nextBackslash < end
    while (this.nextBackslash < end) {
      const next = this.nextBackslash + 2
      if (end < next) end = text.indexOf("'", next)
      this.findBackslash(next)
    }
    if (end < 0) this.fail('a string without an end', this.pos)
    this.pos = end + 1
    const raw = text.slice(start, end)
    return fromPerl(escapes ? unescape(raw) : raw, perlText)
  }

  /** A hash key in single quotes; undefined when it has to be read with more care. */
  protected plainKey(): string | undefined {
    const { bytes } = this
    const start = this.pos + 1
    const expected = recentKeys[this.lastKey.next] as RecentKey
    let end = start + expected.codes.length
    if (bytes[end] === quote && occursAt(bytes, start, expected.codes)) {
      this.pos = end + 1
      this.lastKey = expected
      return expected.key
    }
    end = start
    let sum = 0
    for (; end < bytes.length; end++) {
      const code = bytes[end] as number
      if (code === quote) break
      if (code > 127 || code === backslash) return undefined
      sum = (sum * 31 + code) & 0xffff
    }
    if (end >= bytes.length) return undefined
    this.pos = end + 1
    const slot = sum % recentKeys.length
    let recent = recentKeys[slot] as RecentKey
    if (recent.codes.length !== end - start || !occursAt(bytes, start, recent.codes)) {
      const key = this.text.slice(start, end)
      if (key.length > 64) return key
      recent = { key, codes: bytes.slice(start, end), next: 0 }
      recentKeys[slot] = recent
    }
    this.lastKey.next = slot
    this.lastKey = recent
    return recent.key
  }

  private findBackslash(from: number): void {
    const found = this.text.indexOf('\\', from)
    this.nextBackslash = found < 0 ? this.text.length : found
  }

  /** A number, whose first character has this code. */
  protected number(first: number): unknown {
    const { bytes } = this
    const start = first === minus ? this.pos + 1 : this.pos
    let end = start
    let value = 0
    let code = -1
    for (; end < bytes.length; end++) {
      code = bytes[end] as number
      if (code < zero || code > nine) break
      value = value * 10 + code - zero
    }
    const whole = end - start
    let most = 15
    if (code === dot && whole > 0) {
      most++
      for (end++; end < bytes.length; end++) {
        code = bytes[end] as number
        if (code < zero || code > nine) break
        value = value * 10 + code - zero
      }
    }
    const plain = whole === 1 || (whole > 1 && bytes[start] !== zero)
    const ends = code === comma || code === closeBrace || code === closeBracket
    if (!plain || !ends || end - start > most || (value === 0 && most > 15)) return this.anyNumber()
    this.pos = end
    // Both are exact, so that their quotient is the nearest double.
    if (most > 15) value /= powersOfTen[end - start - whole - 1] as number
    return first === minus && value > 0 ? -value : value
  }

  protected versionString(): VString | undefined {
    const version = this.take(versionString)
    return version && new VString(version[0])
  }

  private anyNumber(): unknown {
    const start = this.pos
    const version = this.versionString()
    if (version !== undefined) return version
    const based = this.take(hexOctalBinary)
    if (based !== undefined) {
      const digits = based[2] ?? ''
      const magnitude = BigInt(/^0[0-7]/.test(digits) ? `0o${digits}` : digits)
      return fitted(based[1] === '-' ? -magnitude : magnitude)
    }
    const literal = this.take(decimal)?.[0]
    if (literal === undefined) this.fail('expected a number')
    if (integer.test(literal) && literal.length <= 20) return fitted(BigInt(literal))
    const value = Number(literal)
    if (!Number.isFinite(value)) this.fail('a number that is too large', start)
    return value
  }

  protected doubleQuoted(perlText = this.perlText): string | PerlString {
    const { bytes, text } = this
    const opened = this.pos
    let run = opened + 1
    let characters = ''
    // From the first code point on that JavaScript may not be able to hold, all of them are collected one by one.
    let points: number[] | undefined
    for (let pos = run; ; ) {
      const code = bytes[pos]
      if (code === doubleQuote || code === backslash) {
        const raw = text.slice(run, pos)
        if (points === undefined) characters += raw
        else for (const point of codePoints(raw)) points.push(point)
        this.pos = pos + 1
        if (code === doubleQuote) break
        const point = this.escape()
        run = pos = this.pos
        if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) points ??= codePoints(characters)
        if (points === undefined) characters += String.fromCodePoint(point)
        else points.push(point)
      } else if (code === undefined) {
        this.fail('a string without an end', opened)
      } else if (code === dollar || code === at) {
        this.fail('a variable in a string: only data can be read', pos)
      } else {
        pos++
      }
    }
    return points === undefined ? fromPerl(characters, perlText) : fromCodePoints(points, perlText)
  }

  /** The code point of the escape whose backslash was just taken. */
  private escape(): number {
    const start = this.pos - 1
    const code = this.peek()
    if (code >= zero && code < zero + 8) return this.digits(8, 3)
    this.pos++
    if (code === lowerX) {
      if (this.peek() !== openBrace) return this.digits(16, 2)
      const first = ++this.pos
      const point = this.digits(16, 8)
      if (this.pos === first || this.peek() !== closeBrace) this.fail('an escape without an end', start)
      this.pos++
      return point
    }
    const character = String.fromCharCode(code)
    const point = controlEscapes[character] ?? (isPunctuation.test(character) ? code : undefined)
    return point ?? this.fail('an escape that is more than a character', start)
  }

  /** The number in at most so many digits. */
  private digits(base: 8 | 16, most: number): number {
    let value = 0
    for (const end = this.pos + most; this.pos < end; this.pos++) {
      const code = this.peek()
      const letter = (code | 32) - 87
      const digit = code >= zero && code <= nine ? code - zero : letter >= 10 && letter < 16 ? letter : 16
      if (digit >= base) break
      value = value * base + digit
    }
    return value
  }
}

/** Whether `part` stands in the bytes at `start`. */
function occursAt(bytes: Uint8Array, start: number, part: Uint8Array): boolean {
  for (let index = 0; index < part.length; index++) {
    if (bytes[start + index] !== part[index]) return false
  }
  return true
}

/** The text of what stands between single quotes, where a backslash counts only before a backslash or a quote. */
function unescape(raw: string): string {
  let text = ''
  let run = 0
  for (let at = raw.indexOf('\\'); at >= 0; at = raw.indexOf('\\', at + 1)) {
    const next = raw.charCodeAt(at + 1)
    if (next !== backslash && next !== quote) continue
    text += raw.slice(run, at)
    run = ++at
  }
  return text + raw.slice(run)
}

/** An integer as a number if that is exact, as a bigint if Perl keeps it as an integer, else as Perl's double. */
function fitted(integer: bigint): number | bigint {
  const value = Number(integer)
  if (Number.isSafeInteger(value)) return value
  return integer >= -(2n ** 63n) && integer < 2n ** 64n ? integer : value
}
