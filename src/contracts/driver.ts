import type { Awaitable } from './awaitable.ts'

/**
 * The bytes of one stored session. An image is never changed after it was handed over, by neither side: a driver
 * that keeps images in memory copies them on the way in and on the way out.
 */
export type Image = Uint8Array

/** What a driver has under an id. */
export interface StoredImage {
  readonly image: Image
  /**
   * When the record expires, in whole seconds since 1970, if the driver keeps that beside the image. It is what
   * `touch` moves. Left out: the driver does not know, or the record never expires.
   */
  readonly expires?: number | undefined
}

/** What became of a conditional write. Only 'done' changed anything. */
export type ConditionalResult = 'done' | 'changed' | 'absent'

/** A session's lock, held by this process for longer than one call. */
export interface DriverLock {
  /** Asked now and then: is it still held? What has to be done for that is done here. What it throws means no. */
  renew(): Awaitable<boolean>

  /** Called once, also after it was lost. It waits for the verbs that went on under the lock. */
  release(): Awaitable<void>
}

/** What `ids` may be told. */
export interface IdsOptions {
  /**
   * The caller wants expired records only, as of this time (whole seconds since 1970). A hint: a driver may leave
   * out what it knows to expire at that time or later, and may list more than asked for.
   */
  readonly expiredBefore?: number
}

/**
 * Stores images under ids. The five verbs without a question mark are required; each of the others is a capability:
 * the store uses it when it is there and does something slower, or less atomic, when it is not.
 *
 * Rules for every verb:
 * - Absence is never an error, and an error is never absence: `retrieve` answers `undefined`, `remove` and `touch`
 *   answer `false`, a conditional write answers 'absent'. Unreachable storage, a full disk, a refused permission
 *   throw (`StorageError`, with the `cause`).
 * - A `lifetime` is in whole seconds from now, by the injected clock rounded down to a whole second: the record
 *   expires at now + lifetime, and is alive until the end of that second. `undefined` means never. 0 or less means that
 *   it has expired already: a driver that reports `expires` reports a time before now.
 *   A driver may drop a record that has expired, at any time; it need not.
 * - A write is whole or not there, after a crash too.
 * - Only `create` and `store` make a record. `replace` and `touch` on a missing one make nothing.
 * - Ids were checked with `checkId` before a verb sees them.
 */
export interface Driver {
  /** Called once, before anything else: load the client package, connect, create what is missing. */
  open?(): Awaitable<void>

  /** Throws `InvalidIdError` for an id that this driver cannot hold exactly. Without it every id will do. */
  checkId?(id: string): void

  /** The image under this id, or `undefined`. An image of no bytes counts as no session, but it is a record. */
  retrieve(id: string): Awaitable<StoredImage | undefined>

  /** Puts the image there, whatever was there before. */
  store(id: string, image: Image, lifetime: number | undefined): Awaitable<void>

  /** Takes the record away. Answers whether there was one. */
  remove(id: string): Awaitable<boolean>

  /**
   * Every id, each once, in any order, as a stream: memory must not grow with the number of records. Records
   * that appear or vanish meanwhile may or may not be among them.
   */
  ids(options?: IdsOptions): AsyncIterable<string> | Iterable<string>

  /** Called once, after everything else. What was handed in by the user (a database handle) stays open. */
  close(): Awaitable<void>

  /** Puts the image there only if there is no record. Answers whether it did. */
  create?(id: string, image: Image, lifetime: number | undefined): Awaitable<boolean>

  /** Puts the image there only if the record still is exactly `expected`. */
  replace?(
    id: string,
    expected: Image,
    image: Image,
    lifetime: number | undefined,
  ): Awaitable<ConditionalResult>

  /** Takes the record away only if it still is exactly `expected`. */
  removeIf?(id: string, expected: Image): Awaitable<ConditionalResult>

  /**
   * Moves the expiry without writing the image; `retrieve` must then answer with the new `expires`.
   * Answers whether there is such a record.
   */
  touch?(id: string, lifetime: number | undefined): Awaitable<boolean>

  /**
   * Of a driver whose records have the owner in a column of their own, with an index: the ids of an owner's sessions, in
   * the order in which they were made. Without it the store keeps a list for each owner.
   */
  idsOf?(owner: string): AsyncIterable<string> | Iterable<string>

  /**
   * Removes what has expired as of `now` (whole seconds since 1970), by an index rather than by looking at every
   * record, in batches that leave room for others. Answers how many went.
   */
  purge?(now: number): Awaitable<number>

  /**
   * Takes the lock that other programs, such as a Perl application, have for this session too, whether or not there is
   * a record. It lasts until it is released. Tries once and never waits for others: `undefined` while somebody has it,
   * another store of this process included. The verbs of the driver that holds it go on with this id, and do not wait
   * for the lock; those of others do, if that is their way.
   *
   * A driver offers this only if there are such locks. Without it the store locks a session by a record beside it.
   */
  tryLock?(id: string): Awaitable<DriverLock | undefined>

  /**
   * Of a driver that keeps records in a table: the statements that make it, in their order, as `open` runs them when
   * the table is not there. Asked before `open`, so it connects to nothing.
   */
  tableSql?(): readonly string[]
}
