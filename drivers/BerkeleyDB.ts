import type { ConditionalResult, Driver, Image, StoredImage } from '../src/contracts/driver.ts'
import { Logger, Options, type PluginOptions } from '../src/contracts/services.ts'
import { ClosedError, InvalidIdError } from '../src/errors.ts'
import { CacheVerbs } from '../src/berkeley-db/cache.ts'
import { Environment } from '../src/berkeley-db/environment.ts'
import type { AccessMethod } from '../src/berkeley-db/header.ts'
import { Library } from '../src/berkeley-db/library.ts'
import { fileOf, type Location, nameOf, readAccessMethod, readLocation } from '../src/berkeley-db/location.ts'
import { PlainFile } from '../src/berkeley-db/plain-file.ts'
import type { Access } from '../src/berkeley-db/records.ts'
import { SessionRecords } from '../src/berkeley-db/session-records.ts'
import type { FileLocks } from '../src/files/file-locks.ts'
import { locksOption, modeOption } from '../src/files/file-options.ts'
import { FlockFinder } from '../src/files/find-flock.ts'
import { assertThere } from '../src/files/must-exist.ts'
import { inject, injectable } from '../src/inject.ts'
import { readTimeout } from '../src/timeout-option.ts'

/**
 * `driver:BerkeleyDB`: a record for each session in a file of Berkeley DB 5.3, a Hash or a Btree, which Perl's
 * BerkeleyDB and DB_File can use at the same time.
 *
 * Options:
 * - `dataSource`: the path of a file that stands by itself, locked as CGI::Session's `db_file` locks it.
 * - `directory`: instead, or with it, the folder of an environment for Concurrent Data Store, as Data::Session uses one;
 *   `dataSource` is then seen from there. Default 'sessions.db'. Both are made when they are not there.
 * - `cache`: instead of both the path of a file, `{ home, filename }` for one in an environment, or an object with the
 *   methods `get`, `put`, `del` and `keys`, which answer at once or later. Such an object offers no conditional writes.
 * - `accessMethod`: what a new file becomes, 'Hash' (the default) or 'Btree'.
 * - `timeout`: how long to wait for locks that others hold, in milliseconds. Default 5000.
 * - `fsync`: in an environment, each write has reached the disk before it is answered. Default false: within a second or
 *   so. Without an environment it is always so.
 * - `mustExist`: a file that is not there is a `MissingStorageError`.
 * - `umask`: the permissions of new files. `noFlock`, `noFollow`: how the lock file of a file is treated.
 *
 * Nothing is kept beside the images, so there is no `touch` and no `purge`.
 */
@injectable()
export default class BerkeleyDB implements Driver {
  /** As the other conditional writes, unless an object is used. */
  readonly create?: (id: string, image: Image) => Promise<boolean>
  readonly replace?: (id: string, expected: Image, image: Image) => Promise<ConditionalResult>
  readonly removeIf?: (id: string, expected: Image) => Promise<ConditionalResult>

  readonly #location: Location
  readonly #called: string
  readonly #method: AccessMethod
  readonly #mode: number
  readonly #fsync: boolean
  readonly #timeout: number
  readonly #locks: FileLocks
  #verbs: SessionRecords | CacheVerbs | undefined

  /** @throws InvalidOptionError */
  constructor(
    @inject(Options) private readonly options: PluginOptions,
    @inject(Logger) logger: Logger,
    @inject(FlockFinder, { isOptional: true }) findFlock?: FlockFinder,
  ) {
    const { fsync } = options
    this.#location = readLocation(options)
    this.#called = nameOf(this.#location)
    this.#method = readAccessMethod(options)
    this.#mode = modeOption(options)
    this.#fsync = fsync === true
    this.#timeout = readTimeout(options)
    this.#locks = locksOption(options, logger, findFlock)
    if (this.#location.kind === 'cache') return
    this.create = (id, image) => this.#records.create(id, image)
    this.replace = (id, expected, image) => this.#records.replace(id, expected, image)
    this.removeIf = (id, expected) => this.#records.removeIf(id, expected)
  }

  /** @throws MissingPackageError, MissingStorageError, StorageError */
  async open(): Promise<void> {
    const location = this.#location
    if (location.kind !== 'cache') assertThere(fileOf(location), this.options)
    this.#verbs =
      location.kind === 'cache'
        ? new CacheVerbs(location.cache, this.#called)
        : new SessionRecords(await this.#access(location), this.#called, this.#timeout)
  }

  /** Keys are bytes, of UTF-8, in which half a surrogate pair has no form. */
  checkId(id: string): void {
    if (!id.isWellFormed()) {
      throw new InvalidIdError(`BerkeleyDB cannot keep an id with half a character: ${JSON.stringify(id)}`)
    }
  }

  retrieve(id: string): Promise<StoredImage | undefined> {
    return this.#ready.retrieve(id)
  }

  store(id: string, image: Image): Promise<void> {
    return this.#ready.store(id, image)
  }

  remove(id: string): Promise<boolean> {
    return this.#ready.remove(id)
  }

  ids(): AsyncIterable<string> {
    return this.#ready.ids()
  }

  async close(): Promise<void> {
    const verbs = this.#verbs
    this.#verbs = undefined
    await verbs?.close()
  }

  async #access(location: Exclude<Location, { kind: 'cache' }>): Promise<Access> {
    const library = await Library.load()
    const called = this.#called
    const settings = { called, method: this.#method, mode: this.#mode }
    if (location.kind === 'file') {
      return new PlainFile(library, { ...settings, path: location.path, locks: this.#locks })
    }
    return Environment.open(library, {
      ...settings,
      ...location,
      fsync: this.#fsync,
      timeout: this.#timeout,
    })
  }

  get #ready(): SessionRecords | CacheVerbs {
    if (!this.#verbs) throw new ClosedError(this.#called)
    return this.#verbs
  }

  get #records(): SessionRecords {
    return this.#ready as SessionRecords
  }
}
