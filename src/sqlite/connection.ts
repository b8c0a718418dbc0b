import { InvalidOptionError } from '../errors.ts'
import { LibsqlConnection } from './libsql.ts'

export type Value = string | number | null | Uint8Array

export interface Statement {
  get(...values: Value[]): unknown
  all(...values: Value[]): unknown[]
  run(...values: Value[]): { changes: number | bigint }
}

/** What `node:sqlite`, `better-sqlite3` and `libsql` have in common; all three work synchronously. */
export interface Connection {
  prepare(sql: string): Statement
  exec(sql: string): unknown
  close(): unknown
}

/** A database as a client gives it. */
export interface Database extends Connection {
  readonly inTransaction?: boolean
}

/** For use by the driver: with what its client needs done around it. */
export function connectionTo(database: Database): Connection {
  const connection: Connection = {
    prepare: (sql) => withPlainRows(database.prepare(sql)),
    exec: (sql) => database.exec(sql),
    close: () => database.close(),
  }
  // Only libsql can be a copy of a database elsewhere.
  return 'syncUntil' in database ? new LibsqlConnection(connection, database) : connection
}

/** The database in the option `dbh`: itself, or what the function there gives. */
export async function handedIn(dbh: unknown): Promise<Connection> {
  const handle: unknown = typeof dbh === 'function' ? await dbh() : dbh
  const { prepare, exec } = Object(handle) as Partial<Connection>
  if (typeof prepare !== 'function' || typeof exec !== 'function') {
    throw new InvalidOptionError(
      'dbh must be an open database of node:sqlite, better-sqlite3 or libsql, or a function that returns one',
    )
  }
  return connectionTo(handle as Connection)
}

/** What a statement can be told about the form of its rows; each client knows some of these. */
interface RowForm {
  setReturnArrays?(on: boolean): unknown
  setReadBigInts?(on: boolean): unknown
  safeIntegers?(on: boolean): unknown
}

/** Rows as objects with plain numbers, whatever a handle of the user's was set to. */
function withPlainRows(statement: Statement & RowForm): Statement {
  statement.setReturnArrays?.(false)
  statement.setReadBigInts?.(false)
  statement.safeIntegers?.(false)
  return statement
}
