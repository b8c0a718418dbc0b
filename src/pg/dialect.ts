import type { Dialect, Words } from '../sql/dialect.ts'
import { quoteIdentifier } from '../sql/identifier.ts'
import type { ServerTable } from '../sql/server-table.ts'
import type { Mark } from '../sql/statement.ts'
import { pgServer } from './links.ts'
import { findPgTable, pgTableName, pgTableSql } from './table.ts'

const advices: Readonly<Record<string, string>> = {
  '08P01': 'If there is a pooler in between, it may refuse statement_timeout: set it to 0 in dataSourceAttrs',
  '22001': 'The column is too short',
  '25P02': 'The transaction on the connection in the option dbh has failed; end it',
  '28P01': 'Check the options username and password',
  '3D000': 'Make the database first',
  '42501': 'The user may not do this; grant it',
  '42P01': 'The table was there when the store was opened',
  '53300': 'The server has no more connections; set a smaller dataSourceAttrs.max',
  '57014': 'Something else holds a lock for too long (option timeout)',
}

export const pgDialect: Dialect = {
  product: 'PostgreSQL',
  marks: 'dollar',
  textHoldsNul: false,
  perlReadsTextAsBytes: false,
  connect: pgServer,
  findTable: findPgTable,
  tableSql: pgTableSql,
  words: pgWords,
  readBytes: (value) => Buffer.from(value as string, 'base64'),
  readId: (value) => value as string,
  // Its inserts give way by themselves.
  isDuplicate: () => false,
  isUndone: (error) => codeOf(error) === '40P01' || codeOf(error) === '40001',
  advice: (error) => advices[codeOf(error)],
}

function codeOf(error: unknown): string {
  return String((Object(error) as { code?: unknown }).code)
}

function pgWords({ names, data: { kind }, expires: expiring }: ServerTable): Words {
  const table = pgTableName(names)
  const id = quoteIdentifier(names.id)
  const data = quoteIdentifier(names.data)
  const expires = expiring ? quoteIdentifier(names.expires) : undefined
  const image = `coalesce(${data}, '')`
  const insert = (mark: Mark) =>
    `insert into ${table} (${id}, ${data}${expires ? `, ${expires}` : ''}) ` +
    `values (${mark('id')}, ${mark('image')}${expires ? `, ${mark('expires')}` : ''}) on conflict (${id}) do`
  return {
    table,
    id,
    data,
    expires,
    // As text, char(32) has no blanks at the end.
    readId: `${id}::text`,
    // pg reads values as text only; of those for bytes this one is the shortest, and the same with all settings.
    readImage: kind === 'text' ? image : `encode(${image}, 'base64')`,
    newImage: (mark) => mark('image'),
    isId: (mark) => `${id} = ${mark('id')}`,
    isImage: (mark) =>
      kind === 'text'
        ? `${image} in (${mark('expected')}::text, ${mark('expectedText')}::text)`
        : `${image} = ${mark('expected')}`,
    create: (mark) => `${insert(mark)} nothing`,
    store: (mark) =>
      `${insert(mark)} update set ${data} = excluded.${data}${expires ? `, ${expires} = excluded.${expires}` : ''}`,
    // By the place of the row, as there is no limit to a delete; a row that was written meanwhile has another place.
    purge: (mark, limit) =>
      `delete from ${table} where ctid = any(array(` +
      `select ctid from ${table} where ${expires ?? 'null'} < ${mark('now')} limit ${limit}))`,
    limit: (rows) => `limit ${rows}`,
  }
}
