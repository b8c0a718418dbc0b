import { plainForm } from '../plain-values.ts'

/**
 * What `JSON.stringify` writes, and bigints as bare integers, for which that has no way. Several times slower. The
 * value must have passed `checkPlainHash`.
 */
export function writeJson(value: unknown, key = ''): string | undefined {
  const plain = typeof value === 'object' && value !== null ? plainForm(value, key) : value
  if (typeof plain === 'bigint') return String(plain)
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
