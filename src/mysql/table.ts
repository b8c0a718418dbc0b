import { InvalidOptionError } from '../errors.ts'
import type { Ask } from '../sql/dialect.ts'
import { quoteIdentifier } from '../sql/identifier.ts'
import { sessionColumns } from '../sql/session-columns.ts'
import { type DataColumn, type IdColumn, qualified, type ServerTable } from '../sql/server-table.ts'
import { sameName, type TableNames } from '../sql/table-names.ts'

interface Column {
  readonly name: string
  readonly type: string
  /** As declared, with its length. */
  readonly declared: string
  readonly charset: string | undefined
  readonly collation: string
  readonly characters: number
  readonly bytes: number
}

const describeColumns = `select column_name, data_type, column_type, character_set_name, collation_name,
  character_maximum_length, character_octet_length, @@character_set_client
  from information_schema.columns where table_schema = coalesce(?, database()) and table_name = ?
  order by ordinal_position`

const describeIndexes = `select index_name, column_name, sub_part
  from information_schema.statistics
  where table_schema = coalesce(?, database()) and table_name = ? and non_unique = 0`

export async function findMysqlTable(ask: Ask, names: TableNames): Promise<ServerTable | undefined> {
  const place = [names.schema ?? null, names.table]
  const { rows } = await ask(describeColumns, place)
  const [first] = rows
  if (!first) return undefined
  checkCharset(String(first[7]))
  const columns = rows.map(columnIn)
  const { id, data, expires } = sessionColumns(columns, names)
  const { rows: indexes } = await ask(describeIndexes, place)
  checkUnique(names, id, indexes)
  return {
    names,
    id: idColumn(names, id),
    data: dataColumn(names, data),
    expires: expires?.type === 'bigint',
  }
}

export function mysqlTableName(names: TableNames): string {
  return qualified(names, names.table, '`')
}

/** What makes the table. Ids are bytes, so that each is itself, whatever the server's collation is. */
export function mysqlTableSql(names: TableNames): string[] {
  const [id, data, expires] = [names.id, names.data, names.expires].map((name) => quoteIdentifier(name, '`'))
  return [
    `create table if not exists ${mysqlTableName(names)} ` +
      `(${id} varbinary(255) not null primary key, ${data} longblob not null, ${expires} bigint, index (${expires}))`,
  ]
}

function columnIn([name, type, declared, charset, collation, characters, bytes]: readonly unknown[]): Column {
  return {
    name: String(name),
    type: String(type).toLowerCase(),
    declared: String(declared),
    charset: typeof charset === 'string' ? charset : undefined,
    collation: String(collation),
    characters: Number(characters),
    bytes: Number(bytes),
  }
}

function checkCharset(charset: string): void {
  if (charset === 'utf8mb4') return
  throw new InvalidOptionError(
    `The connection's character set is ${charset}, which not every id has a form in; connect with charset: 'utf8mb4'`,
  )
}

function checkUnique(names: TableNames, id: Column, rows: readonly (readonly unknown[])[]): void {
  const parts = new Map<unknown, number>()
  for (const [index] of rows) parts.set(index, (parts.get(index) ?? 0) + 1)
  const whole = rows.some(
    ([index, column, part]) => sameName(String(column), id.name) && part === null && parts.get(index) === 1,
  )
  if (whole) return
  throw new InvalidOptionError(
    `The column ${names.id} of the table ${names.table} is not unique by itself, so an id could be there twice; ` +
      `make it so with: alter table ${mysqlTableName(names)} add unique (${quoteIdentifier(names.id, '`')})`,
  )
}

function idColumn(names: TableNames, { type, declared, charset, collation, ...size }: Column): IdColumn {
  const binary = type === 'varbinary'
  if (!binary && type !== 'char' && type !== 'varchar') {
    throw new InvalidOptionError(
      `The column ${names.id} of the table ${names.table} is ${declared}; declare it varbinary(255) or char(32)`,
    )
  }
  const noPad = /_nopad_bin$|_0900_bin$/.test(collation)
  return {
    maxCharacters: binary ? undefined : size.characters,
    maxBytes: size.bytes,
    pads: !binary,
    exact: binary || noPad || (type === 'char' && collation.endsWith('_bin')),
    binary,
    holds: binary || charset === 'utf8mb4' ? 'all' : 'ASCII',
  }
}

const blobs = ['tinyblob', 'blob', 'mediumblob', 'longblob', 'varbinary']
const texts = ['tinytext', 'text', 'mediumtext', 'longtext', 'varchar']
const utf8 = ['utf8', 'utf8mb3', 'utf8mb4']

function dataColumn(names: TableNames, { type, declared, charset, bytes }: Column): DataColumn {
  const column = { maxBytes: bytes, type: declared }
  // In latin1 every byte is a character.
  if (blobs.includes(type) || (texts.includes(type) && charset === 'latin1'))
    return { ...column, kind: 'binary' }
  if (texts.includes(type) && utf8.includes(String(charset))) return { ...column, kind: 'text' }
  throw new InvalidOptionError(
    `The column ${names.data} of the table ${names.table} is ${declared}${charset ? ` character set ${charset}` : ''}; ` +
      'declare it longblob',
  )
}
