import { FreezeError } from '../../errors.ts'
import { ByteSink, longText } from '../byte-sink.ts'
import { encodeExtendedUtf8 } from '../extended-utf8.ts'
import type { PerlOptions } from '../options.ts'
import { printedNumber } from '../printed-number.ts'
import { shortLength, SX } from './codes.ts'
import { type Flavour, headerFor, markPatterns } from './header.ts'
import { codePoints, isWide, keyToPerl, type PerlText, toPerl } from '../text.ts'
import type { PerlString } from '../values.ts'

/** Writes the plain values of a Storable image. */
export abstract class StorableSink extends ByteSink {
  private readonly flavour: Flavour
  private readonly isNetwork: boolean
  private readonly perlText: PerlText
  private hasPatterns = false

  constructor(flavour: Flavour, { perlText, maxImageBytes }: PerlOptions) {
    super(flavour.order === 'little', maxImageBytes)
    this.flavour = flavour
    this.isNetwork = flavour.order === 'network'
    this.perlText = perlText
    this.octets(headerFor(flavour))
  }

  protected override tooLong(maxBytes: number): never {
    throw new FreezeError('Storable', `more than ${maxBytes} bytes`)
  }

  protected override taken(): Buffer {
    if (this.hasPatterns) markPatterns(this.bytes, this.flavour)
    return super.taken()
  }

  protected abstract fail(what: string, hint?: string): never

  protected number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) this.integer(value)
    else if (this.isNetwork) this.kindAsText(textOfDouble(value))
    else {
      this.byte(SX.DOUBLE)
      this.reserve(8)
      this.at = this.bytes.writeDoubleLE(value, this.at)
    }
  }

  private integer(value: number): void {
    if (value >= -128 && value <= 127) {
      this.reserve(2)
      this.bytes[this.at++] = SX.BYTE
      this.bytes[this.at++] = value + 128
    } else if (!this.isNetwork) {
      this.reserve(9)
      this.bytes[this.at] = SX.INTEGER
      this.bytes.writeInt32LE(value | 0, this.at + 1)
      this.at = this.bytes.writeInt32LE(Math.floor(value / 2 ** 32), this.at + 5)
    } else if (value === (value | 0)) {
      this.byte(SX.NETINT)
      this.int32(value)
    } else {
      this.kindAsText(String(value))
    }
  }

  protected bigint(value: bigint): void {
    if (Number.isSafeInteger(Number(value))) {
      this.fail('a bigint that is no larger than a number', 'it would come back as a number')
    }
    const isSigned = BigInt.asIntN(64, value) === value
    if (!isSigned && BigInt.asUintN(64, value) !== value) {
      this.fail('a bigint of more than 64 bits', 'store it as text')
    }
    // Storable itself writes integers of 64 bits without a sign as text.
    if (this.isNetwork || !isSigned) return this.kindAsText(String(value))
    this.byte(SX.INTEGER)
    this.reserve(8)
    this.at = this.bytes.writeBigInt64LE(value, this.at)
  }

  protected boolean(value: boolean): void {
    this.kindAsText(value ? '1' : '')
  }

  /**
   * What Storable has no form for, as the text that Perl itself would store: but with a long length, which Perl reads
   * as it does a short one, and never writes for so short a text. So it is told from text here.
   */
  private kindAsText(text: string): void {
    this.byte(SX.LSCALAR)
    this.int32(text.length)
    this.latin1(text)
  }

  /** `isText`: with characters that all fit into bytes, and yet with Perl's UTF8 flag. */
  protected string(text: string, isText = false): void {
    const characters = this.perlText === 'characters' ? text : this.characters(text)
    if (isText) return this.points(characters)
    const { length } = characters
    if (length > longText) return this.longString(characters)
    this.reserve(length + 2)
    const { bytes } = this
    let at = this.at + 2
    for (let index = 0; index < length; index++) {
      const code = characters.charCodeAt(index)
      if (code > 0xff) return this.points(characters)
      bytes[at++] = code
    }
    bytes[this.at] = SX.SCALAR
    bytes[this.at + 1] = length
    this.at = at
  }

  private longString(characters: string): void {
    if (isWide(characters)) return this.points(characters)
    this.short(SX.SCALAR, SX.LSCALAR, characters.length)
    this.latin1(characters)
  }

  private short(code: number, longCode: number, length: number): void {
    this.byte(length > shortLength ? longCode : code)
    if (length > shortLength) this.int32(length)
    else this.byte(length)
  }

  private points(characters: string): void {
    this.utf8(characters.isWellFormed() ? Buffer.from(characters) : extendedUtf8(characters))
  }

  private utf8(octets: Uint8Array): void {
    this.short(SX.UTF8STR, SX.LUTF8STR, octets.length)
    this.octets(octets)
  }

  protected perlString({ codePoints: points }: PerlString, isText = false): void {
    if (!points.every(isCodePoint)) this.fail('code points that are none')
    if (isText || points.some((point) => point > 0xff))
      return this.utf8(Uint8Array.from(encodeExtendedUtf8(points)))
    this.short(SX.SCALAR, SX.LSCALAR, points.length)
    this.octets(Uint8Array.from(points))
  }

  protected keyCharacters(key: string): string {
    if (this.perlText === 'characters') return key
    return keyToPerl(key, this.perlText) ?? this.noText()
  }

  private noText(): never {
    this.fail(`this text as ${this.perlText}`, 'see the option perlText')
  }

  protected characters(text: string): string {
    return toPerl(text, this.perlText) ?? this.noText()
  }

  /** Answers false, having written nothing that counts, when a character has more than a byte. */
  protected narrowKey(key: string): boolean {
    const characters = this.keyCharacters(key)
    const { length } = characters
    this.reserve(length + 4)
    const { bytes } = this
    let at = this.at + 4
    let union = 0
    for (let index = 0; index < length; index++) {
      const code = characters.charCodeAt(index)
      union |= code
      bytes[at++] = code
    }
    if (union > 0xff) return false
    this.putInt32(length, this.at)
    this.at = at
    return true
  }

  protected wideKey(key: string): void {
    const characters = this.keyCharacters(key)
    const octets = characters.isWellFormed() ? Buffer.from(characters) : extendedUtf8(characters)
    this.int32(octets.length)
    this.octets(octets)
  }

  protected version(literal: string): void {
    this.short(SX.VSTRING, SX.LVSTRING, literal.length)
    this.latin1(literal)
  }

  protected pattern(pattern: string, flags: string): void {
    this.hasPatterns = true
    const isLong = pattern.length > shortLength
    this.byte(SX.REGEXP)
    this.byte(isLong ? 1 : 0)
    if (isLong) this.int32(pattern.length)
    else this.byte(pattern.length)
    this.latin1(pattern)
    this.byte(flags.length)
    this.latin1(flags)
  }
}

function extendedUtf8(text: string): Uint8Array {
  return Uint8Array.from(encodeExtendedUtf8(codePoints(text)))
}

/** The exponent tells a large double from an integer. */
function textOfDouble(value: number): string {
  return Number.isInteger(value) && value !== 0 ? value.toExponential() : printedNumber(value)
}

function isCodePoint(point: unknown): boolean {
  return Number.isSafeInteger(point) && (point as number) >= 0
}
