import { batchSize } from '../batches.ts'
import type { Words } from './dialect.ts'
import { asNumber } from './new-row.ts'
import { type Mark, type MarkStyle, type Statement, writeStatement } from './statement.ts'

/** How many ids are listed at a time. */
export const pageSize = 1000

/** Each statement that the driver makes. */
export interface Statements {
  /** id → expires if there is the column, image */
  readonly retrieve: Statement
  readonly exists: Statement
  readonly create: Statement
  /** Missing where one statement cannot do it. */
  readonly store: Statement | undefined
  /** Writes a row that is there already. */
  readonly overwrite: Statement
  readonly remove: Statement
  /** Missing where images cannot be compared. */
  readonly conditional: ConditionalStatements | undefined
  readonly list: Paged
  /** Only for a table with the column. */
  readonly expiry: ExpiryStatements | undefined
}

/** The first page, and those after it. */
export interface Paged {
  readonly first: Statement
  readonly next: Statement
}

export interface ConditionalStatements {
  readonly replace: Statement
  readonly removeIf: Statement
  /** Finds the row if its image is the expected one. */
  readonly unchanged: Statement
}

export interface ExpiryStatements {
  readonly touch: Statement
  /** Without a time of expiry. */
  readonly unknown: Paged
  /** id, expires: what has expired, in that order. */
  readonly expired: Paged
  /** One batch. */
  readonly purge: Statement
}

/**
 * Pages go by the column's own order, whatever that is: the server alone compares, and as no two ids are the same to
 * it, none is skipped or given twice.
 */
export function writeStatements(style: MarkStyle, words: Words): Statements {
  const { table, id, data, expires, readId, readImage, isId, isImage, newImage } = words
  const { readExpires = expires, newExpires = asNumber } = words
  const write = (name: string, text: (mark: Mark) => string) => writeStatement(style, name, text)
  const read = (name: string, text: (mark: Mark) => string) =>
    writeStatement(style, name, text, { reads: true })
  const update = (mark: Mark) =>
    `update ${table} set ${data} = ${newImage(mark)}${expires ? `, ${expires} = ${newExpires(mark('expires'))}` : ''}`
  const page = `order by ${id} ${words.limit(pageSize)}`
  const { store } = words
  return {
    // The image last: the package odbc loses what comes after a long one.
    retrieve: read(
      'retrieve',
      words.retrieve ??
        ((mark) =>
          `select ${expires ? `${readExpires} as expires, ` : ''}${readImage} as image from ${table} where ${isId(mark)}`),
    ),
    exists: read('exists', (mark) => `select 1 as found from ${table} where ${isId(mark)}`),
    create: write('create', (mark) => words.create(mark)),
    store: store && write('store', store),
    overwrite: write('overwrite', (mark) => `${update(mark)} where ${isId(mark)}`),
    remove: write('remove', (mark) => `delete from ${table} where ${isId(mark)}`),
    conditional: isImage && {
      replace: write('replace', (mark) => `${update(mark)} where ${isId(mark)} and ${isImage(mark)}`),
      removeIf: write('remove-if', (mark) => `delete from ${table} where ${isId(mark)} and ${isImage(mark)}`),
      unchanged: read(
        'unchanged',
        (mark) => `select 1 as found from ${table} where ${isId(mark)} and ${isImage(mark)}`,
      ),
    },
    list: {
      first: read('ids', () => `select ${readId} as id from ${table} ${page}`),
      next: read(
        'ids-after',
        (mark) => `select ${readId} as id from ${table} where ${id} > ${mark('afterId')} ${page}`,
      ),
    },
    expiry: expires ? writeExpiry(style, words, expires) : undefined,
  }
}

function writeExpiry(style: MarkStyle, words: Words, expires: string): ExpiryStatements {
  const { table, id, readId, readExpires = expires, newExpires = asNumber } = words
  const read = (name: string, text: (mark: Mark) => string) =>
    writeStatement(style, name, text, { reads: true })
  const unknown = `select ${readId} as id from ${table} where ${expires} is null`
  // Without a name for the second column, which `order by` might take for the column itself.
  const expired = `select ${readId} as id, ${readExpires} from ${table} where ${expires} <`
  const limit = words.limit(pageSize)
  return {
    touch: writeStatement(
      style,
      'touch',
      (mark) => `update ${table} set ${expires} = ${newExpires(mark('expires'))} where ${words.isId(mark)}`,
      { repeatable: true },
    ),
    unknown: {
      first: read('unknown', () => `${unknown} order by ${id} ${limit}`),
      next: read(
        'unknown-after',
        (mark) => `${unknown} and ${id} > ${mark('afterId')} order by ${id} ${limit}`,
      ),
    },
    expired: {
      first: read(
        'expired',
        (mark) => `${expired} ${newExpires(mark('now'))} order by ${expires}, ${id} ${limit}`,
      ),
      // Databases use the index for a bound on the column, and not for one on a pair of columns.
      next: read(
        'expired-after',
        (mark) =>
          `${expired} ${newExpires(mark('now'))} and ${expires} >= ${newExpires(mark('afterExpires'))} ` +
          `and (${expires} > ${newExpires(mark('afterExpires'))} or ${id} > ${mark('afterId')}) ` +
          `order by ${expires}, ${id} ${limit}`,
      ),
    },
    purge: writeStatement(style, 'purge', (mark) => words.purge(mark, batchSize)),
  }
}
