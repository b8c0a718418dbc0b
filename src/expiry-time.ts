import type { Clock } from './contracts/services.ts'

/**
 * When a lifetime ends, in whole seconds since 1970. A record is alive in the second in which it expires, so one whose
 * lifetime is 0 or less, which has expired already, gets a second that is over.
 */
export function expiryTime(clock: Clock, lifetime: number): number {
  return Math.floor(clock() / 1000) + (lifetime > 0 ? lifetime : Math.min(lifetime, -1))
}
