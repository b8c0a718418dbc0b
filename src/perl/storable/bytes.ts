import { ThawError } from '../../errors.ts'
import { asBuffer } from '../../image-text.ts'
import { decodeExtendedUtf8 } from '../extended-utf8.ts'
import { KeyCache } from './key-cache.ts'
import { readLongDouble } from './long-double.ts'
import type { PerlOptions } from '../options.ts'
import { shortLength } from './codes.ts'
import { type Header, readHeader } from './header.ts'
import { fromCodePoints, fromPerl, keyFromPerl, isWide, type PerlText } from '../text.ts'
import { PerlString } from '../values.ts'

const keys = new KeyCache()

const decimal = /^-?(?:0|[1-9]\d*)$/
const number = /^-?(?:\d+(?:\.\d+)?(?:e[-+]\d+)?|Inf|NaN)$/

/** Reads numbers, lengths and strings of a Storable image. Every method fails with the offset at the image's end. */
export abstract class StorableBytes {
  protected readonly bytes: Buffer
  /** The same with a character for each byte: to cut strings from it is faster than to decode them one by one. */
  protected readonly text: string
  protected pos: number
  private readonly header: Header
  private readonly isLittle: boolean
  private readonly perlText: PerlText
  /** Whether the last string that was read is one for `markText`. Whoever puts it somewhere sets this back. */
  protected metText = false

  constructor(image: Uint8Array, { perlText, maxImageBytes }: PerlOptions) {
    if (image.length > maxImageBytes) throw new ThawError('Storable', `longer than ${maxImageBytes} bytes`)
    this.header = readHeader(image)
    this.isLittle = this.header.order === 'little'
    this.pos = this.header.end
    this.bytes = asBuffer(image)
    this.text = this.bytes.toString('latin1')
    this.perlText = perlText
  }

  protected fail(reason: string, offset = this.pos): never {
    throw new ThawError('Storable', reason, offset)
  }

  protected byte(): number {
    if (this.pos >= this.bytes.length) this.fail('it ends too early')
    return this.bytes[this.pos++]!
  }

  /** Moves behind so many bytes, and answers where they begin. */
  private skip(length: number): number {
    const start = this.pos
    if (length > this.bytes.length - start) this.fail('it ends too early', this.bytes.length)
    this.pos = start + length
    return start
  }

  /** A length, or an integer, of four bytes. */
  protected int32(): number {
    const { bytes } = this
    const at = this.skip(4)
    return this.isLittle
      ? bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
      : bytes[at + 3]! | (bytes[at + 2]! << 8) | (bytes[at + 1]! << 16) | (bytes[at]! << 24)
  }

  /** The number of an item, whose order is the same in all images. */
  protected tag(): number {
    return this.bytes.readUInt32BE(this.skip(4))
  }

  protected length(): number {
    const length = this.int32()
    if (length < 0) this.fail('a length below zero', this.pos - 4)
    return length
  }

  /** How many items follow, each of at least so many bytes: what cannot be there is not made room for. */
  protected count(count: number, bytesEach: number): number {
    if (count * bytesEach > this.bytes.length - this.pos) this.fail('more items announced than there are')
    return count
  }

  /** A length of eight bytes. */
  protected longLength(): number {
    const at = this.skip(8)
    const length = this.isLittle ? this.bytes.readBigUInt64LE(at) : this.bytes.readBigUInt64BE(at)
    return Number(length)
  }

  protected netInteger(): number {
    return this.bytes.readInt32BE(this.skip(4))
  }

  /** In network order as x86 has it: no Storable writes that, but each reads it in the order of its own machine. */
  protected integer(): number | bigint {
    const { order, integerSize } = this.header
    const at = this.skip(integerSize)
    if (integerSize === 4) return order === 'big' ? this.bytes.readInt32BE(at) : this.bytes.readInt32LE(at)
    const high = order === 'big' ? this.bytes.readInt32BE(at) : this.bytes.readInt32LE(at + 4)
    const low = order === 'big' ? this.bytes.readUInt32BE(at + 4) : this.bytes.readUInt32LE(at)
    const value = high * 2 ** 32 + low
    if (Number.isSafeInteger(value)) return value
    return (BigInt(high) << 32n) | BigInt(low)
  }

  protected double(): number {
    const { order, doubleSize } = this.header
    const at = this.skip(doubleSize)
    if (doubleSize > 8) return readLongDouble(this.bytes.subarray(at, this.pos), order !== 'big')
    return order === 'big' ? this.bytes.readDoubleBE(at) : this.bytes.readDoubleLE(at)
  }

  protected octets(length: number): Uint8Array {
    const at = this.skip(length)
    return Uint8Array.from(this.bytes.subarray(at, this.pos))
  }

  /** Bytes as characters, whatever `perlText` says: for names and patterns. */
  protected latin1(length: number): string {
    const at = this.skip(length)
    return this.text.slice(at, this.pos)
  }

  protected string(length: number): string | PerlString {
    const characters = this.latin1(length)
    return this.perlText === 'characters' ? characters : fromPerl(characters, this.perlText)
  }

  /** A string with a long length. Perl writes short ones otherwise: such a one stands for what `writeKindOfText` had. */
  protected longString(length: number): string | PerlString | number | bigint | boolean {
    const text = this.string(length)
    return length > shortLength || typeof text !== 'string' ? text : valueOfKind(text)
  }

  protected utf8String(length: number): string | PerlString {
    const at = this.skip(length)
    const text = this.bytes.toString('utf8', at, this.pos)
    // A replacement character may have been there, or stand for what only Perl's UTF-8 has.
    if (!text.includes('\ufffd')) {
      if (text.length !== length && !isWide(text)) this.metText = true
      return fromPerl(text, this.perlText)
    }
    const points = decodeExtendedUtf8(this.bytes.subarray(at, this.pos))
    if (points === undefined) this.fail('text that is no UTF-8', at)
    return fromCodePoints(points, this.perlText)
  }

  protected key(length: number): string {
    if (this.perlText !== 'characters') return this.asKey(this.string(length))
    return keys.get(this.bytes, this.skip(length), this.pos)
  }

  protected utf8Key(length: number): string {
    const key = this.asKey(this.utf8String(length))
    this.metText = false
    return key
  }

  protected asKey(key: unknown): string {
    const text = key instanceof PerlString ? keyFromPerl(key, this.perlText) : String(key)
    return text ?? this.fail('a hash key that perlText has no text for')
  }
}

/** The booleans and numbers that are written as text, because the format has no form for them that every Perl reads. */
function valueOfKind(text: string): string | number | bigint | boolean {
  if (text === '1' || text === '') return text === '1'
  if (!number.test(text)) return text
  const value = Number(text.replace('Inf', 'Infinity'))
  return decimal.test(text) && !Number.isSafeInteger(value) ? BigInt(text) : value
}
