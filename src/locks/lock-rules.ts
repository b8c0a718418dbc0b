/** What all locks of a store go by. */
export interface LockRules {
  /** Seconds since 1970. */
  now(): number
  /** Milliseconds, by a clock that nobody puts forward or back. */
  monotonic(): number
}
