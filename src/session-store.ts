import { setTimeout as pause } from 'node:timers/promises'
import type { Awaitable } from './contracts/awaitable.ts'
import { ClosedError, ConflictError } from './errors.ts'
import {
  clientId,
  DEFAULT_NAME,
  type FindOptions,
  findState,
  loadState,
  programId,
  type WantedId,
} from './load.ts'
import type { SessionLock } from './locks/session-lock.ts'
import { type LockOptions, SessionLocks } from './locks/session-locks.ts'
import { type OpenStore, openStore } from './open-store.ts'
import type { GivenOptions } from './options.ts'
import { purge, type PurgeOptions } from './purge.ts'
import { type AnyParams, Session } from './session.ts'
import { traverse } from './traverse.ts'
import type { SessionState } from './session-state.ts'
import { Turns } from './turns.ts'
import { asQuery, type QueryLike, type QueryObject } from './web/query.ts'

/** Who is left out when an owner's sessions are removed. */
export interface DeleteOwnerOptions {
  /** Sessions, or ids, that stay. Default none. */
  readonly except?: string | { readonly id: string } | readonly (string | { readonly id: string })[]
}

/** An opened type string, alive as long as the server: many sessions, one storage. */
export class SessionStore<Params extends object = AnyParams> {
  readonly #store: OpenStore
  readonly #updates = new Turns()
  readonly #locks: SessionLocks
  #isClosed = false

  private constructor(store: OpenStore) {
    this.#store = store
    const { records, rules, options } = store
    this.#locks = new SessionLocks(
      records,
      { now: () => rules.now(), monotonic: () => performance.now() },
      options.timeout,
    )
  }

  /**
   * @throws TypeStringError, UnknownPluginError, InvalidOptionError, MissingPackageError, StorageError
   */
  static async open<Params extends object = AnyParams>(
    options: GivenOptions = {},
  ): Promise<SessionStore<Params>> {
    return new SessionStore<Params>(await openStore(options))
  }

  /** The type string in its normal form. */
  get type(): string {
    return this.#store.type
  }

  /**
   * The session of an id, or of a request (its cookie, else its form field); a new session when there is none.
   * Without an argument: the session of the options `id` or `query`, else a new one.
   *
   * An id that the program passes is kept for the new session. One that came from a client is not, unless
   * `adoptUnknownIds` is set.
   *
   * @throws InvalidIdError, DamagedRecordError, StorageError
   */
  async load(source?: string | number | QueryLike): Promise<Session<Params>> {
    this.#assertOpen()
    const { wanted, query } = this.#wantedBy(source)
    return this.#session(await loadState(this.#store, wanted), wanted, query)
  }

  /**
   * The session of an id or of a request, as `load` finds it, or `undefined` when there is none.
   *
   * @throws InvalidIdError, DamagedRecordError, StorageError
   */
  async find(
    source?: string | number | QueryLike,
    options?: FindOptions,
  ): Promise<Session<Params> | undefined> {
    this.#assertOpen()
    const { wanted, query } = this.#wantedBy(source)
    const state = wanted && (await findState(this.#store, wanted, options))
    return state && this.#session(state, wanted, query)
  }

  #wantedBy(source: string | number | QueryLike | undefined): { wanted?: WantedId; query?: QueryObject } {
    const { options } = this.#store
    let wanted = isId(source) ? programId(source) : undefined
    if (source === undefined) wanted = programId(options.id)
    const requested = isId(source) ? undefined : (source ?? options.query)
    const query = requested && asQuery(requested)
    if (query && !wanted) wanted = clientId(query, options.name ?? DEFAULT_NAME)
    return { ...(wanted && { wanted }), ...(query && { query }) }
  }

  /** A new session with a generated id. It is stored once it has been given something. */
  async create(): Promise<Session<Params>> {
    this.#assertOpen()
    return this.#session(await loadState(this.#store, undefined))
  }

  #session(state: SessionState, wanted?: WantedId, query?: QueryObject): Session<Params> {
    return new Session<Params>({ store: this.#store, state, wanted, query, ownsStore: false })
  }

  /**
   * Read, modify, write, as one step however many processes do it at once: the function is called with the session,
   * and again with the fresh one whenever somebody else was faster. It should change nothing but the session.
   *
   * @returns what the function answered, once its change is stored
   * @throws SessionGoneError when the session was removed meanwhile
   * @throws ConflictError when others were faster for longer than the option `timeout`
   */
  async update<Result>(id: string, change: (session: Session<Params>) => Awaitable<Result>): Promise<Result> {
    this.#assertOpen()
    return this.#updates.take(id, () => this.#update(id, change))
  }

  async #update<Result>(
    id: string,
    change: (session: Session<Params>) => Awaitable<Result>,
  ): Promise<Result> {
    const end = performance.now() + (this.#store.options.timeout ?? 5000)
    for (let attempt = 0; ; attempt++) {
      let session = await this.load(id)
      // Loading has removed it, so that a new one can take its place.
      if (session.expired) session = await this.load(id)
      const result = await change(session)
      try {
        await session.flush('error')
        return result
      } catch (error) {
        if (!(error instanceof ConflictError) || performance.now() > end) throw error
      }
      await pause(Math.random() * Math.min(2 ** attempt, 20))
    }
  }

  /**
   * Exclusive access to a session, against everybody who asks for its lock, in this process and in others, until it is
   * released. Who does not ask is not kept out, but what two write at once is still settled as `onConflict` says. The
   * session need not exist.
   *
   *     await using lock = await store.lock(id)
   *
   * @throws LockTimeoutError when others have it for longer than `timeout`
   * @throws InvalidIdError, InvalidOptionError, ClosedError, StorageError
   */
  async lock(id: string, options?: LockOptions): Promise<SessionLock> {
    this.#assertOpen()
    return this.#locks.lock(id, options)
  }

  /** Removes a session without loading it. Answers whether there was one. */
  async remove(id: string): Promise<boolean> {
    this.#assertOpen()
    this.#store.records.checkId(id)
    return this.#store.records.remove(id)
  }

  /**
   * The sessions of an owner, the oldest first, as a stream: each is read when it is asked for, and that does not count
   * as an access. Takes as long as the owner's sessions take, however many others there are, except where a program
   * that keeps no list of them uses the same store (`layout:Concierge` with `shared` on anything but SQLite).
   *
   * @throws InvalidOptionError without an owner
   */
  sessionsOf(owner: string): AsyncIterable<Session<Params>> {
    this.#assertOpen()
    return this.#store.owners.sessionsOf(owner, async (id) => {
      const state = await findState(this.#store, { id, from: 'program' }, { access: false })
      return state?.record.owner === owner ? this.#session(state) : undefined
    })
  }

  /**
   * Removes an owner's sessions, wherever they are open: log out everywhere. Answers how many went.
   *
   * @param options `except`: sessions, or their ids, that stay
   * @throws InvalidOptionError without an owner
   */
  async deleteOwner(owner: string, options: DeleteOwnerOptions = {}): Promise<number> {
    this.#assertOpen()
    const { except = [] } = options
    const stay = typeof except === 'string' || 'id' in except ? [except] : except
    const ids = stay.map((session) => (typeof session === 'string' ? session : session.id))
    return this.#store.owners.removeAll(owner, new Set(ids))
  }

  /** Every id in the store, as a stream. */
  ids(): AsyncIterable<string> | Iterable<string> {
    this.#assertOpen()
    return this.#store.records.ids()
  }

  /** Calls the function with every id, one after the other. Sessions are not loaded, so no access time moves. */
  async traverse(visit: (id: string) => Awaitable<unknown>): Promise<true> {
    this.#assertOpen()
    return traverse(this.#store.records, visit)
  }

  /**
   * Removes every session that has expired. Answers how many went. A record that cannot be read is left where it is.
   *
   * @throws the reason of `signal`, when that is aborted before the end
   */
  async purge(options: PurgeOptions = {}): Promise<number> {
    this.#assertOpen()
    return purge(this.#store, options)
  }

  /** Releases all locks and closes the driver. What a session has not flushed is lost. Closing twice is harmless. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#locks.close()
    await this.#store.records.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new ClosedError('The session store')
  }
}

function isId(source: string | number | QueryLike | undefined): source is string | number {
  return typeof source === 'string' || typeof source === 'number'
}
