import type { Awaitable } from '../contracts/awaitable.ts'

/** How many calls are served at a time, so that others get their turn. */
const MOST = 256

type Visit<R> = (wanted: () => boolean, work: (records: R) => Awaitable<void>) => Promise<void>

interface Caller<R> {
  readonly work: (records: R) => unknown
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
  readonly deadline: number
}

/**
 * Serves all calls that wait at the moment in one visit to the database, so that a lock is taken once for them all. A
 * call that has not been let in after `timeout` milliseconds fails.
 */
export class Rounds<R> {
  readonly #visit: Visit<R>
  readonly #timeout: number
  readonly #tooLate: () => Error
  #waiting: Caller<R>[] = []
  #round: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(visit: Visit<R>, timeout: number, tooLate: () => Error) {
    this.#visit = visit
    this.#timeout = timeout
    this.#tooLate = tooLate
  }

  run<T>(work: (records: R) => Awaitable<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const deadline = performance.now() + this.#timeout
      this.#waiting.push({ work, resolve: resolve as (value: unknown) => void, reject, deadline })
      this.#timer ??= setTimeout(() => this.#pass(), this.#timeout)
      this.#round ??= this.#serve()
    })
  }

  /** Resolves when nobody is served or waits. */
  async idle(): Promise<void> {
    await this.#round
  }

  async #serve(): Promise<void> {
    while (this.#waiting.length > 0) await this.#serveOnce()
    this.#round = undefined
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  async #serveOnce(): Promise<void> {
    let served: Caller<R>[] | undefined
    const answers: (() => void)[] = []
    try {
      await this.#visit(
        () => this.#waiting.length > 0,
        (records) => {
          served = this.#waiting.splice(0, MOST)
          const later = served.map((caller) => answer(caller, records, answers)).filter(isPromise)
          return later.length === 0 ? undefined : Promise.all(later).then(() => {})
        },
      )
      for (const tell of answers) tell()
    } catch (error) {
      for (const { reject } of served ?? this.#waiting.splice(0)) reject(error)
    }
  }

  #pass(): void {
    const now = performance.now()
    // The first has waited longest.
    while (this.#waiting.length > 0 && this.#waiting[0]!.deadline <= now) {
      this.#waiting.shift()!.reject(this.#tooLate())
    }
    const next = this.#waiting[0]
    this.#timer = next && setTimeout(() => this.#pass(), Math.max(1, next.deadline - now))
  }
}

/** Does the work of a caller, and notes how to tell what came of it once all is safe. */
function answer<R>(
  { work, resolve, reject }: Caller<R>,
  records: R,
  answers: (() => void)[],
): Promise<void> | undefined {
  const done = (value: unknown): void => void answers.push(() => resolve(value))
  const failed = (error: unknown): void => void answers.push(() => reject(error))
  try {
    const value = work(records)
    if (isPromise(value)) return value.then(done, failed)
    done(value)
  } catch (error) {
    failed(error)
  }
  return undefined
}

function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise
}
