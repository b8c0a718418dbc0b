import { mkdir } from 'node:fs/promises'
import { ClosedError, DamagedRecordError, InvalidIdError, StorageError } from '../errors.ts'
import { isOfOneRecord } from '../examine.ts'
import { inTurns } from '../in-turns.ts'
import type { Admission } from '../owners/owner-index.ts'
import type { AnyParams, Session } from '../session.ts'
import { SessionStore } from '../session-store.ts'
import { LiveData } from './live-data.ts'
import { ManagedSession } from './managed-session.ts'
import { type GivenManagerOptions, type ManagerPlan, readManagerOptions } from './manager-options.ts'
import { type NewSession, readNewSession } from './new-session.ts'
import { answer, failure, type SessionResult, success } from './result.ts'
import { readUser } from './user-id.ts'

const USUAL_TIMEOUT = 3600

/**
 * Sessions of users, as Perl's Concierge::Sessions has them: one live session per user, in a window that slides with
 * each `save`. Only opening throws; every other method answers `{ success: true, … }` or
 * `{ success: false, message, code, cause }`, whatever it is given.
 *
 * `Data` is the type of the sessions' data.
 */
export class SessionManager<Data = AnyParams> {
  readonly #plan: ManagerPlan
  #opening: Promise<SessionStore> | undefined
  #isClosed = false

  /**
   * Checks the options. The store is opened by the first call, or by `ready`.
   *
   * @throws InvalidOptionError, InvalidTimeError
   */
  constructor(options: GivenManagerOptions = {}) {
    this.#plan = readManagerOptions(options)
  }

  /** A manager whose store is open. @throws what the constructor and `SessionStore.open` throw */
  static async open<Data = AnyParams>(options: GivenManagerOptions): Promise<SessionManager<Data>> {
    const manager = new SessionManager<Data>(options)
    await manager.ready()
    return manager
  }

  /**
   * Opens the store, if it is not open. Without this the first call does, and fails if that fails; so does each after
   * it, until the store can be opened.
   *
   * @throws what `SessionStore.open` throws
   */
  async ready(): Promise<void> {
    await this.#store()
  }

  /** A new session for a user. What becomes of those that the user has, `sessionsPerUser` and `whenFull` say. */
  async newSession<Own = Data>(
    given: NewSession<NoInfer<Own>>,
  ): Promise<SessionResult<{ session: ManagedSession<Own> }>> {
    return answer('new_session failure', async () => {
      const { user, timeout, data } = readNewSession(given)
      if (user === undefined) {
        return failure('ERR_SESSION_USER_REQUIRED', 'user_id required to create a new session')
      }
      const { sessionTimeout, limit, whenFull } = this.#plan
      const store = await this.#store()
      const session = await store.create()
      session.owner = user
      session.expire(timeout ?? sessionTimeout ?? (session.etime || USUAL_TIMEOUT))
      const live = new LiveData(session, data)
      if (!(await admit(session, { limit, whenFull }))) {
        return failure('ERR_SESSION_LIMIT', `new_session failure: The user has ${limit} sessions already`)
      }
      return success({ session: new ManagedSession<Own>(session, live) })
    })
  }

  /** The session under an id. That it is looked at does not count: it lives no longer for it. */
  async getSession<Own = Data>(sessionId: string): Promise<SessionResult<{ session: ManagedSession<Own> }>> {
    return answer('get_session_info', async () => {
      const id = readId(sessionId)
      if (id === undefined) {
        return failure('ERR_SESSION_ID_REQUIRED', 'Session ID required to retrieve a session')
      }
      const session = await (await this.#store()).find(id, { access: false })
      if (!session) return failure('ERR_SESSION_NOT_FOUND', 'get_session_info: Session not found or expired')
      return success({ session: new ManagedSession<Own>(session, new LiveData(session)) })
    })
  }

  /** Removes a session. It is no failure when there is none: `message` tells. */
  async deleteSession(sessionId: string): Promise<SessionResult<{ message: string }>> {
    return answer('delete_session', async () => {
      const id = readId(sessionId)
      if (id === undefined)
        return failure('ERR_SESSION_ID_REQUIRED', 'Session ID required to delete a session')
      const wasThere = await (await this.#store()).remove(id)
      return success({ message: wasThere ? 'Session deleted' : 'Session not found to delete' })
    })
  }

  /** Removes all sessions of a user. */
  async deleteUserSession(userId: string | number): Promise<SessionResult<{ deletedCount: number }>> {
    return answer('delete_user_session', async () => {
      const user = readUser(userId)
      if (user === undefined) {
        return failure('ERR_SESSION_USER_REQUIRED', 'user_id required to delete user sessions')
      }
      return success({ deletedCount: await (await this.#store()).deleteOwner(user) })
    })
  }

  /**
   * Removes what has expired, and tells the ids of the sessions that are left. What is no session, or a damaged one,
   * stays where it is and is not among them.
   */
  async cleanupSessions(): Promise<SessionResult<{ deletedCount: number; active: string[] }>> {
    return answer('cleanup_sessions', async () => {
      const store = await this.#store()
      const deletedCount = await store.purge()
      const ids: string[] = []
      await store.traverse((id) => ids.push(id))
      return success({ deletedCount, active: await sessionsAmong(ids, store) })
    })
  }

  /** Closes the store, unless it was handed in. Closing twice is harmless. */
  async close(): Promise<SessionResult> {
    return answer('close', async () => {
      const opening = this.#opening
      this.#isClosed = true
      this.#opening = undefined
      if (this.#plan.store instanceof SessionStore) return success({})
      // What could not be opened need not be closed.
      const store = await opening?.catch(() => undefined)
      await store?.close()
      return success({})
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #store(): Promise<SessionStore> {
    if (this.#isClosed) throw new ClosedError('The session manager')
    this.#opening ??= open(this.#plan.store).catch((error: unknown) => {
      this.#opening = undefined
      throw error
    })
    return this.#opening
  }
}

async function open(store: ManagerPlan['store']): Promise<SessionStore> {
  if (store instanceof SessionStore) return store
  const { options, folder } = store
  if (folder !== undefined && options.mustExist !== true) await makeFolder(folder)
  return SessionStore.open(options)
}

/** An id as text; `undefined` for what is false in Perl. */
function readId(given: unknown): string | undefined {
  if (!given || given === '0') return undefined
  if (typeof given === 'string' || typeof given === 'number') return String(given)
  throw new InvalidIdError('A session ID must be a text')
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new StorageError(`Failed to create storage directory '${folder}': ${(cause as Error).message}`, {
      cause,
    })
  }
}

/** What was stored and, for whatever reason, not admitted is not left behind. */
async function admit(session: Session, admission: Admission): Promise<boolean> {
  try {
    return await session.admit(admission)
  } catch (error) {
    const isStored = !session.modified
    if (isStored) await session.delete().catch(() => {})
    throw error
  }
}

/** Those of these that are sessions, alive and whole. */
async function sessionsAmong(ids: readonly string[], store: SessionStore): Promise<string[]> {
  const are = await inTurns(ids, (id) => isSession(id, store))
  return ids.filter((_, at) => are[at])
}

async function isSession(id: string, store: SessionStore): Promise<boolean> {
  try {
    return (await store.find(id, { access: false })) !== undefined
  } catch (error) {
    if (error instanceof DamagedRecordError || error instanceof InvalidIdError || isOfOneRecord(error)) {
      return false
    }
    throw error
  }
}
