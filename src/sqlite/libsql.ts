import type { Connection, Database, Statement } from './connection.ts'
import { isBusy } from './failures.ts'

/**
 * libsql (0.5.29) leaves a statement that found the database busy half done. Was it a write, then what the same
 * connection writes next is not committed, though it says so, and is lost when that statement is run again
 * (tursodatabase/libsql-client-ts#352). Was it a read, then the next one's lock on the file stays.
 *
 * So writes take the lock by `exec`, which always ends its statements, and a read that was left comes first next time.
 */
export class LibsqlConnection implements Connection {
  #leftRead: (() => unknown) | undefined

  constructor(
    private readonly connection: Connection,
    private readonly database: Database,
  ) {}

  prepare(sql: string): Statement {
    const statement = this.connection.prepare(sql)
    return {
      get: (...values) => this.#read(() => statement.get(...values)),
      all: (...values) => this.#read(() => statement.all(...values)),
      run: (...values) => this.#write(() => statement.run(...values)),
    }
  }

  exec(sql: string): void {
    this.connection.exec(sql)
  }

  close(): void {
    this.connection.close()
  }

  #read<T>(read: () => T): T {
    this.#endLeftRead()
    try {
      return read()
    } catch (error) {
      if (isBusy(error)) this.#leftRead = read
      throw error
    }
  }

  #write<T>(write: () => T): T {
    this.#endLeftRead()
    if (this.database.inTransaction) return write()
    this.connection.exec('begin immediate')
    try {
      const result = write()
      this.connection.exec('commit')
      return result
    } catch (error) {
      this.#rollBack()
      throw error
    }
  }

  /** Still busy, it is still left, and what came after it is told so. */
  #endLeftRead(): void {
    const read = this.#leftRead
    if (!read) return
    this.#leftRead = undefined
    this.#read(read)
  }

  #rollBack(): void {
    try {
      this.connection.exec('rollback')
    } catch {
      // After some failures, such as a full disk, SQLite has done so by itself.
    }
  }
}
