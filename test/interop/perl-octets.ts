import { isUtf8 } from 'node:buffer'
import { type Notation, pointsOf } from './notation.ts'

/** Whether characters beyond ASCII in this image may be read as UTF-8. Perl sees its octets. */
export function isBeyondAscii(image: Uint8Array): boolean {
  return image.some((byte) => byte >= 0x80) && isUtf8(image)
}

/** The same with strings and keys that are octets of UTF-8 as the text that these stand for. */
export function decoded(part: Notation): Notation {
  return decodedPart(part) as Notation
}

function decodedPart(part: unknown): unknown {
  if (!Array.isArray(part)) return part
  const [kind, ...rest] = part as unknown[]
  if (kind === 'string') return [kind, decodedText(rest[0] as string)]
  if (kind === 'hash') {
    const pairs = rest[1] as [string, Notation][]
    return [kind, rest[0], pairs.map(([key, value]) => [decodedText(key), decodedPart(value)])]
  }
  return part.map(decodedPart)
}

function decodedText(points: string): string {
  const codes = points === '' ? [] : points.split(' ').map(Number)
  if (codes.some((code) => code > 255)) return points
  const octets = Buffer.from(codes)
  return isUtf8(octets) ? pointsOf(octets.toString('utf8')) : points
}
