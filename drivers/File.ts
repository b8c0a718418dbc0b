import { existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import type { Awaitable } from '../src/contracts/awaitable.ts'
import type {
  ConditionalResult,
  Driver,
  DriverLock,
  IdsOptions,
  Image,
  StoredImage,
} from '../src/contracts/driver.ts'
import { Clock, Logger, Options, type PluginOptions } from '../src/contracts/services.ts'
import { InvalidOptionError, MissingPackageError, MissingStorageError } from '../src/errors.ts'
import { explained } from '../src/after.ts'
import { ApacheLocks } from '../src/files/apache-locks.ts'
import { AtomicFiles } from '../src/files/atomic-files.ts'
import { rethrow } from '../src/files/file-error.ts'
import type { FileLocks } from '../src/files/file-locks.ts'
import { FileNames } from '../src/files/file-names.ts'
import { followOption, locksOption, modeOption, textOption } from '../src/files/file-options.ts'
import { FlockFinder } from '../src/files/find-flock.ts'
import type { SessionFiles } from '../src/files/session-files.ts'
import { type SessionFolder, sessionIds } from '../src/files/session-ids.ts'
import { SharedFiles } from '../src/files/shared-files.ts'
import { inject, injectable } from '../src/inject.ts'

/**
 * A file for each session. Options: `directory`, `fileName`, `umask`, `noFlock`, `noFollow`, `fsync`, `shared`,
 * `lockDirectory`, `timeout`, `shards`, `mustExist` (see `SessionOptions`).
 *
 * - The time of modification of a file is the time when its record expires, a whole second; a time with a fraction
 *   says nothing. With `shared` it says nothing either way, and there is no `touch`.
 * - A symbolic link, a folder or a pipe under the name of a session is a `StorageError` for every verb that meets it,
 *   and `ids` passes over it. It is neither followed nor removed. `noFollow: false` lets links be followed.
 * - Reading and writing are synchronous inside, which for small files is many times faster than the thread pool.
 *   Waiting, for a lock or with `fsync` for the disk, does not hold up the event loop.
 * - `ids({ expiredBefore })` also clears away what processes left that died while they were writing.
 */
@injectable()
export default class File implements Driver {
  readonly #folder: SessionFolder
  readonly #locks: FileLocks
  readonly #apacheLocks: ApacheLocks | undefined
  readonly #shared: boolean
  readonly #mustExist: boolean

  /** With `lockDirectory`. */
  readonly tryLock?: (id: string) => Awaitable<DriverLock | undefined>

  /** Left out with `shared`. */
  readonly touch?: (id: string, lifetime: number | undefined) => Awaitable<boolean>

  /** @throws InvalidOptionError */
  constructor(
    @inject(Options) options: PluginOptions,
    @inject(Clock) clock: Clock,
    @inject(Logger) logger: Logger,
    @inject(FlockFinder, { isOptional: true }) findFlock?: FlockFinder,
  ) {
    const directory = resolve(textOption(options, 'directory', tmpdir()))
    const shards = shardsOption(options)
    const names = new FileNames(directory, textOption(options, 'fileName', 'cgisess_%s'), shards)
    const follow = followOption(options)
    this.#shared = Boolean(options.shared)
    this.#mustExist = Boolean(options.mustExist)
    const apacheLocks = ApacheLocks.fromOptions(options, names)
    const locks = locksOption(options, logger, findFlock, apacheLocks)
    this.#apacheLocks = apacheLocks
    this.#locks = locks
    const Files = this.#shared ? SharedFiles : AtomicFiles
    const files: SessionFiles = new Files({
      directory,
      mode: modeOption(options),
      follow,
      fsync: Boolean(options.fsync),
      clock,
      locks: this.#locks,
    })
    this.#folder = { directory, shards, follow, names, lockNames: this.#apacheLocks?.names, files }
    if (apacheLocks) this.tryLock = (id) => this.#do('lock', id, (path) => locks.tryHold(path, apacheLocks))
    if (files.touch)
      this.touch = (id, lifetime) => this.#do('touch', id, (path) => files.touch!(path, lifetime))
  }

  /**
   * @throws MissingPackageError when files shared with Perl cannot be locked as Perl does
   * @throws MissingStorageError
   */
  open(): void {
    const { directory } = this.#folder
    if (this.#shared && this.#locks.missing) {
      throw new MissingPackageError(
        'The File driver needs flock(2) to share files with Perl (shared: true): npm install koffi, ' +
          'or install the command flock of util-linux',
      )
    }
    this.#apacheLocks?.open()
    if (this.#mustExist) {
      if (!existsSync(directory)) throw new MissingStorageError(`There is no folder ${directory}`)
      return
    }
    try {
      mkdirSync(directory, { recursive: true })
    } catch (cause) {
      rethrow(`make the folder ${directory} for session files`, cause)
    }
  }

  checkId(id: string): void {
    this.#folder.names.path(id)
    this.#apacheLocks?.names.path(id)
  }

  retrieve(id: string): Awaitable<StoredImage | undefined> {
    return this.#do('read', id, (path) => this.#folder.files.retrieve(path))
  }

  store(id: string, image: Image, lifetime: number | undefined): Awaitable<void> {
    return this.#do('write', id, (path) => this.#folder.files.store(path, image, lifetime))
  }

  create(id: string, image: Image, lifetime: number | undefined): Awaitable<boolean> {
    return this.#do('create', id, (path) => this.#folder.files.create(path, image, lifetime))
  }

  replace(
    id: string,
    expected: Image,
    image: Image,
    lifetime: number | undefined,
  ): Awaitable<ConditionalResult> {
    return this.#do('write', id, (path) => this.#folder.files.replace(path, expected, image, lifetime))
  }

  remove(id: string): Awaitable<boolean> {
    return this.#do('remove', id, (path) => this.#folder.files.remove(path))
  }

  removeIf(id: string, expected: Image): Awaitable<ConditionalResult> {
    return this.#do('remove', id, (path) => this.#folder.files.removeIf(path, expected))
  }

  ids({ expiredBefore }: IdsOptions = {}): AsyncIterable<string> {
    return sessionIds(this.#folder, expiredBefore)
  }

  close(): void {}

  #do<T>(what: string, id: string, work: (path: string) => Awaitable<T>): Awaitable<T> {
    const path = this.#folder.names.path(id)
    return explained(
      () => work(path),
      (cause) => rethrow(`${what} ${path}`, cause),
    )
  }
}

function shardsOption({ shards = 0, shared }: PluginOptions): number {
  if (shards !== 0 && shards !== 1 && shards !== 2) {
    throw new InvalidOptionError(`Option 'shards' must be 0, 1 or 2, not ${JSON.stringify(shards)}`)
  }
  if (shards > 0 && shared) {
    throw new InvalidOptionError(
      "Option 'shards' does not go with 'shared': Perl looks for its files in one folder",
    )
  }
  return shards
}
