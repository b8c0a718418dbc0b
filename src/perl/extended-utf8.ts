/**
 * Perl's UTF-8, which goes beyond the standard: surrogates and code points above U+10FFFF have bytes too.
 */

/** The code points in these bytes; undefined when they are not even Perl's UTF-8. */
export function decodeExtendedUtf8(bytes: Uint8Array): number[] | undefined {
  const points: number[] = []
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at++]!
    if (first < 0x80) {
      points.push(first)
      continue
    }
    const length = sequenceLength(first)
    if (length === 0 || at + length - 1 > bytes.length) return undefined
    let point = length >= 7 ? 0 : first & (0x7f >> length)
    for (let left = length - 1; left > 0; left--) {
      const next = bytes[at++]!
      if (next >> 6 !== 2) return undefined
      point = point * 64 + (next & 0x3f)
    }
    if (point > Number.MAX_SAFE_INTEGER) return undefined
    points.push(point)
  }
  return points
}

/** 0 for a byte that begins nothing. */
function sequenceLength(first: number): number {
  if (first === 0xff) return 13
  const length = Math.clz32(~(first << 24))
  return length === 1 ? 0 : length
}

/** The bytes of these code points. */
export function encodeExtendedUtf8(points: readonly number[]): number[] {
  return points.flatMap(encodePoint)
}

function encodePoint(point: number): number[] {
  if (point < 0x80) return [point]
  let length = 2
  while (length < 7 && point >= 2 ** (5 * length + 1)) length++
  if (length === 7 && point >= 2 ** 36) length = 13
  const bytes: number[] = []
  let rest = point
  for (let left = length - 1; left > 0; left--) {
    bytes.unshift(0x80 | (rest % 64))
    rest = Math.floor(rest / 64)
  }
  const lead = length > 7 ? 0xff : (0xff << (8 - length)) & 0xff
  return [length >= 7 ? lead : lead | rest, ...bytes]
}
