import { InvalidOptionError, MissingStorageError } from '../errors.ts'
import { quoteIdentifier } from '../sql/identifier.ts'
import { sessionColumns } from '../sql/session-columns.ts'
import type { TableNames } from '../sql/table-names.ts'
import type { Connection } from './connection.ts'
import { isBusy } from './failures.ts'

/** The table with the sessions, its names as SQL text. */
export interface SessionTable {
  readonly name: string
  readonly id: string
  readonly data: string
  /** Only if the table has this column, for numbers. */
  readonly expires: string | undefined
}

interface Column {
  readonly name: string
  readonly type: string
}

/**
 * Finds the table, or makes it. A table that is there already, such as Data::Session's or CGI::Session's, is used as
 * it is, if it can hold every id exactly.
 *
 * @param there its columns; none if it is not there
 * @throws InvalidOptionError
 * @throws MissingStorageError if there is none, and `mustExist`
 */
export function openTable(
  connection: Connection,
  names: TableNames,
  there: readonly Column[],
  mustExist: boolean,
): SessionTable {
  let columns = there
  if (columns.length === 0) {
    if (mustExist) throw new MissingStorageError(`The table ${names.table} is not there`)
    createTable(connection, sqliteTableSql(names))
    columns = columnsOf(connection, names)
  }
  const { id, expires } = sessionColumns(columns, names)
  checkIdColumn(connection, names, id)
  const canExpire = expires && !keepsText(expires.type) && hasRowid(connection, names)
  return { ...sqlNames(names), expires: canExpire ? quoteIdentifier(names.expires) : undefined }
}

function sqlNames(names: TableNames): Omit<SessionTable, 'expires'> {
  return {
    name: sqliteTableName(names),
    id: quoteIdentifier(names.id),
    data: quoteIdentifier(names.data),
  }
}

/** The table as SQL text. */
export function sqliteTableName({ schema, table }: TableNames): string {
  return schemaPrefix(schema) + quoteIdentifier(table)
}

function schemaPrefix(schema: string | undefined): string {
  return schema === undefined ? '' : `${quoteIdentifier(schema)}.`
}

export function columnsOf(connection: Connection, { schema, table }: TableNames): Column[] {
  return pragma(connection, schema, 'table_xinfo', table) as Column[]
}

function pragma(connection: Connection, schema: string | undefined, name: string, object: string): unknown[] {
  return connection.prepare(`pragma ${schemaPrefix(schema)}${name}(${quoteIdentifier(object)})`).all()
}

/** What makes the table and its index, in this order. */
export function sqliteTableSql(names: TableNames): readonly [table: string, index: string] {
  const { name, id, data } = sqlNames(names)
  const expires = quoteIdentifier(names.expires)
  const columns = `${id} text not null primary key, ${data} blob not null, ${expires} integer`
  return [`create table if not exists ${name} (${columns})`, sqliteIndexSql(names, names.expires)]
}

/** What makes an index of this column if there is none. */
export function sqliteIndexSql({ schema, table }: TableNames, column: string): string {
  const index = schemaPrefix(schema) + quoteIdentifier(`${table}_${column}`)
  return `create index if not exists ${index} on ${quoteIdentifier(table)} (${quoteIdentifier(column)})`
}

/** All or nothing, also if the process ends in between; a savepoint works inside a transaction of the user's too. */
export function createTable(connection: Connection, statements: readonly string[]): void {
  connection.exec('savepoint make_sessions')
  try {
    for (const sql of statements) connection.exec(sql)
    connection.exec('release make_sessions')
  } catch (error) {
    undo(connection)
    throw error
  }
}

function undo(connection: Connection): void {
  try {
    connection.exec('rollback to make_sessions')
    connection.exec('release make_sessions')
  } catch {
    // After some failures, such as a full disk, SQLite has undone everything by itself.
  }
}

/** Refuses a column in which one id could be taken for another. */
function checkIdColumn(connection: Connection, names: TableNames, { name, type }: Column): void {
  const what = `The column ${names.id} of the table ${names.table}`
  if (!keepsText(type)) {
    throw new InvalidOptionError(
      `${what} is declared ${type}, which turns some ids into numbers; declare it text or char(32)`,
    )
  }
  const collations = uniqueIndexesOn(connection, names, name)
  if (collations.length === 0) {
    throw new InvalidOptionError(
      `${what} is not unique by itself, so an id could be there twice; make it so with: create unique index ` +
        `${quoteIdentifier(`${names.table}_${names.id}`)} on ${quoteIdentifier(names.table)} (${quoteIdentifier(names.id)})`,
    )
  }
  const inexact = collations.find((collation) => collation !== 'BINARY')
  if (inexact !== undefined) {
    throw new InvalidOptionError(
      `${what} is declared collate ${inexact}, which takes different ids for one; declare it collate binary`,
    )
  }
}

/** SQLite's rules of column affinity: a declared type decides by what words it contains. */
export function keepsText(type: string): boolean {
  if (/int/i.test(type)) return false
  return type === '' || /char|clob|text|blob/i.test(type)
}

/** The collations of the unique indexes on this one column. */
function uniqueIndexesOn(connection: Connection, { schema, table }: TableNames, column: string): string[] {
  interface Index {
    readonly name: string
    readonly unique: number
    readonly partial: number
  }
  interface IndexColumn {
    readonly name: string | null
    readonly key: number
    readonly coll: string
  }
  return (pragma(connection, schema, 'index_list', table) as Index[]).flatMap((index) => {
    if (index.unique === 0 || index.partial === 1) return []
    const columns = pragma(connection, schema, 'index_xinfo', index.name) as IndexColumn[]
    const [only, ...more] = columns.filter(({ key }) => key === 1)
    return only && more.length === 0 && only.name === column ? [only.coll.toUpperCase()] : []
  })
}

/** Without rowids there is no cheap way through the expired ones, and such tables are slower in everything else. */
function hasRowid(connection: Connection, names: TableNames): boolean {
  try {
    connection.prepare(`select rowid from ${sqlNames(names).name} limit 0`)
    return true
  } catch (error) {
    if (isBusy(error)) throw error
    return false
  }
}
