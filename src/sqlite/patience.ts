import { setTimeout as delay } from 'node:timers/promises'
import type { Awaitable } from '../contracts/awaitable.ts'
import { LockTimeoutError } from '../errors.ts'
import { isBusy, storageError } from './failures.ts'

/** Milliseconds between two tries. Most locks are held for less than one. */
const shortest = 1
const longest = 20

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
    for (let pause = shortest; performance.now() < giveUp; pause = Math.min(pause * 1.5, longest)) {
      // Different for each who waits, or they would all come back at the same moment.
      await delay(pause * (0.5 + Math.random()))
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
