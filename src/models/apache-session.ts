import { inspect, type InspectOptionsStylized } from 'node:util'
import type { Duration } from '../duration.ts'
import { InvalidOptionError } from '../errors.ts'
import type { AnyParams } from '../session.ts'
import { dumpToHtml } from './apache-session/dump-to-html.ts'
import { bareHash, HashObject } from './apache-session/hash-object.ts'
import { type Opened, OpenSession } from './apache-session/open-session.ts'
import { makeNew, openOld } from './apache-session/opening.ts'
import type { AnyStore, ApacheSessionOptions } from './apache-session/options.ts'
import { type RewriteTarget, urlOf, withId } from './apache-session/rewrite.ts'
import { readSettings } from './apache-session/settings.ts'
import { optionsOf, type StorageClass } from './apache-session/storage-class.ts'

export type { AnyStore, ApacheSessionOptions, HashOptions } from './apache-session/options.ts'
export type { RewriteTarget } from './apache-session/rewrite.ts'
export { ApacheStorage } from './apache-session/storage.ts'
export type { StorageClass } from './apache-session/storage-class.ts'

/** A session whose properties are its data. Any of them may be missing. */
export type HashSession<Data extends object = AnyParams> = Methods & Partial<Data>

/** As a type that can be spread: nothing but data is in the copy. */
interface Methods extends Omit<ApacheSession, 'lifetime'> {
  get lifetime(): number
  set lifetime(lifetime: Duration)
}

/** A class of sessions that all have data of the same kind, in the same store. */
export interface HashSessions<Data extends object> {
  'new'(options?: ApacheSessionOptions): Promise<HashSession<Data>>
  open(id: string | undefined, options?: ApacheSessionOptions): Promise<HashSession<Data> | undefined>
}

/** What `new` and `open` give: of a class of one's own, just that. */
type Made<Self extends ApacheSession> = ApacheSession extends Self ? HashSession : Self

/** So wide that of the overloads below the first is taken for every class. */
type ClassOf<Self> = { new (opened: Opened): Self; options(): object }

/**
 * The hash-style session of Apache::Session: an object that remembers. Its own properties are the data; each change
 * reaches storage by itself, unless `autocommit` is off.
 *
 *     await using s = await ApacheSession.new<Shop>({ directory })
 *     s.cart = ['apple']
 *
 * A class that extends this one may have fields: they are data, and their values what a session has that was given none.
 */
export class ApacheSession extends HashObject {
  readonly #open: OpenSession

  /** Use `ApacheSession.new` or `open`. */
  constructor(opened: Opened) {
    const open = new OpenSession(opened)
    super(open)
    this.#open = open
  }

  /**
   * Options that all sessions of a class have, and the lifetime of new ones; those of a call are stronger. For classes
   * that extend this one.
   */
  static options(): ApacheSessionOptions {
    return {}
  }

  static #make(ofClass: ClassOf<ApacheSession>, opened: Opened): ApacheSession {
    const session = new ofClass(opened)
    session.#open.made()
    return session
  }

  /**
   * A new session with an id of its own, stored at once.
   *
   * @throws IdGeneratorError when `maxAttempts` ids were taken
   * @throws LockTimeoutError with `lock`
   * @throws what `SessionStore.open` throws, unless a `store` is given; InvalidIdError, StorageError
   */
  static async new<Self extends ApacheSession>(
    this: ClassOf<Self>,
    options?: ApacheSessionOptions,
  ): Promise<Made<Self>>
  static async new<Data extends object>(options?: ApacheSessionOptions): Promise<HashSession<Data>>
  static async new(this: ClassOf<ApacheSession>, options: ApacheSessionOptions = {}): Promise<object> {
    return ApacheSession.#make(this, await makeNew(readSettings(this.options(), options)))
  }

  /**
   * The session of an id, `undefined` when there is none, or when its time is over. Opening is an access: a whole
   * lifetime begins. The id may come from a client.
   *
   * @throws LockTimeoutError with `lock`, when somebody else keeps the session for longer than `timeout`
   * @throws DamagedRecordError, StorageError; what `SessionStore.open` throws, unless a `store` is given
   */
  static async open<Self extends ApacheSession>(
    this: ClassOf<Self>,
    id: string | undefined,
    options?: ApacheSessionOptions,
  ): Promise<Made<Self> | undefined>
  static async open<Data extends object>(
    id: string | undefined,
    options?: ApacheSessionOptions,
  ): Promise<HashSession<Data> | undefined>
  static async open(
    this: ClassOf<ApacheSession>,
    id: string | undefined,
    options: ApacheSessionOptions = {},
  ): Promise<object | undefined> {
    const settings = readSettings(this.options(), options)
    const opened = id === undefined ? undefined : await openOld(id, settings)
    return opened && ApacheSession.#make(this, opened)
  }

  /**
   * A class whose sessions are all in one place: an open store, for servers, which stays open; or what a storage class
   * keeps, for which each session opens a store of its own.
   */
  static on<Data extends object = AnyParams>(
    place: AnyStore | StorageClass,
    options: ApacheSessionOptions = {},
  ): HashSessions<Data> {
    const ofPlace = typeof place === 'function' ? optionsOf(place) : { store: place }
    return class extends this {
      static override options(): ApacheSessionOptions {
        return { ...super.options(), ...ofPlace, ...options }
      }
    }
  }

  /** The data by itself, without methods and metadata: a key called `store` is a key like others there. */
  static dataOf<Data extends object = AnyParams>(session: object): Partial<Data>
  static dataOf(session: object): object {
    if (!(#open in session)) throw new InvalidOptionError('dataOf() wants a session of ApacheSession')
    return bareHash(session.#open)
  }

  get _ID(): string {
    return this.#open.id
  }

  get _session_id(): string {
    return this.#open.id
  }

  /** When the session ends if it is not used, in seconds since 1970; `undefined`: never. */
  get _EXPIRES(): number | undefined {
    return this.#open.expires
  }

  /** The idle lifetime in seconds; 0 = never ends. */
  get _LIFETIME(): number {
    return this.#open.lifetime
  }

  /** The last access, in seconds since 1970: the opening. */
  get _ACCESSED(): number {
    return this.#open.accessed
  }

  get _AUTOCOMMIT(): boolean {
    return this.#open.autocommit
  }

  /** Whether this session has the lock now. */
  get _LOCK(): boolean {
    return this.#open.isLocked
  }

  /** The idle lifetime in seconds; 0 = never ends. Setting it is an access: the new one counts from now. */
  get lifetime(): number {
    return this.#open.lifetime
  }

  /** @throws InvalidTimeError */
  set lifetime(lifetime: Duration) {
    this.#open.lifetime = lifetime
  }

  /**
   * Stores what changed, inside of values too, and waits for what `autocommit` has under way. What that failed to store
   * is tried again. Answers whether anything was written.
   *
   * @throws SessionGoneError when somebody else removed the session; ConflictError, FreezeError, StorageError. The
   * changes are kept for another try.
   */
  store(): Promise<boolean> {
    return this.#open.store()
  }

  /**
   * Removes the session from storage, ends the lock, and closes the store if this session opened it. Answers whether
   * it was there: the second time it is not.
   */
  destroy(): Promise<boolean> {
    return this.#open.destroy()
  }

  /**
   * Stores what changed if `autocommit` is on, ends the lock, and closes the store if this session opened it. When
   * storing fails, it all stays open. Closing twice is harmless.
   */
  close(): Promise<void> {
    return this.#open.close()
  }

  /** The end of an `await using` block: as `close`, but nothing stays open whatever happens. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#open.dispose()
  }

  /** The session as an HTML table, with metadata, the id among them: for the eyes of developers. */
  dumpToHtml(): string {
    const { _ID, _EXPIRES, _LIFETIME, _ACCESSED, _AUTOCOMMIT, _LOCK } = this
    return dumpToHtml({ _ID, _EXPIRES, _LIFETIME, _ACCESSED, _AUTOCOMMIT, _LOCK }, bareHash(this.#open))
  }

  /**
   * A fully-qualified URL with the session's id as the last part of its path; an id that stands there is replaced.
   *
   * @param target a URL, or a request to this program; without it the CGI environment
   * @throws InvalidOptionError when that makes no URL of http or https
   */
  rewrite(target?: RewriteTarget): string {
    return withId(urlOf(target), this.#open.id)
  }

  [inspect.custom](depth: number, options: InspectOptionsStylized): string {
    // The prototype is looked at too.
    if (!(#open in this)) return 'ApacheSession'
    const name = `ApacheSession ${this.#open.id}`
    if (depth < 0) return `[${name}]`
    return `${name} ${inspect(Object.fromEntries(Object.entries(this)), { ...options, depth })}`
  }
}
