import { FreezeError } from '../errors.ts'
import { PerlString } from '../perl/values.ts'
import { plainForm } from '../plain-values.ts'

/**
 * What `JSON.stringify` writes, and what that has no way for: bigints as bare integers, infinities as numbers that are
 * too large, the bare `nan` of Perl's modules, and the code points of a `PerlString`. Several times slower. The value
 * must have passed `checkPlainHash`.
 */
export function writeJson(value: unknown, key = ''): string | undefined {
  if (value instanceof PerlString) return `"${value.codePoints.map(writePoint).join('')}"`
  const plain = typeof value === 'object' && value !== null ? plainForm(value, key) : value
  if (typeof plain === 'bigint') return String(plain)
  if (typeof plain === 'number') return writeNumber(plain)
  if (typeof plain !== 'object' || plain === null) return JSON.stringify(plain)
  if (Array.isArray(plain)) {
    return `[${plain.map((item, index) => writeJson(item, String(index)) ?? 'null').join(',')}]`
  }
  const members: string[] = []
  for (const [name, member] of Object.entries(plain)) {
    const text = writeJson(member, name)
    if (text !== undefined) members.push(`${JSON.stringify(name)}:${text}`)
  }
  return `{${members.join(',')}}`
}

/** Beyond 2^53 digits alone are an integer to Perl, or a string beyond 64 bits; what is too large is infinite. */
function writeNumber(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? '1e+999' : '-1e+999'
  const text = JSON.stringify(value)
  return Math.abs(value) > Number.MAX_SAFE_INTEGER && !text.includes('e') ? value.toExponential() : text
}

const quote = 0x22
const backslash = 0x5c

function writePoint(point: number, index: number, points: readonly number[]): string {
  if (point > 0x10ffff || (isLowSurrogate(point) && isHighSurrogate(points[index - 1] ?? 0))) {
    throw new FreezeError('JSON', 'code points that are no text')
  }
  if (point >= 0x20 && point < 0x7f && point !== quote && point !== backslash)
    return String.fromCharCode(point)
  const units = String.fromCodePoint(point).split('')
  return units.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
}

function isHighSurrogate(point: number): boolean {
  return point >= 0xd800 && point < 0xdc00
}

function isLowSurrogate(point: number): boolean {
  return point >= 0xdc00 && point < 0xe000
}
