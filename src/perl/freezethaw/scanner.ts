import { isAscii, isUtf8 } from 'node:buffer'
import { ThawError } from '../../errors.ts'
import { dollar, zero } from '../ascii.ts'
import { decodeExtendedUtf8 } from '../extended-utf8.ts'
import { readMarked } from './scalars.ts'
import type { PerlOptions } from '../options.ts'
import { fromCodePoints, fromPerl, keyFromPerl, type PerlText } from '../text.ts'
import type { PerlString } from '../values.ts'

const bar = 124
/** Perl looks for the bar behind a number within so many digits. */
const mostDigits = 20

/** Takes numbers and texts from an image. Each text comes with its length, so nothing has to be looked for. */
export abstract class Scanner {
  protected pos = 0
  protected readonly bytes: Uint8Array
  protected readonly perlText: PerlText
  /** The same, each byte as a character. Bytes are faster to look at, text to cut. */
  private readonly text: string
  /** Whether the bytes are UTF-8, and lengths those of characters. */
  private readonly inUtf8: boolean

  constructor(image: Uint8Array, { perlText }: PerlOptions, inUtf8: boolean) {
    this.bytes = image
    this.text = Buffer.from(image.buffer, image.byteOffset, image.byteLength).toString('latin1')
    this.perlText = isAscii(image) ? 'characters' : perlText
    this.inUtf8 = inUtf8
  }

  protected fail(reason: string, offset = this.pos): never {
    throw new ThawError('FreezeThaw', reason, offset)
  }

  protected expect(code: number, what: string): void {
    if (this.bytes[this.pos] !== code) this.fail(`expected ${what}`)
    this.pos++
  }

  /** A whole number and the bar behind it. */
  protected number(): number {
    const { bytes, pos: start } = this
    let pos = start
    let number = 0
    for (;;) {
      const code = bytes[pos++] as number
      if (code === bar) break
      if (!(code >= zero && code <= zero + 9)) this.fail("expected a number and '|'", pos - 1)
      number = number * 10 + code - zero
    }
    if (pos === start + 1) this.fail('expected a number')
    if (pos > start + 1 + mostDigits) this.fail('a number of too many digits')
    this.pos = pos
    return number
  }

  /** A scalar, its sigil being behind. */
  protected scalar(): unknown {
    const start = this.pos
    const length = this.number()
    if (this.bytes[start] === zero && this.pos > start + 2) {
      const zeros = this.pos - start - 1 - String(length).length
      const from = this.pos
      const marked = readMarked(zeros, this.characters(length) as string)
      if (marked !== undefined) return marked
      this.pos = from
    }
    return this.string(length)
  }

  /** A hash key, sigil and all. */
  protected key(): string {
    const start = this.pos
    this.expect(dollar, 'a hash key')
    const key = keyFromPerl(this.string(this.number()), this.perlText)
    return key ?? this.fail('a hash key that perlText has no text for', start)
  }

  /** What is no text, such as the name of a class or a pattern: characters, whatever `perlText` says. */
  protected name(what: string): string {
    const start = this.pos
    const name = this.characters(this.number())
    return typeof name === 'string' ? name : this.fail(`characters that ${what} cannot have`, start)
  }

  private string(length: number): string | PerlString {
    if (this.inUtf8) return this.decoded(length, this.perlText)
    const characters = this.slice(length)
    return this.perlText === 'characters' ? characters : fromPerl(characters, this.perlText)
  }

  private characters(length: number): string | PerlString {
    return this.inUtf8 ? this.decoded(length, 'characters') : this.slice(length)
  }

  private slice(length: number): string {
    const start = this.pos
    const end = start + length
    if (end > this.bytes.length) this.fail('it ends within a text')
    this.pos = end
    return this.text.slice(start, end)
  }

  private decoded(length: number, perlText: PerlText): string | PerlString {
    const bytes = this.bytes.subarray(this.pos, this.skipCharacters(length))
    if (isUtf8(bytes)) return fromPerl(Buffer.from(bytes).toString('utf8'), perlText)
    return fromCodePoints(decodeExtendedUtf8(bytes) ?? this.fail('bytes that are no UTF-8'), perlText)
  }

  private skipCharacters(count: number): number {
    const { bytes } = this
    if (isContinuation(bytes[this.pos])) this.fail('half a character')
    let at = this.pos
    for (let left = count; left > 0; left--) {
      if (at >= bytes.length) this.fail('it ends within a text')
      at++
      while (isContinuation(bytes[at])) at++
    }
    this.pos = at
    return at
  }
}

function isContinuation(byte = 0): boolean {
  return byte >> 6 === 2
}
