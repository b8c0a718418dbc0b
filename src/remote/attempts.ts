import { setTimeout as delay } from 'node:timers/promises'
import { NoAnswer } from './failures.ts'

/** Milliseconds between two tries while a server is not ready to do anything. */
const PAUSE = 50

/**
 * What `attempt` answers. What surely had no effect is tried again until the time is over.
 *
 * @param end when that is, by `performance.now()`
 * @param attempt gets the milliseconds that are left
 * @param mayTryAgain whether what it threw allows that
 */
export async function tryUntil<T>(
  end: number,
  attempt: (left: number) => Promise<T>,
  mayTryAgain: (error: unknown) => boolean,
): Promise<T> {
  for (let last: unknown; ; await delay(PAUSE)) {
    try {
      return await attempt(end - performance.now())
    } catch (error) {
      if (!mayTryAgain(error) || performance.now() + PAUSE >= end) {
        throw error instanceof NoAnswer ? error.after(last) : error
      }
      last = error
    }
  }
}
