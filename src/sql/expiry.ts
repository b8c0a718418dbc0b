import type { Clock } from '../contracts/services.ts'

/**
 * The time at which a lifetime ends, for a column of whole seconds since 1970; `null` for one that never does. A
 * lifetime of 0 or less has ended already, and not at the end of this second.
 */
export function expiryTime(clock: Clock, lifetime: number | undefined): number | null {
  if (lifetime === undefined) return null
  const now = Math.floor(clock() / 1000)
  return Math.min(now + (lifetime > 0 ? lifetime : Math.min(lifetime, -1)), Number.MAX_SAFE_INTEGER)
}
