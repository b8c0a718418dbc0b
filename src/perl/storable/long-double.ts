/**
 * The nearest double to a long double as Perls built with `-Duselongdouble` store them: 10 bytes of an x86 processor
 * with padding behind them, or 16 bytes of IEEE 754's binary128.
 */
export function readLongDouble(bytes: Uint8Array, isLittle: boolean): number {
  const little = isLittle ? bytes : Uint8Array.from(bytes).toReversed()
  const hasPadding = isLittle && (bytes.length === 12 || little.subarray(10).every((byte) => byte === 0))
  const size = hasPadding ? 10 : bytes.length
  const head = little[size - 2]! | (little[size - 1]! << 8)
  const exponent = head & 0x7fff
  // The first bit of the mantissa is there on x86, and left out in binary128.
  const fraction = integerOf(little.subarray(0, size - 2))
  const bits = (size - 2) * 8
  const mantissa = hasPadding ? fraction / 2 ** (bits - 1) : fraction / 2 ** bits + (exponent === 0 ? 0 : 1)
  const sign = (head & 0x8000) === 0 ? 1 : -1
  if (exponent === 0x7fff) return mantissa === 1 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  const power = Math.max(exponent, 1) - 16383
  // In two steps, because 2 ** -1074 is the least power of two that there is.
  return sign * mantissa * 2 ** Math.trunc(power / 2) * 2 ** (power - Math.trunc(power / 2))
}

function integerOf(little: Uint8Array): number {
  return little.reduceRight((sum, byte) => sum * 256 + byte, 0)
}
