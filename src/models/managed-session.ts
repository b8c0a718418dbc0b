import { SessionGoneError } from '../errors.ts'
import type { AnyParams, Session } from '../session.ts'
import { parseTypeString } from '../type-string.ts'
import type { LiveData } from './live-data.ts'
import {
  answer,
  type SessionFailure,
  failureOf,
  type SessionResult,
  success,
  type SessionSuccess,
} from './result.ts'

/** What `status` says. */
export interface SessionStatus {
  /** 'gone': a `save` has found that the session was removed, or that its time was over. */
  readonly state: 'active' | 'gone'
  /** Whether there are changes that are not saved. */
  readonly dirty: boolean
}

/**
 * A session of a `SessionManager`: an object of Concierge::Sessions::Session. Its data is one value; what the program
 * changes in it is stored by `save`, and by nothing else. No method throws.
 */
export class ManagedSession<Data = AnyParams> {
  readonly #session: Session
  readonly #data: LiveData
  #isGone = false

  /** Use `newSession` or `getSession` of a `SessionManager`. */
  constructor(session: Session, data: LiveData) {
    this.#session = session
    this.#data = data
  }

  /** The data: not a copy, so that what is changed in it is stored by the next `save`. */
  getData(): SessionSuccess<{ value: Data }> {
    return success({ value: this.#data.value as Data })
  }

  /**
   * Replaces the data as a whole, in memory. False values (`null`, `0`, `''`, `false`) become `{}`, as in Perl.
   *
   * Fails for what the session cannot have; then it keeps what it had. What lies deeper is looked at by `save`.
   */
  setData(data: Data): SessionResult {
    try {
      this.#data.replace(data)
      return success({})
    } catch (error) {
      return failureOf(error, 'set_data')
    }
  }

  /**
   * Stores what was changed, and lets the session live a whole timeout from now; where nothing was changed, too, by the
   * cheapest write that there is. What others have changed meanwhile is kept, unless `setData` has replaced it.
   *
   * Fails with `ERR_SESSION_GONE` when the session was deleted or has expired: it is not brought back.
   */
  async save(): Promise<SessionResult> {
    return answer('save', async () => {
      try {
        this.#isGone = !(await this.#data.store())
      } catch (error) {
        if (!(error instanceof SessionGoneError)) throw error
        this.#isGone = true
        return gone(error)
      }
      return this.#isGone ? gone(new SessionGoneError(this.sessionId)) : success({})
    })
  }

  /** Whether it can be used: active and not expired. */
  get isValid(): boolean {
    return this.isActive && !this.isExpired
  }

  /** Whether it is not known to be gone. That it was deleted somewhere else, `save` finds out. */
  get isActive(): boolean {
    return !this.#isGone && !this.#session.deleted
  }

  /** Whether its time is over by now. */
  get isExpired(): boolean {
    return this.#session.ended
  }

  /** Whether there are changes that are not saved. */
  get isDirty(): boolean {
    try {
      return this.#data.isChanged
    } catch {
      // What cannot be saved is not saved.
      return true
    }
  }

  get sessionId(): string {
    return this.#session.id
  }

  get userId(): string | undefined {
    return this.#session.owner
  }

  /** In seconds since 1970. */
  get createdAt(): number {
    return this.#session.ctime
  }

  /** The last second in which it lives, unless it is saved before, in seconds since 1970. */
  get expiresAt(): number | 'indefinite' {
    return this.#session.expiresAt ?? 'indefinite'
  }

  /** When it was last saved, in seconds since 1970. */
  get lastUpdated(): number {
    return this.#session.atime
  }

  /** The name of the driver: 'SQLite', 'File', 'Redis' … */
  get storageBackend(): string {
    return parseTypeString(this.#session.type).driver!
  }

  get status(): SessionStatus {
    return { state: this.isActive ? 'active' : 'gone', dirty: this.isDirty }
  }
}

function gone(cause: SessionGoneError): SessionFailure {
  return { success: false, message: 'save: Session not found or no changes made', code: cause.code, cause }
}
