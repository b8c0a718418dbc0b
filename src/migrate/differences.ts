import type { SessionRecord } from '../record.ts'
import { sameValue } from './same-value.ts'

/** The fields of a record that are plain numbers. */
export const TIMES = ['atime', 'ctime', 'etime', 'deadline'] as const

/** What differs between two records, in words. Nothing: they are the same. */
export function differences(one: SessionRecord, two: SessionRecord): string[] {
  return [
    ...[...TIMES, 'owner' as const].filter((name) => one[name] !== two[name]),
    ...differingKeys(one.ptime, two.ptime, 'lifetime of parameter'),
    ...differingKeys(one.params, two.params, 'parameter'),
    ...differingKeys(one.extra ?? NOTHING, two.extra ?? NOTHING, 'key'),
  ]
}

const NOTHING: ReadonlyMap<string, unknown> = new Map()

function differingKeys(
  one: ReadonlyMap<string, unknown>,
  two: ReadonlyMap<string, unknown>,
  what: string,
): string[] {
  const names: string[] = []
  for (const [name, value] of one) {
    // What is undefined may have been left out.
    if (!sameValue(value, two.get(name))) names.push(`${what} ${JSON.stringify(name)}`)
  }
  for (const [name, value] of two) {
    if (!one.has(name) && value !== undefined) names.push(`${what} ${JSON.stringify(name)}`)
  }
  return names
}
