import type { Clock } from '../contracts/services.ts'
import { expiryTime } from '../expiry-time.ts'

/**
 * What the column holds for a record that never expires. Null says something else: that nobody of us wrote the row, so
 * that only its image tells.
 */
const NEVER = Number.MAX_SAFE_INTEGER

/**
 * The value of a column of whole seconds since 1970 for a record with this lifetime.
 */
export function expiryColumn(clock: Clock, lifetime: number | undefined): number {
  if (lifetime === undefined) return NEVER
  return Math.min(expiryTime(clock, lifetime), NEVER)
}

/** When a record expires, by that column; `undefined` for never, and when the column does not say. */
export function expiryIn(column: unknown): number | undefined {
  const expires = typeof column === 'bigint' ? Number(column) : column
  return typeof expires === 'number' && expires < NEVER ? expires : undefined
}
