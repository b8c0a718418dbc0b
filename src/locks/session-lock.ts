import type { DriverLock } from '../contracts/driver.ts'
import { LockLostError } from '../errors.ts'

/** What holds a lock. */
export interface Hold extends DriverLock {
  /** Others may have it by now. */
  readonly isOver?: boolean
}

/** Exclusive access to one session, until it is released. Made by `store.lock`. */
export class SessionLock {
  /** The session's. */
  readonly id: string
  readonly #hold: Hold
  readonly #whenOver: () => void
  readonly #lost = new AbortController()
  readonly #timer: NodeJS.Timeout
  #renewing: Promise<void> | undefined
  #released: Promise<void> | undefined

  /**
   * @param every how often it is renewed, in milliseconds
   * @param whenOver called once, when it is lost or released
   */
  constructor(id: string, hold: Hold, every: number, whenOver: () => void) {
    this.id = id
    this.#hold = hold
    this.#whenOver = whenOver
    this.#timer = setInterval(() => this.#tick(), every).unref()
  }

  /** False once it was released or lost. */
  get held(): boolean {
    return this.#released === undefined && this.#hold.isOver !== true
  }

  /**
   * Fires when the lock was lost: its record was removed, its connection or its lock file is gone, or this process did
   * not get round to renewing it in time. The reason is a `LockLostError`.
   */
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /**
   * Lets others have it. Releasing twice, or after the lock was lost, is harmless.
   *
   * @throws StorageError when the storage could not be told; others then wait for the end of the lease
   */
  release(): Promise<void> {
    return this.#released ?? this.#end()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release()
  }

  #tick(): void {
    if (this.#hold.isOver === true) return this.#lose()
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined
    })
  }

  async #renew(): Promise<void> {
    try {
      if (!(await this.#hold.renew())) this.#lose()
    } catch (cause) {
      this.#lose(cause)
    }
  }

  #lose(cause?: unknown): void {
    if (this.#released) return
    this.#end().catch(() => {})
    this.#released = Promise.resolve()
    this.#lost.abort(new LockLostError(this.id, cause))
  }

  #end(): Promise<void> {
    clearInterval(this.#timer)
    const renewed = this.#renewing ?? Promise.resolve()
    return (this.#released = renewed.then(() => this.#hold.release()).finally(this.#whenOver))
  }
}
