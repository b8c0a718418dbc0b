import { mkdirSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import type { Awaitable } from '../contracts/awaitable.ts'
import { StorageError } from '../errors.ts'
import { rethrow } from '../files/file-error.ts'
import {
  DB_CREATE,
  DB_INIT_CDB,
  DB_INIT_MPOOL,
  DB_LOCK_IWRITE,
  DB_LOCK_READ,
  DB_LOCK_WRITE,
  DB_THREAD,
} from './constants.ts'
import { Database } from './database.ts'
import { failure } from './failures.ts'
import { inTime } from './in-time.ts'
import { type AccessMethod, type Header, readHeader } from './header.ts'
import { type Library, later, type Pointer } from './library.ts'
import { Locker } from './locker.ts'
import type { Access, Key, KeyPages, ReadableRecords, WritableRecords } from './records.ts'

export interface EnvironmentSettings {
  /** The folder of the environment. */
  readonly home: string
  /** The database file, seen from there. */
  readonly fileName: string
  readonly called: string
  readonly method: AccessMethod
  /** The permissions of new files. */
  readonly mode: number
  readonly fsync: boolean
  /** In milliseconds. */
  readonly timeout: number
}

/** Shared memory for pages, if the environment is new, in bytes. */
const CACHE = 8 * 1024 * 1024

/** How long after a write its pages go to the disk, in milliseconds. */
const SYNC_AFTER = 1000

const EINVAL = 22

/**
 * A database in an environment for Concurrent Data Store, in which programs lock one another out by libdb's own locks.
 *
 * libdb would wait for a lock inside the call that needs it, for ever if its holder is dead. So the lock is taken first,
 * by a locker group that the calls then belong to. Where that may take time it is done in the thread pool, so that the
 * event loop goes on, with a time limit. Who has the lock does his work at once.
 */
export class Environment implements Access {
  readonly #settings: EnvironmentSettings
  readonly #library: Library
  readonly #handle: Pointer
  #reader!: Locker // from #begin on
  #writer!: Locker
  #lister!: Locker
  #database!: Database
  #header!: Header
  #syncing: Promise<void> | undefined
  #syncTimer: NodeJS.Timeout | undefined

  /** @throws StorageError */
  static async open(library: Library, settings: EnvironmentSettings): Promise<Environment> {
    const { called, timeout } = settings
    const opening = Environment.#open(library, settings)
    try {
      return await inTime(opening, timeout, () => lateError(called, timeout))
    } catch (error) {
      // What opens after all is closed again.
      opening.then((environment) => environment.close()).catch(() => {})
      throw error
    }
  }

  static async #open(library: Library, settings: EnvironmentSettings): Promise<Environment> {
    const deadline = performance.now() + settings.timeout
    const { home, called, mode } = settings
    try {
      mkdirSync(home, { recursive: true, mode: mode | ((mode & 0o444) >> 2) })
    } catch (cause) {
      rethrow(`make the folder ${home} for a Berkeley DB environment`, cause)
    }
    const handle = library.createEnvironment()
    if (typeof handle === 'number') throw failure(library, called, handle)
    const { setCachesize, open, close } = library.environment
    setCachesize(handle, 0, CACHE, 1)
    const code = await later(open, handle, home, DB_CREATE | DB_INIT_CDB | DB_INIT_MPOOL | DB_THREAD, mode)
    const environment = new Environment(library, settings, handle)
    try {
      if (code !== 0) throw failure(library, called, code, code === EINVAL ? OTHER_KIND : undefined)
      await environment.#begin(() => performance.now() < deadline)
    } catch (error) {
      await later(close, handle, 0)
      throw error
    }
    return environment
  }

  private constructor(library: Library, settings: EnvironmentSettings, handle: Pointer) {
    this.#library = library
    this.#settings = settings
    this.#handle = handle
  }

  get ordered(): boolean {
    return this.#header.method === 'Btree'
  }

  async read(wanted: () => boolean, work: (records: ReadableRecords) => Awaitable<void>): Promise<void> {
    const reader = this.#reader
    const database = this.#database
    // With nobody else inside, not even a reader that died there, nothing that follows can wait.
    if (await reader.try(DB_LOCK_WRITE)) {
      try {
        return void work(database.records(reader.group))
      } finally {
        reader.release(DB_LOCK_WRITE)
      }
    }
    if (!(await reader.insist(DB_LOCK_READ, wanted))) return
    reader.release(DB_LOCK_READ)
    await work({ get: (key) => database.getLater(key) })
  }

  async write(wanted: () => boolean, work: (records: WritableRecords) => void): Promise<void> {
    const writer = this.#writer
    const patient = !(await writer.try(DB_LOCK_WRITE))
    // In two steps, so that others can read while we wait for somebody who is about to write.
    if (patient && !(await writer.insist(DB_LOCK_IWRITE, wanted))) return
    try {
      if (patient && !(await writer.insist(DB_LOCK_WRITE, wanted))) return
      try {
        work(this.#database.records(writer.group))
      } finally {
        writer.release(DB_LOCK_WRITE)
      }
    } finally {
      if (patient) writer.release(DB_LOCK_IWRITE)
    }
    if (this.#settings.fsync) await this.#database.sync()
    else this.#syncTimer ??= setTimeout(() => this.#syncNow(), SYNC_AFTER).unref()
  }

  async list(wanted: () => boolean, work: (pages: KeyPages) => Promise<void>, after?: Key): Promise<void> {
    if (!(await this.#lister.insist(DB_LOCK_READ, wanted))) return
    this.#lister.release(DB_LOCK_READ)
    await this.#database.list(work, after)
  }

  tooLate(timeout: number): StorageError {
    return lateError(this.#settings.called, timeout)
  }

  async close(): Promise<void> {
    clearTimeout(this.#syncTimer)
    await this.#syncing
    try {
      await this.#end()
      await this.#database.close()
    } finally {
      await this.#closeEnvironment()
    }
  }

  async #closeEnvironment(): Promise<void> {
    const code = await later(this.#library.environment.close, this.#handle, 0)
    if (code !== 0) throw failure(this.#library, this.#settings.called, code)
  }

  async #begin(wanted: () => boolean): Promise<void> {
    const { home, fileName, called } = this.#settings
    const path = isAbsolute(fileName) ? fileName : join(home, fileName)
    const found = readHeader(path, called)
    const locker = (): Promise<Locker> => Locker.begin(this.#library, called, this.#handle)
    this.#reader = await locker()
    this.#writer = await locker()
    this.#lister = await locker()
    this.#database = Database.create(this.#library, called, this.#handle)
    try {
      if (found) await this.#waitForWriters(found, wanted)
      await this.#openDatabase(found === undefined)
      const header = readHeader(path, called)
      if (!header) throw new StorageError(`${called} is not where it was made: there is no file ${path}`)
      this.#header = header
      for (const locker of this.#lockers) locker.lockOn(header.id)
    } catch (error) {
      await this.#end()
      await this.#database.dropLater()
      throw error
    }
  }

  async #waitForWriters({ id }: Header, wanted: () => boolean): Promise<void> {
    const { called, timeout } = this.#settings
    this.#reader.lockOn(id)
    if (!(await this.#reader.insist(DB_LOCK_READ, wanted))) throw lateError(called, timeout)
    this.#reader.release(DB_LOCK_READ)
  }

  async #openDatabase(isNew: boolean): Promise<void> {
    const { fileName: path, mode, method } = this.#settings
    const opening = { path, flags: DB_THREAD, mode, create: isNew ? method : undefined }
    await this.#database.openLater(opening)
  }

  get #lockers(): Locker[] {
    return [this.#reader, this.#writer, this.#lister]
  }

  async #end(): Promise<void> {
    for (const locker of this.#lockers) await locker.end()
  }

  #syncNow(): void {
    this.#syncTimer = undefined
    // What fails here fails again when the database is closed.
    this.#syncing = this.#database.sync().catch(() => {})
  }
}

export function lateError(called: string, timeout: number): StorageError {
  const reason = `locked by others for more than ${timeout} ms (option timeout)`
  return new StorageError(
    `${called} was ${reason}. If it stays so, a program that used it has died: stop all that use it, remove the files ` +
      '__db.* in the folder of the environment, and start them again',
    { cause: new Error(reason) },
  )
}

const OTHER_KIND =
  'The environment is not one for Concurrent Data Store (DB_INIT_CDB), or other programs open it otherwise'
