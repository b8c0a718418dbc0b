import type { Clock } from '../contracts/services.ts'

/**
 * How many seconds later than after its lifetime memcached drops a record. One for the last second, in which it is still
 * alive; one since memcached's own clock ticks in seconds.
 */
const MARGIN = 2

/** What is more counts as a time since 1970. 30 days. */
const longestSpan = 2_592_000

const latest = 0xffff_ffff

/**
 * The expiry that memcached is to be told: in seconds, or since 1970, or 0 for never.
 *
 * @param lifetime in seconds, more than 0; undefined means never
 */
export function expiryFor(lifetime: number | undefined): number {
  if (lifetime === undefined) return 0
  const span = lifetime + MARGIN
  if (span <= longestSpan) return span
  // By the clock of the system and not the injected one: it is memcached's clock that will be looked at.
  const time = Math.floor(Date.now() / 1000) + span
  return time > latest ? 0 : time
}

/**
 * The earliest time at which a record may expire, in whole seconds since 1970.
 *
 * @param expiry the time at which memcached drops it
 */
export function earliestExpiry(clock: Clock, expiry: number): number {
  const left = expiry - Math.floor(Date.now() / 1000)
  return Math.floor(clock() / 1000) + left - MARGIN - 1
}
