import { constants, openSync, closeSync } from 'node:fs'
import type { Awaitable } from '../contracts/awaitable.ts'
import { LockTimeoutError } from '../errors.ts'
import { CHANGE, type FileLocks, READ } from '../files/file-locks.ts'
import { safeFlags } from '../files/open-file.ts'
import { DB_RDONLY } from './constants.ts'
import { Database } from './database.ts'
import { type AccessMethod, readHeader } from './header.ts'
import type { Library } from './library.ts'
import type { Access, Key, KeyPages, ReadableRecords, WritableRecords } from './records.ts'

export interface PlainSettings {
  readonly path: string
  readonly called: string
  readonly method: AccessMethod
  /** The permissions of a new file. */
  readonly mode: number
  readonly locks: FileLocks
}

/**
 * A database file without an environment, as CGI::Session's `db_file` keeps one: whoever works on it locks the file
 * beside it whose name ends with `.lck`, opens the database, and closes it again, since its pages are cached where
 * others cannot see them.
 */
export class PlainFile implements Access {
  readonly #settings: PlainSettings
  readonly #library: Library
  readonly #lockFile: string
  #method: AccessMethod | undefined

  /** @throws StorageError for a file that is no place for sessions */
  constructor(library: Library, settings: PlainSettings) {
    this.#library = library
    this.#settings = settings
    this.#lockFile = `${settings.path}.lck`
    this.#method = readHeader(settings.path, settings.called)?.method
  }

  get ordered(): boolean {
    return (this.#method ?? this.#settings.method) === 'Btree'
  }

  read(wanted: () => boolean, work: (records: ReadableRecords) => Awaitable<void>): Promise<void> {
    return this.#locked(READ, wanted, async () => {
      const database = this.#openForReading()
      try {
        await work(database?.records(null) ?? EMPTY)
      } finally {
        database?.drop()
      }
    })
  }

  write(wanted: () => boolean, work: (records: WritableRecords) => void): Promise<void> {
    return this.#locked(CHANGE, wanted, async () => {
      const { path, called, mode, method } = this.#settings
      const isNew = readHeader(path, called) === undefined
      const database = this.#open({ path, flags: 0, mode, create: isNew ? method : undefined })
      try {
        work(database.records(null))
        await database.sync()
      } finally {
        database.drop()
      }
    })
  }

  list(wanted: () => boolean, work: (pages: KeyPages) => Promise<void>, after?: Key): Promise<void> {
    return this.#locked(READ, wanted, async () => {
      const database = this.#openForReading()
      if (!database) return work(NO_KEYS)
      try {
        await database.list(work, after)
      } finally {
        database.drop()
      }
    })
  }

  tooLate(timeout: number): LockTimeoutError {
    return new LockTimeoutError(`${this.#lockFile} was locked by others for more than ${timeout} ms`)
  }

  async close(): Promise<void> {}

  #openForReading(): Database | undefined {
    const { path, called, mode } = this.#settings
    const header = readHeader(path, called)
    if (!header) return undefined
    this.#method = header.method
    return this.#open({ path, flags: DB_RDONLY, mode })
  }

  #open(opening: Parameters<Database['open']>[0]): Database {
    const database = Database.create(this.#library, this.#settings.called, null)
    try {
      database.open(opening)
    } catch (error) {
      database.drop()
      throw error
    }
    return database
  }

  async #locked(access: typeof READ, wanted: () => boolean, work: () => Promise<void>): Promise<void> {
    this.#makeLockFile()
    await this.#settings.locks.with(this.#lockFile, access, async () => {
      if (wanted()) await work()
    })
  }

  /** As CGI::Session does, with whatever permissions the umask leaves. */
  #makeLockFile(): void {
    const { O_CREAT, O_RDWR } = constants
    closeSync(openSync(this.#lockFile, O_RDWR | O_CREAT | safeFlags(), 0o666))
  }
}

const EMPTY: ReadableRecords = { get: () => undefined }
const NO_KEYS: KeyPages = { next: async () => undefined }
