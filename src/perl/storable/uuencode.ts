import { ThawError } from '../../errors.ts'

/** How many bytes a line holds. */
const lineBytes = 45
const newline = 10
const space = 32
/** Stands for zero, where old encoders have a space. */
const backquote = 96

/** As Perl's `pack('u', …)`: lines of 45 bytes, each byte of text holding six bits. */
export function uuencode(bytes: Uint8Array): Buffer {
  const lines = Math.ceil(bytes.length / lineBytes)
  const encoded = Buffer.allocUnsafe(lines * 2 + Math.ceil(bytes.length / 3) * 4)
  let at = 0
  for (let start = 0; start < bytes.length; start += lineBytes) {
    const end = Math.min(start + lineBytes, bytes.length)
    encoded[at++] = sixBits(end - start)
    for (let from = start; from < end; from += 3) {
      const three = (bytes[from]! << 16) | ((bytes[from + 1] ?? 0) << 8) | (bytes[from + 2] ?? 0)
      const padded = from + 3 > end ? three & (from + 2 > end ? 0xff0000 : 0xffff00) : three
      encoded[at++] = sixBits(padded >> 18)
      encoded[at++] = sixBits((padded >> 12) & 63)
      encoded[at++] = sixBits((padded >> 6) & 63)
      encoded[at++] = sixBits(padded & 63)
    }
    encoded[at++] = newline
  }
  return encoded
}

function sixBits(bits: number): number {
  return bits === 0 ? backquote : bits + space
}

/** Throws `ThawError` where a line is shorter than it says. */
export function uudecode(encoded: Uint8Array): Buffer {
  const decoded = Buffer.allocUnsafe(Math.ceil((encoded.length * 3) / 4))
  let length = 0
  for (let at = 0; at < encoded.length; ) {
    const count = bitsOf(encoded[at]!)
    const end = at + 1 + Math.ceil(count / 3) * 4
    if (end > encoded.length) throw new ThawError('UUEncode', 'a line ends too early', encoded.length)
    for (let from = at + 1; from < end; from += 4) {
      const four =
        (bitsOf(encoded[from]!) << 18) |
        (bitsOf(encoded[from + 1]!) << 12) |
        (bitsOf(encoded[from + 2]!) << 6) |
        bitsOf(encoded[from + 3]!)
      const left = count - ((from - at - 1) / 4) * 3
      decoded[length++] = four >> 16
      if (left > 1) decoded[length++] = (four >> 8) & 0xff
      if (left > 2) decoded[length++] = four & 0xff
    }
    at = end
    // Some encoders put a check sum behind the line.
    while (at < encoded.length && encoded[at++] !== newline);
  }
  return decoded.subarray(0, length)
}

function bitsOf(byte: number): number {
  return (byte - space) & 63
}
