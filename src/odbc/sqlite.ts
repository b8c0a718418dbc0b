import { InvalidOptionError } from '../errors.ts'
import type { Ask, Words } from '../sql/dialect.ts'
import { quoteIdentifier } from '../sql/identifier.ts'
import { newRow } from '../sql/new-row.ts'
import { qualified, type ServerTable } from '../sql/server-table.ts'
import { sessionColumns } from '../sql/session-columns.ts'
import type { Mark } from '../sql/statement.ts'
import type { TableNames } from '../sql/table-names.ts'
import { keepsText } from '../sqlite/table.ts'
import type { OdbcFailure } from './failure.ts'
import { type Grammar, readBytes } from './grammar.ts'

/** What another connection may let go of: SQLITE_BUSY, SQLITE_LOCKED. */
const held = [5, 6]

interface Column {
  readonly name: string
  readonly type: string
}

/** SQLite, with regard to what its ODBC driver makes of the types of columns. */
export const sqliteGrammar: Grammar = {
  product: 'SQLite',
  textHoldsNul: true,
  perlReadsTextAsBytes: false,
  findTable,
  tableSql,
  words,
  readBytes: (value) => (typeof value === 'string' ? Buffer.from(value, 'hex') : readBytes(value)),
  readId: (value) => value as string,
  // Its inserts give way by themselves.
  isDuplicate: () => false,
  isUndone: (error) => held.includes((error as Partial<OdbcFailure>).errno ?? 0),
  advice: () => undefined,
}

async function findTable(ask: Ask, names: TableNames): Promise<ServerTable | undefined> {
  const { table, schema = 'main' } = names
  const { rows } = await ask('select name, type from pragma_table_xinfo(?, ?)', [table, schema])
  if (rows.length === 0) return undefined
  const columns = rows.map(([name, type]) => ({ name, type: type ?? '' }) as Column)
  const { id, data, expires } = sessionColumns(columns, names)
  await checkIdColumn(ask, names, id)
  const [, characters] = /\(\s*(\d+)\s*\)/.exec(id.type) ?? []
  return {
    names,
    id: {
      // SQLite would take more, and its ODBC driver then cuts them off.
      maxCharacters: characters === undefined ? undefined : Number(characters),
      maxBytes: Infinity,
      pads: false,
      exact: true,
      binary: false,
      holds: 'all but NUL',
    },
    data: { kind: 'binary', maxBytes: undefined, type: data.type },
    expires: expires !== undefined && /int/i.test(expires.type),
  }
}

async function checkIdColumn(ask: Ask, names: TableNames, { name, type }: Column): Promise<void> {
  const what = `The column ${names.id} of the table ${names.table}`
  if (!keepsText(type)) {
    throw new InvalidOptionError(
      `${what} is declared ${type}, which turns some ids into numbers; declare it text or char(32)`,
    )
  }
  const { table, schema = 'main' } = names
  const columnsOf = `select group_concat(c.name || ' ' || upper(c.coll)) from pragma_index_xinfo(i.name, ?) c where c.key = 1`
  const { rows } = await ask(
    `select 1 as found from pragma_index_list(?, ?) i where i."unique" = 1 and i.partial = 0 and (${columnsOf}) = ?`,
    [table, schema, schema, `${name} BINARY`],
  )
  if (rows.length > 0) return
  throw new InvalidOptionError(
    `${what} is not unique by itself, byte by byte, so an id could be there twice; make it so with: create unique index ` +
      `${quoteIdentifier(`${table}_${names.id}`)} on ${qualified(names, table, '"')} (${quoteIdentifier(names.id)} collate binary)`,
  )
}

/** `longvarbinary` is for the ODBC driver, `blob` for SQLite, which keeps such values as they are. */
function tableSql(names: TableNames): string[] {
  const [id, data, expires] = [names.id, names.data, names.expires].map((name) => quoteIdentifier(name))
  const index = qualified(names, `${names.table}_${names.expires}`, '"')
  return [
    `create table if not exists ${qualified(names, names.table, '"')} ` +
      `(${id} text not null primary key, ${data} longvarbinary blob not null, ${expires} bigint)`,
    `create index if not exists ${index} on ${quoteIdentifier(names.table)} (${expires})`,
  ]
}

function words({ names, data: { type }, expires: expiring }: ServerTable): Words {
  const table = qualified(names, names.table, '"')
  const [id, data] = [quoteIdentifier(names.id), quoteIdentifier(names.data)]
  const expires = expiring ? quoteIdentifier(names.expires) : undefined
  const image = `coalesce(cast(${data} as blob), x'')`
  // Others than Node read a text from a column for text.
  const newImage = (mark: Mark) =>
    /char|clob|text/i.test(type) ? `cast(${mark('image')} as text)` : mark('image')
  const insert = (mark: Mark) =>
    `insert into ${table} ${newRow({ id, data, expires, newImage }, mark)} on conflict (${id}) do`
  return {
    table,
    id,
    data,
    expires,
    readId: id,
    // The ODBC driver takes an integer for one of 32 bits, without a word.
    ...(expires && { readExpires: `cast(${expires} as text)` }),
    readImage: data,
    // Neither does it tell that it reads no more than 255 bytes of what it does not know for a long value. Columns of a union are to it what those of the first select are declared as: here long texts.
    ...(!/^longvarbinary/i.test(type) && {
      retrieve: (mark: Mark) =>
        `select ${expires ? 'sql as expires, ' : ''}sql as image from sqlite_master where 0 union all ` +
        `select ${expires ? `${expires}, ` : ''}hex(${data}) from ${table} where ${id} = ${mark('id')}`,
    }),
    newImage,
    isId: (mark) => `${id} = ${mark('id')}`,
    isImage: (mark) => `${image} = ${mark('expected')}`,
    create: (mark) => `${insert(mark)} nothing`,
    store: (mark) =>
      `${insert(mark)} update set ${data} = excluded.${data}${expires ? `, ${expires} = excluded.${expires}` : ''}`,
    purge: (mark, limit) =>
      `delete from ${table} where rowid in ` +
      `(select rowid from ${table} where ${expires ?? 'null'} < ${mark('now')} limit ${limit})`,
    limit: (rows) => `limit ${rows}`,
  }
}
