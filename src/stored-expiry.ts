import type { Clock } from './contracts/services.ts'
import { expiryTime } from './expiry-time.ts'

/** What is kept for a record that never expires. That nothing is kept says something else: only its image tells. */
export const NEVER = Number.MAX_SAFE_INTEGER

/** What to keep beside a record with this lifetime: whole seconds since 1970. */
export function storedExpiry(clock: Clock, lifetime: number | undefined): number {
  if (lifetime === undefined) return NEVER
  return Math.min(expiryTime(clock, lifetime), NEVER)
}

/** When a record expires, by what is kept; `undefined` for never, and when that does not say. */
export function expiryIn(stored: unknown): number | undefined {
  const expires = typeof stored === 'bigint' ? Number(stored) : stored
  return typeof expires === 'number' && expires < NEVER ? expires : undefined
}
