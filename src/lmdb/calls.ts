import type { Awaitable } from '../contracts/awaitable.ts'
import { StorageError } from '../errors.ts'
import { longestTimeout } from '../timeout-option.ts'
import { commitError } from './failures.ts'

/** Calls of the driver that may have to wait: for a writer in another process, and for the disk. */
export class Calls {
  /**
   * @param called what messages call the file
   * @param timeout in milliseconds
   */
  constructor(
    private readonly called: string,
    private readonly timeout: number,
  ) {}

  /**
   * What `attempt` gives, which is repeated as long as it gives `undefined`.
   *
   * What LMDB has been handed cannot be taken back. So a write that was given up may still be done; like every write,
   * only if the record is still as it was.
   *
   * @throws StorageError
   */
  repeat<T>(attempt: () => Awaitable<T | undefined>): Promise<T> {
    return new Promise((resolve, reject) => {
      let late = false
      const timer = setTimeout(
        () => {
          late = true
          reject(this.#lateError())
        },
        Math.min(this.timeout, longestTimeout),
      )
      const fail = async (error: unknown): Promise<void> => {
        clearTimeout(timer)
        reject(await commitError(this.called, error))
      }
      const next = (result: T | undefined): void => {
        if (result === undefined && !late) {
          tryIt()
        } else {
          clearTimeout(timer)
          resolve(result as T)
        }
      }
      const tryIt = (): void => {
        try {
          const result = attempt()
          if (result instanceof Promise) result.then(next, fail)
          else next(result)
        } catch (error) {
          void fail(error)
        }
      }
      tryIt()
    })
  }

  #lateError(): StorageError {
    return new StorageError(
      `${this.called} took longer than ${this.timeout} ms (option timeout): another process holds its lock, or the ` +
        'disk is slow. What was to be written may still be written',
    )
  }
}
