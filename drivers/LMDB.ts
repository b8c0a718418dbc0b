import type { Awaitable } from '../src/contracts/awaitable.ts'
import type { ConditionalResult, Driver, IdsOptions, Image, StoredImage } from '../src/contracts/driver.ts'
import { Clock, Options, type PluginOptions } from '../src/contracts/services.ts'
import { ClosedError, InvalidIdError } from '../src/errors.ts'
import { assertThere } from '../src/files/must-exist.ts'
import { inject, injectable } from '../src/inject.ts'
import { Calls } from '../src/lmdb/calls.ts'
import { handedIn, openRecords, readTableName } from '../src/lmdb/databases.ts'
import { type Environment, enter } from '../src/lmdb/environments.ts'
import { storageError } from '../src/lmdb/failures.ts'
import { UNKNOWN } from '../src/lmdb/index-keys.ts'
import { type Place, readExpiredIds, readIds } from '../src/lmdb/listing.ts'
import { dataFile, type Location, readLocation } from '../src/lmdb/location.ts'
import { purge } from '../src/lmdb/purge.ts'
import type { Records, StoredRecord } from '../src/lmdb/records.ts'
import { listByPages, type Page } from '../src/pages.ts'
import { expiryIn, storedExpiry } from '../src/stored-expiry.ts'
import { readTimeout } from '../src/timeout-option.ts'

/**
 * `driver:LMDB`: sessions in a file that processes of one machine map into their memory. Readers wait for nobody, and
 * nothing is copied through a server; what is written together is on the disk with one flush.
 *
 * Options:
 * - `dataSource`: the path of the file, or of a folder (there, or with a slash at its end) that LMDB keeps its two files
 *   in. What is not there is made.
 * - `cache`: instead of that a database opened with `open` of the package lmdb, or a function that gives one. It is used
 *   as it is set up, and not closed.
 * - `tableName`: the name of the database in the file; the index is beside it, with `_expires` behind the name. Default
 *   'sessions'.
 * - `fsync`: a write has reached the disk before it is answered. Default true. Without, the end of the process loses
 *   nothing, but after a power failure the file may be damaged.
 * - `shared`: another program writes the same records. It may know nothing of their expiry, so nothing is read from it.
 * - `mustExist`: a file that is not there is a `MissingStorageError`.
 * - `timeout`: how long to wait for another process that writes, in milliseconds. Default 5000.
 */
@injectable()
export default class LMDB implements Driver {
  /** From the beginning on, unless `shared`. */
  touch?: (id: string, lifetime: number | undefined) => Promise<boolean>
  /** As `touch`. */
  purge?: (now: number) => Promise<number>

  /** Of a file of our own. */
  readonly #location: Location | undefined
  /** What messages call it. */
  readonly #called: string
  readonly #tableName: string
  readonly #fsync: boolean
  readonly #shared: boolean
  readonly #calls: Calls
  #records: Records | undefined
  #leave: (() => Promise<void>) | undefined

  constructor(
    @inject(Options) private readonly options: PluginOptions,
    @inject(Clock) private readonly clock: Clock,
  ) {
    const { cache, dataSource, tableName, fsync = true, shared } = options
    this.#location = cache ? undefined : readLocation(dataSource)
    this.#called = this.#location ? `LMDB file ${dataFile(this.#location)}` : 'The LMDB database'
    this.#tableName = readTableName(tableName)
    this.#fsync = fsync === true
    this.#shared = shared === true
    this.#calls = new Calls(this.#called, readTimeout(options))
    if (this.#shared) return
    this.touch = (id, lifetime) => this.#touch(id, lifetime)
    this.purge = (now) => purge(this.#ready, this.#calls, now)
  }

  async open(): Promise<void> {
    if (this.#location) assertThere(dataFile(this.#location), this.options)
    const environment = this.#location
      ? await this.#enter(this.#location)
      : await handedIn(this.options.cache)
    try {
      this.#records = await openRecords(environment, this.#tableName, this.#calls)
    } catch (error) {
      // Does not end while another process holds the lock, if that was the reason.
      this.close().catch(() => {})
      throw storageError(this.#called, error)
    }
  }

  /** LMDB's keys are bytes, one at least; here of UTF-8, in which half a surrogate pair has no form. */
  checkId(id: string): void {
    const longest = this.#ready.longestKey
    const refuse = (why: string): never => {
      throw new InvalidIdError(`LMDB cannot keep ${why}: ${JSON.stringify(id.slice(0, 80))}`)
    }
    if (id === '') refuse('an empty id')
    if (!id.isWellFormed()) refuse('an id with half a character')
    if (Buffer.byteLength(id) > longest) refuse(`an id of more than ${longest} bytes`)
  }

  retrieve(id: string): StoredImage | undefined {
    const record = this.#read((records) => records.find(Buffer.from(id)))
    if (!record) return undefined
    const { image, expires } = record
    return this.#shared || expires === UNKNOWN ? { image } : { image, expires: expiryIn(expires) }
  }

  store(id: string, image: Image, lifetime: number | undefined): Promise<void> {
    const expires = this.#expires(lifetime)
    return this.#attempt<boolean>(id, (records, key, record) =>
      whenDone(record ? records.change(key, record, image, expires) : records.add(key, image, expires), true),
    ).then(() => {})
  }

  create(id: string, image: Image, lifetime: number | undefined): Promise<boolean> {
    const expires = this.#expires(lifetime)
    return this.#calls.repeat(() => this.#ready.add(Buffer.from(id), image, expires))
  }

  replace(
    id: string,
    expected: Image,
    image: Image,
    lifetime: number | undefined,
  ): Promise<ConditionalResult> {
    const expires = this.#expires(lifetime)
    return this.#ifUnchanged(id, expected, (records, key, record) =>
      records.change(key, record, image, expires),
    )
  }

  remove(id: string): Promise<boolean> {
    return this.#attempt<boolean>(id, (records, key, record) =>
      record ? whenDone(records.remove(key, record), true) : false,
    )
  }

  removeIf(id: string, expected: Image): Promise<ConditionalResult> {
    return this.#ifUnchanged(id, expected, (records, key, record) => records.remove(key, record))
  }

  ids({ expiredBefore }: IdsOptions = {}): AsyncIterable<string> {
    const readPage = (place: Place): Page<Place> =>
      this.#read((records) =>
        expiredBefore === undefined || this.#shared
          ? readIds(records, place)
          : readExpiredIds(records, expiredBefore, place),
      )
    return listByPages({ after: undefined }, readPage)
  }

  async close(): Promise<void> {
    const leave = this.#leave
    this.#leave = undefined
    this.#records = undefined
    if (leave) await this.#calls.repeat(() => leave().then(() => true))
  }

  async #enter(location: Location): Promise<Environment> {
    const { environment, leave } = await enter(location, this.#fsync)
    this.#leave = leave
    return environment
  }

  get #ready(): Records {
    if (!this.#records) throw new ClosedError(this.#called)
    return this.#records
  }

  #read<T>(work: (records: Records) => T): T {
    try {
      return work(this.#ready)
    } catch (error) {
      throw storageError(this.#called, error)
    }
  }

  /** Reads the record and does something about it, again and again while it gives `undefined`. */
  #attempt<T>(
    id: string,
    work: (records: Records, key: Buffer, record: StoredRecord | undefined) => Awaitable<T | undefined>,
  ): Promise<T> {
    const key = Buffer.from(id)
    return this.#calls.repeat(() => work(this.#ready, key, this.#ready.find(key)))
  }

  #ifUnchanged(
    id: string,
    expected: Image,
    write: (records: Records, key: Buffer, record: StoredRecord) => Promise<boolean>,
  ): Promise<ConditionalResult> {
    return this.#attempt<ConditionalResult>(id, (records, key, record) => {
      if (!record) return 'absent'
      if (Buffer.compare(record.image, expected) !== 0) return 'changed'
      return whenDone(write(records, key, record), 'done')
    })
  }

  #touch(id: string, lifetime: number | undefined): Promise<boolean> {
    const expires = this.#expires(lifetime)
    return this.#attempt<boolean>(id, (records, key, record) => {
      if (!record) return false
      if (record.expires === expires) return true
      return whenDone(records.change(key, record, record.image, expires), true)
    })
  }

  /** What to keep. Somebody else's writes would not move it: then nothing. */
  #expires(lifetime: number | undefined): number {
    return this.#shared ? UNKNOWN : Math.max(storedExpiry(this.clock, lifetime), 1)
  }
}

/** The answer, if LMDB made the write; otherwise `undefined`: somebody else was faster. */
function whenDone<T>(write: Promise<boolean>, answer: T): Promise<T | undefined> {
  return write.then((done) => (done ? answer : undefined))
}
