import { isUtf8 } from 'node:buffer'
import type { Dialect } from '../sql/dialect.ts'
import { mysqlServer } from './links.ts'
import { findMysqlTable, mysqlTableSql } from './table.ts'
import { mysqlWords } from './words.ts'

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
  lockWords: {
    take: 'select get_lock(?, ?)',
    release: 'do release_lock(?)',
    isOurs: 'select is_used_lock(?) = connection_id()',
  },
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
