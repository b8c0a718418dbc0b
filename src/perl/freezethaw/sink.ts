import { FreezeError } from '../../errors.ts'
import { dollar, zero } from '../ascii.ts'
import { ByteSink } from '../byte-sink.ts'
import type { PerlOptions } from '../options.ts'
import { encodeExtendedUtf8 } from '../extended-utf8.ts'
import { codePoints, isWide, type PerlText, toPerl } from '../text.ts'

export const percent = 37
export const underscore = 95
const bar = 124
/** From here on a call to the runtime is faster than to look at each character. */
const longText = 24

/** Writes the counts and texts of a FreezeThaw image. */
export abstract class FreezeThawSink extends ByteSink {
  /** The first character that is not written as itself. */
  private readonly bound: number
  private readonly most: number
  private readonly perlText: PerlText
  /** Whether lengths are those of characters, and these become UTF-8: what Perl cannot read. */
  protected readonly inUtf8: boolean

  constructor({ perlText, maxImageBytes }: PerlOptions, inUtf8: boolean) {
    super(true, maxImageBytes)
    this.most = maxImageBytes
    this.perlText = perlText
    this.inUtf8 = inUtf8
    this.bound = perlText === 'utf8' ? 0x80 : 0x100
  }

  protected override tooLong(maxBytes: number): never {
    throw new FreezeError('FreezeThaw', `more than ${maxBytes} bytes`)
  }

  protected override taken(): Buffer {
    if (this.at > this.most) this.tooLong(this.most)
    return super.taken()
  }

  /** `@12|`: how many of something follow. */
  protected count(sigil: number, count: number): void {
    this.reserve(20)
    this.bytes[this.at++] = sigil
    if (count < 10) this.bytes[this.at++] = zero + count
    else this.latin1(String(count))
    this.bytes[this.at++] = bar
  }

  protected override latin1(text: string): void {
    if (this.inUtf8) this.octets(Buffer.from(text))
    else super.latin1(text)
  }

  /** How long Perl is to take this for: so many characters. */
  protected lengthOf(text: string): number {
    return this.inUtf8 ? codePoints(text).length : text.length
  }

  /** A text that is given by its code points; false, with nothing written, when Perl could not read it. */
  protected codePoints(points: readonly number[]): boolean {
    if (!points.every((point) => Number.isSafeInteger(point) && point >= 0)) return false
    if (!this.inUtf8 && points.some((point) => point > 0xff)) return false
    this.count(dollar, points.length)
    this.octets(Uint8Array.from(this.inUtf8 ? encodeExtendedUtf8(points) : points))
    return true
  }

  /** A text; false, with nothing written, when Perl could not read it. */
  protected text(text: string, convert: typeof toPerl = toPerl): boolean {
    if (this.inUtf8) {
      const characters = convert(text, this.perlText)
      return characters !== undefined && this.codePoints(codePoints(characters))
    }
    const { length } = text
    const start = this.at
    this.count(dollar, length)
    if (length <= longText) {
      this.reserve(length)
      const { bytes, bound } = this
      let { at } = this
      let index = 0
      for (; index < length; index++) {
        const code = text.charCodeAt(index)
        if (code >= bound) break
        bytes[at++] = code
      }
      if (index === length) {
        this.at = at
        return true
      }
    } else if (this.bound === 0x100 && !isWide(text)) {
      this.latin1(text)
      return true
    }
    this.at = start
    return this.bound === 0x80 && this.asOctets(text, convert)
  }

  private asOctets(text: string, convert: typeof toPerl): boolean {
    const octets = convert(text, 'utf8')
    if (octets === undefined || isWide(octets)) return false
    this.count(dollar, octets.length)
    this.latin1(octets)
    return true
  }
}
