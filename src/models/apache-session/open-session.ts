import type { Duration } from '../../duration.ts'
import { ClosedError, LockLostError, ReservedKeyError, SessionGoneError } from '../../errors.ts'
import type { SessionLock } from '../../locks/session-lock.ts'
import type { Session } from '../../session.ts'
import type { SessionStore } from '../../session-store.ts'
import { Commits } from './commits.ts'
import type { HashData } from './hash-object.ts'
import { report } from './report.ts'

/** What a hash-style session is made of. */
export interface Opened {
  readonly session: Session
  readonly autocommit: boolean
  readonly lock: SessionLock | undefined
  /** A store that nobody else uses: it is closed with the session. */
  readonly ownStore: SessionStore | undefined
  readonly onError: ((error: unknown) => void) | undefined
}

/** Changes are taken while it is open. Closing and destroying can fail: then it is open again. */
type Phase = 'open' | 'closed' | 'destroyed'

/** The session behind the hash: its data, and when that is stored. */
export class OpenSession implements HashData {
  readonly autocommit: boolean
  readonly #session: Session
  readonly #lock: SessionLock | undefined
  readonly #ownStore: SessionStore | undefined
  readonly #commits: Commits
  #phase: Phase = 'open'
  #isMade = false
  /** The lifetime was set: it counts from now on. */
  #isRenewed = false

  constructor({ session, autocommit, lock, ownStore, onError }: Opened) {
    this.#session = session
    this.autocommit = autocommit
    this.#lock = lock
    this.#ownStore = ownStore
    this.#commits = new Commits(() => this.#commit(), onError ?? ((error) => report(session.id, error)))
  }

  /** The session object is there. What was set until now were the fields of a class of its own: they are defaults. */
  made(): void {
    this.#isMade = true
  }

  get id(): string {
    return this.#session.id
  }

  get isLocked(): boolean {
    return this.#lock?.held === true
  }

  get accessed(): number {
    return this.#session.atime
  }

  get lifetime(): number {
    return this.#session.etime
  }

  set lifetime(lifetime: Duration) {
    this.#assertOpen()
    this.#session.expire(lifetime)
    this.#isRenewed = true
    this.#changed()
  }

  /** `undefined`: never. */
  get expires(): number | undefined {
    return this.#session.expiresAt
  }

  keys(): string[] {
    return this.#session.param()
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }

  get(key: string): unknown {
    if (this.#session.isReserved(key)) return undefined
    const value = this.#session.param(key)
    // The program may change what is inside, and nobody would tell.
    if (typeof value === 'object' && value !== null && this.#phase === 'open') this.#changed()
    return value
  }

  set(key: string, value: unknown): void {
    this.#assertOpen()
    this.#assertFree(key)
    if (!this.#isMade && (value === undefined || this.has(key))) return
    this.#session.param(key, value)
    this.#changed()
  }

  delete(key: string): void {
    this.#assertOpen()
    this.#assertFree(key)
    this.#session.clear(key)
    this.#changed()
  }

  #assertFree(key: string): void {
    if (this.#session.isReserved(key)) throw new ReservedKeyError(key, 'the layout of the store needs it')
  }

  #changed(): void {
    if (this.autocommit) this.#commits.soon()
  }

  async #commit(): Promise<boolean> {
    if (this.#phase === 'destroyed') return false
    this.#assertUnrivalled()
    if (!this.#isRenewed) return this.#session.flush()
    this.#isRenewed = false
    try {
      return await this.#session.touch()
    } catch (error) {
      this.#isRenewed = true
      throw error
    }
  }

  /** What was read under a lock that is lost may have been changed by the next holder. */
  #assertUnrivalled(): void {
    if (!this.#lock || this.#lock.held || !this.#session.modified) return
    throw this.#lock.lost.reason ?? new LockLostError(this.id)
  }

  #forgetChanges(): void {
    this.#session.modified = false
    this.#isRenewed = false
  }

  async store(): Promise<boolean> {
    if (this.#phase === 'destroyed') return false
    this.#assertOpen()
    return this.#commits.now()
  }

  async destroy(): Promise<boolean> {
    if (this.#phase === 'destroyed') return false
    this.#assertOpen()
    this.#phase = 'destroyed'
    try {
      // A write that comes after the removal would bring the session back.
      await this.#commits.settled()
      const wasThere = await this.#session.delete()
      await this.#release()
      return wasThere
    } catch (error) {
      if (!this.#session.deleted) this.#phase = 'open'
      throw error
    }
  }

  async close(): Promise<void> {
    if (this.#phase !== 'open') return
    this.#phase = 'closed'
    if (!this.autocommit) this.#forgetChanges()
    try {
      await this.#commits.now()
    } catch (error) {
      this.#phase = 'open'
      throw error
    }
    await this.#release()
  }

  /** As `close`, but whatever happens nothing stays open. */
  async dispose(): Promise<void> {
    try {
      await this.close()
    } finally {
      if (this.#phase === 'open') {
        this.#phase = 'closed'
        await this.#release()
      }
    }
  }

  async #release(): Promise<void> {
    try {
      await this.#lock?.release()
    } finally {
      await this.#ownStore?.close()
    }
  }

  #assertOpen(): void {
    if (this.#phase === 'destroyed') throw new SessionGoneError(this.id)
    if (this.#phase === 'closed') throw new ClosedError(`Session ${this.id}`)
  }
}
