import type { Clock } from '../contracts/services.ts'

/**
 * How much later than at the end of its last second Redis drops a record, in milliseconds. So that the way there and
 * back, and clocks that run a little apart, change nothing in the second that is worked out from what is left.
 */
const MARGIN = 750

const longest = Number.MAX_SAFE_INTEGER

/**
 * For how many milliseconds Redis is to keep a record with this lifetime, or 0 for one that has expired already. Not
 * until when: its clock need not agree with ours.
 */
export function timeToKeep(clock: Clock, lifetime: number): number {
  if (lifetime <= 0) return 0
  const passed = Math.floor(clock()) % 1000
  return Math.min((lifetime + 1) * 1000 - passed + MARGIN, longest)
}

/** When a record expires of which so many milliseconds are left, in whole seconds since 1970; undefined for never. */
export function expiryOf(clock: Clock, left: number): number | undefined {
  if (left < 0) return undefined
  return Math.floor((Math.floor(clock()) + left) / 1000) - 1
}
