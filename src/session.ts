import type { Awaitable } from './contracts/awaitable.ts'
import { dumpLines } from './dump.ts'
import { type Duration, parseDuration } from './duration.ts'
import { ClosedError, InvalidOptionError, SessionGoneError } from './errors.ts'
import { flush, flushAccess, type FlushTarget } from './flush.ts'
import { isPlainObject } from './hash.ts'
import { checkOwner } from './owners/check-owner.ts'
import type { Admission } from './owners/owner-index.ts'
import { admit } from './owners/admit.ts'
import { clientId, DEFAULT_NAME, loadState, programId, type WantedId } from './load.ts'
import { type OpenStore, openStore } from './open-store.ts'
import type { ConflictPolicy, GivenOptions } from './options.ts'
import { expiresAt } from './record.ts'
import { regenerate } from './regenerate.ts'
import type { SessionState } from './session-state.ts'
import { traverse } from './traverse.ts'
import { unflushedWatch } from './unflushed.ts'
import { type CookieAttributes, formatCookie } from './web/cookie.ts'
import { cookieExpiry } from './web/cookie-expiry.ts'
import { formatHeader, type HeaderOptions } from './web/header.ts'
import { asQuery, Query, type QueryObject } from './web/query.ts'

/** The parameters of a session when nothing more is known: any value that the serializer can keep. */
// oxlint-disable-next-line typescript/consistent-type-definitions -- an interface would lack the index signature
export type AnyParams = { [name: string]: unknown }

type NameOf<Params> = Extract<keyof Params, string>

/** How a session came to be, for those who make one: `Session.open` and `SessionStore`. */
export interface SessionOrigin {
  readonly store: OpenStore
  readonly state: SessionState
  readonly query?: QueryObject | undefined
  /** The id that was asked for, whether or not the session has it now. */
  readonly wanted?: WantedId | undefined
  /** Whether closing the session closes the store. */
  readonly ownsStore: boolean
}

/**
 * A user's state between requests: parameters, times, and the way back to storage. Memory is synchronous, storage is
 * asynchronous: nothing is stored before `flush`, `close`, or the end of an `await using` block.
 *
 * `Params` gives the parameters' types: `Session.open<{ cart: string[] }>(…)`.
 */
export class Session<Params extends object = AnyParams> {
  readonly #store: OpenStore
  readonly #wanted: WantedId | undefined
  readonly #ownsStore: boolean
  #state: SessionState
  #query: QueryObject | undefined
  #isClosed = false
  /** The flush that is under way: the next one waits for it. */
  #flushing: Promise<boolean> | undefined

  /** Use `Session.open`, or a store's `load`. */
  constructor(origin: SessionOrigin) {
    this.#store = origin.store
    this.#state = origin.state
    this.#query = origin.query
    this.#wanted = origin.wanted
    this.#ownsStore = origin.ownsStore
    if (origin.store.verbose > 0) unflushedWatch().watch(this, origin.state, origin.store.logger)
    if (origin.store.verbose > 1) this.dump(`Loaded ${this.id}`)
  }

  /**
   * Opens the store that the options describe and one session in it: that of the option `id`, else that of the id in
   * the `query` (without one: in the CGI environment), else a new one.
   *
   * @throws TypeStringError, UnknownPluginError, InvalidOptionError, MissingPackageError, StorageError,
   * InvalidIdError, DamagedRecordError
   */
  static async open<Params extends object = AnyParams>(options: GivenOptions = {}): Promise<Session<Params>> {
    const store = await openStore(options)
    try {
      let wanted = programId(store.options.id)
      const query = queryOf(store) ?? (wanted ? undefined : Query.fromEnvironment())
      wanted ??= query && clientId(query, nameOf(store))
      return new Session<Params>({
        store,
        query,
        wanted,
        ownsStore: true,
        state: await loadState(store, wanted),
      })
    } catch (error) {
      await store.records.close()
      throw error
    }
  }

  get id(): string {
    return this.#state.record.id
  }

  /** The name of the cookie or form field with the id. */
  get name(): string {
    return nameOf(this.#store)
  }

  /** The type string in its normal form. */
  get type(): string {
    return this.#store.type
  }

  /** Whether the session was made now rather than found. Stays true after it was stored. */
  get isNew(): boolean {
    return this.#state.isNew
  }

  /**
   * Whether `flush` would write: something changed, or the stored access time has become too old. Setting it to false
   * forgets the changes made so far (their values stay in memory), setting it to true makes `flush` write.
   */
  get modified(): boolean {
    return this.#state.isModified
  }

  set modified(modified: boolean) {
    if (modified) this.#state.forced = true
    else this.#state.disregardChanges()
  }

  /** Whether the session was removed from storage: by `delete`, or because it had expired. */
  get deleted(): boolean {
    return this.#state.deleted
  }

  /** Whether the session was found to have expired. */
  get expired(): boolean {
    return this.#state.expired
  }

  /** Whose session it is, as the program said; `undefined`: nobody's. See `SessionStore.sessionsOf`. */
  get owner(): string | undefined {
    return this.#state.record.owner
  }

  /** @throws InvalidOptionError for what is not a text; '' is nobody */
  set owner(owner: string | undefined) {
    this.#state.setOwner(checkOwner(owner))
  }

  /** The last access, in seconds since 1970: when this session object was made. */
  get atime(): number {
    return this.#state.record.atime
  }

  set atime(seconds: number) {
    this.#state.record.atime = Math.trunc(seconds)
    this.#state.forced = true
  }

  /** The creation, in seconds since 1970. */
  get ctime(): number {
    return this.#state.record.ctime
  }

  /** The idle lifetime in seconds, 0 = never. */
  get etime(): number {
    return this.#state.record.etime
  }

  /**
   * The last second in which the session lives, by its idle lifetime or its deadline, in seconds since 1970;
   * `undefined`: it never ends.
   */
  get expiresAt(): number | undefined {
    return expiresAt(this.#state.record)
  }

  /** Whether its time is over by now, as far as is known here. `checkExpiry` does something about it. */
  get ended(): boolean {
    return this.#state.expired || this.#state.isExpiredNow
  }

  /** The lifetimes of parameters in seconds; a copy. */
  get ptime(): Record<string, number> {
    return Object.fromEntries([...this.#state.record.ptime].map(([name, { lifetime }]) => [name, lifetime]))
  }

  /** The query object that the id was looked for in, if there is one. */
  get query(): QueryObject | undefined {
    return this.#query
  }

  /** The names of all parameters, sorted. */
  param(): NameOf<Params>[]
  /**
   * The value of a parameter, `undefined` when there is none. An object is handed out itself, not a copy: what is
   * changed inside of it is noticed and stored by the next flush.
   */
  param<Name extends NameOf<Params>>(name: Name): Params[Name] | undefined
  /** Sets parameters, in pairs. Reserved names, which with most layouts start with an
   * underscore, are skipped, with a warning. */
  param<Name extends NameOf<Params>>(name: Name, value: Params[Name], ...more: unknown[]): true
  /** Sets several parameters. */
  param(values: Partial<Params>): true
  param(...parameters: unknown[]): unknown {
    const [first] = parameters
    if (parameters.length === 0) return [...this.#state.record.params.keys()].sort()
    if (parameters.length === 1) {
      return isPlainObject(first) ? this.#setAll(Object.entries(first)) : this.#get(String(first))
    }
    return this.#setAll(pairs('param', parameters))
  }

  #get(name: string): unknown {
    if (!this.#state.rules.isReserved(name)) return this.#state.get(name)
    const { record } = this.#state
    switch (name) {
      case '_SESSION_ID':
        return record.id
      case '_SESSION_ATIME':
        return record.atime
      case '_SESSION_CTIME':
        return record.ctime
      case '_SESSION_ETIME':
        return record.etime
      case '_SESSION_PTIME':
        return this.ptime
      default:
        return record.extra?.get(name)
    }
  }

  #setAll(values: Iterable<readonly [string, unknown]>): true {
    for (const [name, value] of values) {
      if (!this.#state.set(name, value ?? null)) {
        this.#store.logger.warn(`Parameter '${name}' is not set: the name is reserved`)
      }
    }
    return true
  }

  /** Whether no parameter can have this name, since the layout needs it for itself. */
  isReserved(name: string): boolean {
    return this.#state.rules.isReserved(name)
  }

  /** Removes parameters with their lifetimes: one, several, or without an argument all. Reserved names are skipped. */
  clear(names?: NameOf<Params> | readonly NameOf<Params>[]): true {
    if (names === undefined) this.#state.clearAll()
    else for (const name of asList(names)) if (!this.#state.rules.isReserved(name)) this.#state.clear(name)
    return true
  }

  /** The session's idle lifetime in seconds. */
  expire(): number
  /**
   * Sets the session's idle lifetime, counted from the last access: `'2h'`, `90`; 0 = never; negative = expired at
   * the next opening.
   */
  expire(time: Duration | null | false): true
  /** Sets lifetimes of parameters, in pairs; 0 removes one. */
  expire(name: NameOf<Params>, time: Duration, ...more: unknown[]): true
  /** Sets lifetimes of parameters. */
  expire(times: { readonly [Name in NameOf<Params>]?: Duration }): true
  expire(...parameters: unknown[]): number | true {
    const [first] = parameters
    if (parameters.length === 0) return this.etime
    if (parameters.length > 1) return this.#expireParameters(pairs('expire', parameters))
    if (isPlainObject(first)) return this.#expireParameters(Object.entries(first))
    this.#state.setIdleLifetime(parseDuration(first as Duration))
    return true
  }

  #expireParameters(times: readonly (readonly [string, unknown])[]): true {
    // All times are read before the first one is set: a wrong one changes nothing.
    const lifetimes = times.map(([name, time]) => [name, parseDuration(time as Duration)] as const)
    for (const [name, lifetime] of lifetimes) this.#state.setParameterLifetime(name, lifetime)
    return true
  }

  /** When the session ends however often it is used, in seconds since 1970; 0 = never. */
  deadline(): number
  /** Sets that time: a duration from now, or a date; 0 = never. */
  deadline(time: Duration | Date): true
  deadline(time?: Duration | Date): number | true {
    if (time === undefined) return this.#state.record.deadline
    if (time instanceof Date) {
      if (Number.isNaN(time.getTime())) throw new InvalidOptionError('The deadline is not a valid date')
      this.#state.setDeadline(Math.floor(time.getTime() / 1000))
    } else {
      const seconds = parseDuration(time)
      this.#state.setDeadline(seconds === 0 ? 0 : this.#store.rules.now() + seconds)
    }
    return true
  }

  /** The seconds in a duration. @throws InvalidTimeError */
  validateTime(time: Duration | null | undefined | false): number {
    return parseDuration(time)
  }

  /** Deletes the session if it has expired by now. Answers whether it has. */
  async checkExpiry(): Promise<boolean> {
    if (!this.#state.deleted && this.#state.isExpiredNow) {
      this.#store.logger.warn(`Expiring id: ${this.id}`)
      await this.delete()
      this.#state.expired = true
    }
    return this.#state.expired
  }

  /**
   * Stores what changed. Answers whether anything was written: a new session that was given nothing is not stored, a
   * deleted one never again.
   *
   * @throws SessionGoneError, ConflictError, FreezeError, StorageError; what was changed is kept for another try
   */
  async flush(onConflict: ConflictPolicy = this.#store.options.onConflict ?? 'merge'): Promise<boolean> {
    return this.#flush(flush, onConflict)
  }

  /**
   * Counts an access now, and stores that together with what changed: the session lives a whole idle lifetime from now.
   * Where nothing changed it is the cheapest write that the driver has.
   *
   * @throws SessionGoneError when the session was removed or has expired: it is not brought back
   * @throws what `flush` throws
   */
  async touch(onConflict: ConflictPolicy = this.#store.options.onConflict ?? 'merge'): Promise<boolean> {
    return this.#flush(flushAccess, onConflict)
  }

  async #flush(
    write: (state: SessionState, target: FlushTarget) => Awaitable<boolean>,
    onConflict: ConflictPolicy,
  ): Promise<boolean> {
    if (this.#isClosed) throw new ClosedError(`Session ${this.id}`)
    if (this.#store.verbose > 1) this.dump(`Flushing ${this.id}`)
    const { records, owners } = this.#store
    const begin = () => write(this.#state, { records, owners, onConflict })
    const flushing = this.#flushing ? this.#flushing.then(begin, begin) : begin()
    if (!(flushing instanceof Promise)) return flushing
    this.#flushing = flushing
    try {
      return await flushing
    } finally {
      if (this.#flushing === flushing) this.#flushing = undefined
    }
  }

  /** Removes the session from storage now, and its parameters from memory. Answers whether it was stored. */
  async delete(): Promise<boolean> {
    if (this.#isClosed) throw new ClosedError(`Session ${this.id}`)
    const { records, owners } = this.#store
    const wasThere = await records.remove(this.id)
    const { storedOwner } = this.#state
    if (storedOwner !== undefined) await owners.forget(storedOwner, this.id)
    this.#state.markDeleted()
    return wasThere
  }

  /**
   * Moves the session to a new id, after a login say, so that nobody who knew the old id gets in. It is stored under
   * the new id before the old record goes.
   *
   * @param options `owner`: whose session it is from now on, in the same step; left out, it stays whose it was
   * @throws SessionGoneError when the session was deleted or has expired
   */
  async regenerate(options: { readonly owner?: string } = {}): Promise<string> {
    const owner = 'owner' in options ? checkOwner(options.owner) : this.owner
    await this.flush()
    const before = this.#state
    if (before.deleted) throw new SessionGoneError(this.id)
    const state = await regenerate(this.#store, before, owner)
    if (state === before) await this.flush()
    else if (this.#store.verbose > 0) {
      unflushedWatch().unwatch(before)
      unflushedWatch().watch(this, state, this.#store.logger)
    }
    this.#state = state
    return this.id
  }

  /**
   * Stores the session, which must have an owner, as one of at most `limit` that the owner has. When there are as many,
   * the oldest go, or with `whenFull: 'refuse'` this one does: it is deleted, and the answer is false. However many ask
   * for a place at once, no more than that are left.
   *
   * @throws InvalidOptionError for a session without an owner
   * @throws what `flush` throws
   */
  async admit(admission: Admission): Promise<boolean> {
    return admit(this.#state, this.#store.owners, admission, () => this.flush())
  }

  /**
   * Flushes; a session made by `Session.open` also closes its store. Closing twice is harmless. When the flush fails,
   * the session stays open and keeps its changes.
   */
  async close(): Promise<void> {
    if (this.#isClosed) return
    await this.flush()
    await this.#release()
  }

  async #release(): Promise<void> {
    this.#isClosed = true
    if (this.#store.verbose > 0) unflushedWatch().unwatch(this.#state)
    if (this.#ownsStore) await this.#store.records.close()
  }

  /** The end of an `await using` block: as `close`, but nothing stays open whatever happens. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return
    try {
      await this.flush()
    } finally {
      await this.#release()
    }
  }

  /**
   * The Set-Cookie value that carries the id, in CGI.pm's form. It expires with the session's idle lifetime or
   * deadline, at the browser's end when there is none, and in the past once the session has expired. A query object
   * with a `cookie` method makes it; with one that has none it is ''.
   */
  cookie(attributes: CookieAttributes & { name?: string; value?: string } = {}): string {
    const cookie = {
      name: this.name,
      value: this.id,
      ...this.#store.options.cookie,
      ...attributes,
      expires: cookieExpiry(this.#state.record, this.expired || this.deleted, this.#store.rules.now()),
    }
    if (!this.#query) return formatCookie(cookie)
    return this.#query.cookie?.(cookie) ?? ''
  }

  /** An HTTP header with the session's cookie, as CGI.pm prints it; see `HeaderOptions` for what can be added. */
  httpHeader(options: HeaderOptions = {}): string {
    const given = Object.entries(options).filter(([, value]) => value !== undefined)
    const header: HeaderOptions = { cookie: this.cookie(), ...Object.fromEntries(given) }
    const now = this.#store.rules.now()
    return this.#query?.header?.(header, now) ?? formatHeader(header, now)
  }

  /**
   * Copies parameters into a query object: those named, or all.
   *
   * @returns the query object; the session's own when none is given
   */
  loadParam(query?: QueryObject | null, names?: string | readonly string[]): QueryObject {
    const target = query ?? this.#ownQuery()
    for (const name of names === undefined ? this.param() : asList(names)) {
      if (!this.#state.rules.isReserved(name)) target.param(name, this.#state.get(name))
    }
    return target
  }

  /**
   * Copies a query object's fields into the session: those named, or all. A field with several values becomes an
   * array, one that is missing becomes null. Reserved names are skipped.
   */
  saveParam(query?: QueryObject | null, names?: string | readonly string[]): true {
    const source = query ?? this.#ownQuery()
    const all = names === undefined ? (source.param() as string[]) : asList(names)
    for (const name of all)
      if (!this.#state.rules.isReserved(name)) this.#state.set(name, source.param(name) ?? null)
    return true
  }

  #ownQuery(): QueryObject {
    this.#query ??= queryOf(this.#store) ?? Query.fromEnvironment()
    return this.#query
  }

  /** The id that the program or the client asked for, or 0. Equal to `id` for a session that was found under it. */
  userId(): string | 0 {
    return this.#wanted?.id ?? 0
  }

  /** Writes the session's contents to the log, reserved keys included, whatever `verbose` says. */
  dump(heading?: string): void {
    const { records, log } = this.#store
    if (heading) log(heading)
    for (const line of dumpLines(records.hashOf(this.#state.record))) log(line)
  }

  /** Calls the function with every id in the store. Sessions are not loaded, so no access time moves. */
  async traverse(visit: (id: string) => Awaitable<unknown>): Promise<true> {
    return traverse(this.#store.records, visit)
  }
}

function nameOf({ options }: OpenStore): string {
  return options.name ?? DEFAULT_NAME
}

function queryOf({ options }: OpenStore): QueryObject | undefined {
  if (options.query) return asQuery(options.query)
  return options.queryClass && asQuery(new options.queryClass())
}

function asList<T extends string>(names: T | readonly T[]): readonly T[] {
  return typeof names === 'string' ? [names] : names
}

function pairs(method: string, list: readonly unknown[]): (readonly [string, unknown])[] {
  if (list.length % 2 !== 0) throw new InvalidOptionError(`${method}() wants names and values in pairs`)
  const result: (readonly [string, unknown])[] = []
  for (let at = 0; at < list.length; at += 2) result.push([String(list[at]), list[at + 1]])
  return result
}
