import { setTimeout as pause } from 'node:timers/promises'
import type { Awaitable } from '../contracts/awaitable.ts'
import { ClosedError, InvalidOptionError, LockTimeoutError } from '../errors.ts'
import { Pauses } from '../pauses.ts'
import type { RecordStore } from '../record-store.ts'
import { longestTimeout } from '../timeout-option.ts'
import { Turns } from '../turns.ts'
import { LeaseClaim } from './lease.ts'
import type { LockRules } from './lock-rules.ts'
import { type Hold, SessionLock } from './session-lock.ts'

/** How a session is locked. */
export interface LockOptions {
  /** How long to wait for others, in milliseconds; 0 = not at all. Default: the option `timeout` of the store, 5000. */
  readonly timeout?: number | undefined
  /**
   * After how many milliseconds without a sign of life others take the lock from this process. Default 3000: whoever
   * waits for the default timeout outlives a holder that died.
   */
  readonly lease?: number | undefined
}

const DEFAULT_TIMEOUT = 5000
const DEFAULT_LEASE = 3000

/** So often in one lease the holder gives a sign of life. */
const SIGNS = 3

const PAUSES = { first: 2, longest: 50 }

/** What one who asks for a lock wants. */
interface Wish {
  readonly id: string
  readonly timeout: number
  readonly lease: number
  /** By the monotonic clock. */
  readonly deadline: number
  /** Lets the next of this process try. */
  readonly endTurn: () => void
}

/** The locks on sessions of one store. Those who wait for the same one here take turns: one of them asks the storage. */
export class SessionLocks {
  readonly #records: RecordStore
  readonly #rules: LockRules
  readonly #timeout: number
  readonly #turns = new Turns()
  /** Whatever has to be over before the driver is closed. */
  readonly #seeking = new Set<Promise<unknown>>()
  readonly #held = new Set<SessionLock>()
  #isClosed = false

  constructor(records: RecordStore, rules: LockRules, timeout = DEFAULT_TIMEOUT) {
    this.#records = records
    this.#rules = rules
    this.#timeout = timeout
  }

  /** @throws InvalidIdError, InvalidOptionError, LockTimeoutError, ClosedError, StorageError */
  async lock(id: string, options: LockOptions = {}): Promise<SessionLock> {
    this.#records.checkId(id)
    const timeout = checked('timeout', options.timeout ?? this.#timeout)
    const lease = checked('lease', options.lease ?? DEFAULT_LEASE)
    if (lease === 0) throw new InvalidOptionError("Option 'lease' must be more than 0 milliseconds")
    const deadline = this.#rules.monotonic() + timeout
    const endTurn = await this.#turn(id, timeout)
    const seeking = this.#seek({ id, timeout, lease, deadline, endTurn })
    this.#seeking.add(seeking)
    try {
      return await seeking
    } catch (error) {
      endTurn()
      throw error
    } finally {
      this.#seeking.delete(seeking)
    }
  }

  /** Releases what is held; who waits gets a `ClosedError`. */
  async close(): Promise<void> {
    this.#isClosed = true
    const releases = [...this.#held].map((lock) => lock.release())
    await Promise.allSettled([...releases, ...this.#seeking])
  }

  /** Waits until nobody of this process is before. Answers what ends the turn. */
  #turn(id: string, timeout: number): Promise<() => void> {
    return new Promise((resolve, reject) => {
      let isLate = false
      const timer = setTimeout(() => {
        isLate = true
        reject(tooLate(id, timeout))
      }, timeout)
      void this.#turns.take(id, async () => {
        clearTimeout(timer)
        if (!isLate) await new Promise<void>((end) => resolve(end))
      })
    })
  }

  async #seek(wish: Wish): Promise<SessionLock> {
    const { id, timeout, deadline } = wish
    const take = this.#taker(wish)
    const pauses = new Pauses(PAUSES)
    for (;;) {
      if (this.#isClosed) throw new ClosedError('The session store')
      const hold = await take()
      // Storage may have taken longer than the lease.
      if (hold && hold.isOver !== true && !this.#isClosed) return this.#have(wish, hold)
      await hold?.release()
      const left = deadline - this.#rules.monotonic()
      if (left <= 0) throw tooLate(id, timeout)
      await pause(Math.min(pauses.next(), left))
    }
  }

  #have({ id, lease, endTurn }: Wish, hold: Hold): SessionLock {
    const lock = new SessionLock(id, hold, lease / SIGNS, () => {
      this.#held.delete(lock)
      endTurn()
    })
    this.#held.add(lock)
    return lock
  }

  #taker({ id, lease }: Wish): () => Awaitable<Hold | undefined> {
    if (this.#records.canLock) return () => this.#records.tryLock(id)
    const claim = new LeaseClaim(this.#records, this.#rules, id, lease)
    return () => claim.tryTake()
  }
}

function checked(name: string, milliseconds: unknown): number {
  if (typeof milliseconds === 'number' && milliseconds >= 0) return Math.min(milliseconds, longestTimeout)
  throw new InvalidOptionError(
    `Option '${name}' must be a number of milliseconds, not ${JSON.stringify(milliseconds)}`,
  )
}

function tooLate(id: string, timeout: number): LockTimeoutError {
  return new LockTimeoutError(
    `Session ${JSON.stringify(id)} was locked by others for more than ${timeout} ms (option timeout)`,
  )
}
