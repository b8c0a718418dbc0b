import { InvalidOptionError } from '../errors.ts'
import type { Ask } from '../sql/dialect.ts'
import { quoteIdentifier } from '../sql/identifier.ts'
import { type DataColumn, type IdColumn, qualified, type ServerTable } from '../sql/server-table.ts'
import { sessionColumns } from '../sql/session-columns.ts'
import type { TableNames } from '../sql/table-names.ts'

interface Column {
  readonly name: string
  readonly type: string
  readonly characters: number
  readonly bytes: number
  /** Its length is in characters. */
  readonly byCharacter: boolean
}

const describeColumns = `select table_name, column_name, data_type, char_length, data_length, char_used,
  (select value from nls_database_parameters where parameter = 'NLS_CHARACTERSET')
  from all_tab_columns where owner = coalesce(:1, sys_context('USERENV', 'CURRENT_SCHEMA')) and table_name = :2
  order by column_id`

const describeIndexes = `select i.owner, i.index_name, c.column_name
  from all_indexes i join all_ind_columns c on c.index_owner = i.owner and c.index_name = i.index_name
  where i.table_owner = coalesce(:1, sys_context('USERENV', 'CURRENT_SCHEMA')) and i.table_name = :2
  and i.uniqueness = 'UNIQUE'`

/** Finds the table by its name as it is given, or else as Oracle keeps what was written without quotes. */
export async function findOracleTable(ask: Ask, names: TableNames): Promise<ServerTable | undefined> {
  const places = [[names.schema ?? null, names.table], placeOf(names)]
  for (const place of places) {
    const { rows } = await ask(describeColumns, place)
    if (rows.length > 0) return lookAt(ask, names, place, rows)
  }
  return undefined
}

/** The names as there: none is quoted unless it must be. */
function placeOf({ schema, table }: TableNames): [schema: string | null, table: string] {
  return [schema === undefined ? null : unquoted(schema), unquoted(table)]
}

/** What Oracle makes of a name that was written without quotes. */
function unquoted(name: string): string {
  return /^[a-z][\w$#]*$/i.test(name) ? name.toUpperCase() : name
}

async function lookAt(
  ask: Ask,
  names: TableNames,
  [schema, table]: readonly (string | null)[],
  rows: readonly (readonly unknown[])[],
): Promise<ServerTable> {
  const { id, data, expires } = sessionColumns(rows.map(columnIn), names)
  const found = {
    schema: schema ?? undefined,
    table: String(table),
    id: id.name,
    data: data.name,
    expires: expires?.name ?? names.expires,
  }
  await checkUnique(ask, found, [schema ?? null, String(table)])
  return {
    names: found,
    id: idColumn(found, id, rows[0]?.[6]),
    data: { ...dataColumn(found, data), asciiOnly: rows[0]?.[6] !== 'AL32UTF8' },
    expires: expires?.type === 'NUMBER',
  }
}

function columnIn([, name, type, characters, bytes, used]: readonly unknown[]): Column {
  return {
    name: String(name),
    type: String(type),
    characters: Number(characters),
    bytes: Number(bytes),
    byCharacter: used === 'C',
  }
}

async function checkUnique(ask: Ask, names: TableNames, place: [string | null, string]): Promise<void> {
  const { rows } = await ask(describeIndexes, place)
  const indexes = new Map<string, unknown[]>()
  for (const [owner, name, column] of rows) {
    const key = JSON.stringify([owner, name])
    indexes.set(key, [...(indexes.get(key) ?? []), column])
  }
  if ([...indexes.values()].some(([only, ...more]) => only === names.id && more.length === 0)) return
  throw new InvalidOptionError(
    `The column ${names.id} of the table ${names.table} is not unique by itself, so an id could be there twice; make ` +
      `it so with: alter table ${oracleTableName(names)} add unique (${quoteIdentifier(names.id)})`,
  )
}

function idColumn(names: TableNames, column: Column, charset: unknown): IdColumn {
  const { type, characters, bytes, byCharacter } = column
  if (!['CHAR', 'VARCHAR2'].includes(type)) {
    throw new InvalidOptionError(
      `The column ${names.id} of the table ${names.table} is ${type}; declare it varchar2(255) or char(32)`,
    )
  }
  const pads = type === 'CHAR'
  return {
    maxCharacters: byCharacter || pads ? characters : undefined,
    maxBytes: bytes,
    pads,
    exact: true,
    binary: false,
    // In other character sets the length of an id is not that of its UTF-8.
    holds: charset === 'AL32UTF8' && !pads ? 'all but NUL' : 'ASCII',
  }
}

function dataColumn(names: TableNames, { name, type, bytes }: Column): DataColumn {
  if (type === 'BLOB' || type === 'LONG RAW') return { kind: 'binary', maxBytes: undefined, type }
  if (type === 'CLOB' || type === 'LONG') return { kind: 'text', maxBytes: undefined, type }
  if (type === 'VARCHAR2') return { kind: 'text', maxBytes: bytes, type }
  throw new InvalidOptionError(
    `The column ${name} of the table ${names.table} is ${type}; declare it blob, or clob or long`,
  )
}

export function oracleTableName(names: TableNames): string {
  return qualified(names, names.table, '"')
}

/** What makes the table, under names that need no quotes where that is possible. */
export function oracleTableSql({ schema, ...names }: TableNames): string[] {
  const [table, id, data, expires] = [names.table, names.id, names.data, names.expires].map((name) =>
    quoteIdentifier(unquoted(name)),
  )
  const owner = schema === undefined ? '' : `${quoteIdentifier(unquoted(schema))}.`
  const index = quoteIdentifier(unquoted(`${names.table}_${names.expires}`))
  return [
    `create table ${owner}${table} ` +
      `(${id} varchar2(255 char) not null primary key, ${data} blob not null, ${expires} number(19))`,
    `create index ${owner}${index} on ${owner}${table} (${expires})`,
  ]
}
