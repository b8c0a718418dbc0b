import type { Clock } from '../contracts/services.ts'

/**
 * A clock that stands still while a lifetime is worked out and handed to a driver: a second that passes in between
 * would move the end of the session.
 */
export class HeldClock {
  #held: number | undefined

  constructor(private readonly clock: Clock) {}

  readonly now: Clock = () => this.#held ?? this.clock()

  /** It stands still until `work` returns, or gives a promise. */
  hold<T>(work: () => T): T {
    this.#held = this.clock()
    try {
      return work()
    } finally {
      this.#held = undefined
    }
  }
}
