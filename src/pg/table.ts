import type { PluginOptions } from '../contracts/services.ts'
import { InvalidOptionError } from '../errors.ts'
import type { Ask } from '../sql/dialect.ts'
import { quoteIdentifier } from '../sql/identifier.ts'
import { sessionColumns } from '../sql/session-columns.ts'
import { type DataColumn, type IdColumn, qualified, type ServerTable } from '../sql/server-table.ts'
import { shortName } from '../sql/short-name.ts'
import type { TableNames } from '../sql/table-names.ts'

/** Of an entry in a B-tree index there is room for 2704 bytes, with its header. */
const indexedBytes = 2600

interface Column {
  readonly name: string
  readonly type: string
  /** As declared, with its length. */
  readonly declared: string
  /** Characters, if it is limited. */
  readonly length: number | undefined
  /** Two values are the same only if their bytes are. */
  readonly deterministic: boolean
  /** No two rows have the same value in it. */
  readonly unique: boolean
}

const describeTable = `select a.attname, t.typname, format_type(a.atttypid, a.atttypmod), a.atttypmod,
  coalesce(c.collisdeterministic, true)::text,
  exists (select 1 from pg_catalog.pg_index i where i.indrelid = a.attrelid and i.indisunique and i.indisvalid
    and i.indimmediate and i.indpred is null and i.indexprs is null and i.indnkeyatts = 1 and i.indkey[0] = a.attnum)::text,
  current_setting('server_encoding'), current_setting('client_encoding')
  from pg_catalog.pg_attribute a join pg_catalog.pg_type t on t.oid = a.atttypid
  left join pg_catalog.pg_collation c on c.oid = a.attcollation
  where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped order by a.attnum`

export async function findPgTable(
  ask: Ask,
  names: TableNames,
  { pgText, pgBytea }: PluginOptions,
): Promise<ServerTable | undefined> {
  const { rows } = await ask(describeTable, [pgTableName(names)])
  const [first] = rows as string[][]
  if (!first) return undefined
  const [serverEncoding, clientEncoding] = first.slice(-2) as [string, string]
  checkEncoding(clientEncoding)
  const columns = (rows as string[][]).map(columnIn)
  // PostgreSQL tells `Id` from `id`.
  const { id, data, expires } = sessionColumns(columns, names, Object.is)
  return {
    names,
    id: idColumn(names, id, serverEncoding),
    data: dataColumn(names, data, pgText === true, pgBytea === true),
    expires: expires?.type === 'int8' || isTimestamp(expires?.type),
    expiresForAll: isTimestamp(expires?.type),
  }
}

export function pgTableName(names: TableNames): string {
  return qualified(names, names.table, '"')
}

/**
 * What makes the table. The ids compare by their bytes: that is faster, and an index by a language's rules has to be
 * made anew when the system's rules change.
 */
export function pgTableSql(names: TableNames, { pgText, pgBytea }: PluginOptions): string[] {
  const [table, id, data, expires] = [pgTableName(names), names.id, names.data, names.expires].map(
    (name, at) => (at === 0 ? name : quoteIdentifier(name)),
  )
  const type = pgText === true && pgBytea !== true ? 'text' : 'bytea'
  const index = quoteIdentifier(indexName(names))
  // Sent as one they are done both or none.
  return [
    `create table if not exists ${table} ` +
      `(${id} text collate "C" not null primary key, ${data} ${type} not null, ${expires} bigint);\n` +
      `create index if not exists ${index} on ${table} (${expires})`,
  ]
}

/** PostgreSQL cuts names off after 63 bytes, and then it might be the table's. */
function indexName({ table, expires }: TableNames): string {
  const name = `${table}_${expires}`
  return Buffer.byteLength(name) < 64 ? name : `data_session_${shortName(name)}`
}

function columnIn([name = '', type = '', declared = '', modifier, deterministic, unique]: string[]): Column {
  // Lengths are kept with the four bytes of a header, and -1 is none.
  const length = Number(modifier) - 4
  return {
    name,
    type,
    declared,
    length: length > 0 ? length : undefined,
    deterministic: deterministic === 'true',
    unique: unique === 'true',
  }
}

/** As connect-pg-simple has it: ours are numbers. */
function isTimestamp(type: string | undefined): boolean {
  return type === 'timestamp' || type === 'timestamptz'
}

function checkEncoding(encoding: string): void {
  if (encoding === 'UTF8' || encoding === 'SQL_ASCII') return
  throw new InvalidOptionError(
    `The connection's client_encoding is ${encoding}, and pg works in UTF-8. Set it for the user with: ` +
      "alter role … set client_encoding = 'UTF8'",
  )
}

function idColumn(names: TableNames, column: Column, encoding: string): IdColumn {
  const what = `The column ${names.id} of the table ${names.table}`
  if (!['text', 'varchar', 'bpchar'].includes(column.type)) {
    throw new InvalidOptionError(`${what} is ${column.declared}; declare it text, varchar or char(32)`)
  }
  if (!column.deterministic) {
    throw new InvalidOptionError(
      `${what} has a collation that takes different ids for one; declare it collate "C"`,
    )
  }
  if (!column.unique) {
    throw new InvalidOptionError(
      `${what} is not unique by itself, so an id could be there twice; make it so with: create unique index on ` +
        `${pgTableName(names)} (${quoteIdentifier(names.id)})`,
    )
  }
  return {
    maxCharacters: column.length,
    maxBytes: indexedBytes,
    pads: column.type === 'bpchar',
    exact: true,
    binary: false,
    holds: encoding === 'UTF8' ? 'all but NUL' : 'ASCII',
  }
}

function dataColumn(names: TableNames, column: Column, pgText: boolean, pgBytea: boolean): DataColumn {
  const what = `The column ${names.data} of the table ${names.table} is ${column.declared}`
  const kinds: Readonly<Record<string, DataColumn['kind']>> = {
    bytea: 'binary',
    text: 'text',
    varchar: 'text',
    json: 'utf8',
    jsonb: 'utf8',
  }
  const forced = pgText === pgBytea ? undefined : pgText ? 'text' : 'binary'
  const kind = kinds[column.type] ?? forced
  if (kind === undefined) throw new InvalidOptionError(`${what}; declare it bytea`)
  if (forced !== undefined && kind !== forced) {
    throw new InvalidOptionError(
      `${what}, which does not go with ${pgText ? 'pgText' : 'pgBytea'}; leave that out`,
    )
  }
  // Characters, which are bytes of the image each.
  return { kind, maxBytes: undefined, type: column.declared }
}
