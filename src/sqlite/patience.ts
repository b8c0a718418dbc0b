import { setTimeout as delay } from 'node:timers/promises'
import type { Awaitable } from '../contracts/awaitable.ts'
import { LockTimeoutError } from '../errors.ts'
import { Pauses } from '../pauses.ts'
import { isBusy, storageError } from './failures.ts'

/** Most locks are held for less than a millisecond. */
const pausing = { first: 1, longest: 20 }

/**
 * Does work that another process may be in the way of. What succeeds at once answers at once; otherwise it is tried
 * again after growing pauses, in which the event loop goes on, for up to `timeout` milliseconds.
 */
export class Patience {
  constructor(
    private readonly database: string,
    private readonly timeout: number,
  ) {}

  /** `work` is done as a whole or not at all, so that it can be done again. */
  try<T>(work: () => T): Awaitable<T> {
    try {
      return work()
    } catch (error) {
      if (isBusy(error)) return this.#tryAgain(work)
      throw storageError(this.database, error)
    }
  }

  async #tryAgain<T>(work: () => T): Promise<T> {
    const giveUp = performance.now() + this.timeout
    const pauses = new Pauses(pausing)
    while (performance.now() < giveUp) {
      await delay(pauses.next())
      try {
        return work()
      } catch (error) {
        if (!isBusy(error)) throw storageError(this.database, error)
      }
    }
    throw new LockTimeoutError(
      `${this.database} was locked by somebody else for longer than ${this.timeout} ms (option timeout)`,
    )
  }
}
