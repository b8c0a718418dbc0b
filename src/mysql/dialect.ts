import { isUtf8 } from 'node:buffer'
import type { Dialect, Words } from '../sql/dialect.ts'
import { quoteIdentifier } from '../sql/identifier.ts'
import type { ServerTable } from '../sql/server-table.ts'
import type { Mark } from '../sql/statement.ts'
import { mysqlServer } from './links.ts'
import { findMysqlTable, mysqlTableName, mysqlTableSql } from './table.ts'

const duplicate = 1062
const deadlock = 1213
/** MariaDB's: the row is no longer what the statement saw at its beginning. */
const changedMeanwhile = 1020

const advices: Readonly<Record<number, string>> = {
  1040: 'The server has no more connections; set a smaller dataSourceAttrs.connectionLimit',
  1045: 'Check the options username and password',
  1046: 'Name the database in dataSource, or give tableName as database.table',
  1049: 'Make the database first',
  1062: 'The column for the ids takes two different ids for one; declare it varbinary(255), or collate utf8mb4_bin',
  1142: 'The user may not do this; grant it',
  1146: 'The table was there when the store was opened',
  1153: "The server's max_allowed_packet is too small for this session",
  3057: 'The name of the lock (option lockName) is too long',
  1205: 'Something else holds a lock for too long (option timeout)',
}

export const mysqlDialect: Dialect = {
  product: 'MySQL',
  marks: 'question',
  textHoldsNul: true,
  perlReadsTextAsBytes: true,
  connect: mysqlServer,
  findTable: findMysqlTable,
  tableSql: mysqlTableSql,
  words: mysqlWords,
  lockWords: { take: 'select get_lock(?, ?)', release: 'do release_lock(?)' },
  // A copy, as what mysql2 gives is a part of what came over the connection.
  readBytes: (value) => Buffer.from(value as Uint8Array),
  readId: (value, { id }) => idIn(value, id.pads),
  isDuplicate: (error) => errnoOf(error) === duplicate,
  isUndone: (error) => errnoOf(error) === deadlock || errnoOf(error) === changedMeanwhile,
  advice: (error) => advices[errnoOf(error)],
}

function errnoOf(error: unknown): number {
  return Number((Object(error) as { errno?: unknown }).errno)
}

function idIn(value: unknown, pads: boolean): string | undefined {
  if (Buffer.isBuffer(value)) return isUtf8(value) ? value.toString() : undefined
  return pads ? String(value).replace(/ +$/, '') : String(value)
}

function mysqlWords({ names, id: idColumn, data: { kind, type }, expires: expiring }: ServerTable): Words {
  const [id, data, expiry] = [names.id, names.data, names.expires].map((name) =>
    quoteIdentifier(name, '`'),
  ) as [string, string, string]
  const expires = expiring ? expiry : undefined
  const table = mysqlTableName(names)
  const whole = `coalesce(${data}, '')`
  const bytes = /blob|binary/.test(type) ? whole : `cast(${whole} as binary)`
  const text = `convert(${whole} using utf8mb4)`
  const insert = (mark: Mark) =>
    `insert into ${table} (${id}, ${data}${expires ? `, ${expires}` : ''}) ` +
    `values (${mark('id')}, ${mark('image')}${expires ? `, ${mark('expires')}` : ''})`
  const update = [data, expires]
    .filter((name) => name !== undefined)
    .map((name) => `${name} = values(${name})`)
  return {
    table,
    id,
    data,
    expires,
    readId: id,
    readImage: kind === 'text' ? text : bytes,
    newImage: (mark) => mark('image'),
    // The first condition finds the row by the index, the second is exact.
    isId: (mark) =>
      idColumn.exact
        ? `${id} = ${mark('id')}`
        : `${id} = ${mark('id')} and cast(${id} as binary) = cast(${mark('id')} as binary)`,
    isImage: (mark) =>
      kind === 'text'
        ? `cast(${text} as binary) in (cast(${mark('expected')} as binary), cast(${mark('expectedText')} as binary))`
        : `${bytes} = ${mark('expected')}`,
    create: insert,
    store: idColumn.exact
      ? (mark) => `${insert(mark)} on duplicate key update ${update.join(', ')}`
      : undefined,
    purge: (mark, limit) =>
      `delete from ${table} where ${expires ?? 'null'} < ${mark('now')} order by ${expires ?? 'null'} limit ${limit}`,
    limit: (rows) => `limit ${rows}`,
  }
}
