import type { Dialect } from '../sql/dialect.ts'
import { pgServer } from './links.ts'
import { findPgTable, pgTableSql } from './table.ts'
import { pgWords } from './words.ts'

const advices: Readonly<Record<string, string>> = {
  '08P01': 'If there is a pooler in between, it may refuse statement_timeout: set it to 0 in dataSourceAttrs',
  '22001': 'The column is too short',
  '22P02': 'The column takes JSON only: use serialize:JSON',
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
