import type { Clock } from '../contracts/services.ts'
import { expiryTime } from '../expiry-time.ts'

/**
 * A file's time of modification says when its record expires. What we set is a whole second; what the system sets by
 * itself, for a record that never expires or that somebody else wrote, has a fraction and says nothing. On a file
 * system that keeps no fractions it reads as an expiry in the past, which prolongs no session.
 */
export function expiryOf(mtimeMs: number): number | undefined {
  return mtimeMs % 1000 === 0 ? mtimeMs / 1000 : undefined
}

/** The end of the year 9999, the last that every part of the system can hold. */
const LATEST = 253_402_300_799

/** When a record with this lifetime expires, in whole seconds since 1970; `undefined` for never. */
export function expiresAfter(clock: Clock, lifetime: number | undefined): number | undefined {
  if (lifetime === undefined) return undefined
  return Math.min(Math.max(expiryTime(clock, lifetime), 0), LATEST)
}

/** A time of modification as the system would set it, which says nothing about the expiry. */
export function noExpiry(): number {
  return Math.floor(Date.now() / 1000) + 0.5
}
