const initialSize = 4096
/** From here on a call of Node's is faster than a loop. */
export const longText = 64
/** A larger buffer is not kept for the next image. */
const sizeToKeep = 1024 * 1024

/** What an image was written into last, and the next one can be. */
let spare: Buffer | undefined

/** Bytes that are written one behind the other. Lengths and integers go in the order that is asked for. */
export class ByteSink {
  protected bytes: Buffer
  protected at = 0
  private readonly isLittle: boolean
  private readonly maxBytes: number

  /** `tooLong` is to throw. */
  constructor(isLittle: boolean, maxBytes: number) {
    this.isLittle = isLittle
    this.maxBytes = maxBytes
    this.bytes = spare ?? Buffer.allocUnsafeSlow(initialSize)
    // Whoever writes while this is being written (a getter, say) gets another one.
    spare = undefined
  }

  protected tooLong(_maxBytes: number): never {
    throw new RangeError('too long')
  }

  /** A copy of what was written. After that the sink is not to be used. */
  protected taken(): Buffer {
    const taken = Buffer.allocUnsafe(this.at)
    this.bytes.copy(taken, 0, 0, this.at)
    this.release()
    return taken
  }

  protected release(): void {
    if (this.bytes.length <= sizeToKeep) spare = this.bytes
  }

  /** Makes room for so many more bytes. */
  protected reserve(length: number): void {
    if (this.at + length > this.bytes.length) this.grow(this.at + length)
  }

  private grow(length: number): void {
    if (length > this.maxBytes + initialSize) this.tooLong(this.maxBytes)
    const larger = Buffer.allocUnsafeSlow(Math.max(length, this.bytes.length * 2))
    this.bytes.copy(larger, 0, 0, this.at)
    this.bytes = larger
  }

  protected byte(byte: number): void {
    if (this.at >= this.bytes.length) this.grow(this.at + 1)
    this.bytes[this.at++] = byte
  }

  protected int32(value: number): void {
    this.reserve(4)
    this.putInt32(value, this.at)
    this.at += 4
  }

  /** Writes where there is room already. */
  protected putInt32(value: number, at: number): void {
    const { bytes } = this
    if (this.isLittle) {
      bytes[at] = value
      bytes[at + 1] = value >> 8
      bytes[at + 2] = value >> 16
      bytes[at + 3] = value >> 24
    } else {
      bytes[at] = value >> 24
      bytes[at + 1] = value >> 16
      bytes[at + 2] = value >> 8
      bytes[at + 3] = value
    }
  }

  protected octets(octets: Uint8Array): void {
    this.reserve(octets.length)
    this.bytes.set(octets, this.at)
    this.at += octets.length
  }

  /** Characters below 256, a byte each. */
  protected latin1(text: string): void {
    const { length } = text
    this.reserve(length)
    if (length > longText) {
      this.at += this.bytes.write(text, this.at, 'latin1')
      return
    }
    const { bytes } = this
    let { at } = this
    for (let index = 0; index < length; index++) bytes[at++] = text.charCodeAt(index)
    this.at = at
  }
}
