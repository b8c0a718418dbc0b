import { StorageError } from '../errors.ts'
import { longestTimeout } from '../timeout-option.ts'

/** The time that one call of the driver has, for all that it does. */
export class Deadline {
  readonly #timer: NodeJS.Timeout
  readonly #waiting = new Set<() => void>()
  readonly #at: number
  #over = false

  /** @param timeout in milliseconds */
  constructor(
    private readonly server: string,
    private readonly timeout: number,
  ) {
    this.#at = performance.now() + timeout
    this.#timer = setTimeout(() => this.#pass(), Math.min(timeout, longestTimeout))
  }

  get over(): boolean {
    return this.#over
  }

  /** Milliseconds; never less than 1. */
  get left(): number {
    return Math.max(1, this.#at - performance.now())
  }

  /**
   * What `work` gives, if it does in time. Otherwise `giveUp` is called, to end what is under way, and this throws a
   * `StorageError`.
   */
  wait<T>(work: Promise<T>, giveUp: () => void = () => {}): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const late = (): void => {
        this.#waiting.delete(late)
        reject(this.#error())
        giveUp()
      }
      const settled = <A>(settle: (value: A) => void) => {
        return (value: A): void => {
          if (this.#waiting.delete(late)) settle(value)
        }
      }
      this.#waiting.add(late)
      work.then(settled(resolve), settled(reject))
      if (this.#over) late()
    })
  }

  end(): void {
    clearTimeout(this.#timer)
  }

  #pass(): void {
    this.#over = true
    for (const late of this.#waiting) late()
  }

  #error(): StorageError {
    return new StorageError(`${this.server} did not answer within ${this.timeout} ms (option timeout)`)
  }
}
