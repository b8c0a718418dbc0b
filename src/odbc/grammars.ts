import { mysqlDialect } from '../mysql/dialect.ts'
import { mysqlWords } from '../mysql/words.ts'
import { pgDialect } from '../pg/dialect.ts'
import { findPgTable } from '../pg/table.ts'
import { pgWords } from '../pg/words.ts'
import type { Words } from '../sql/dialect.ts'
import type { DataColumn } from '../sql/server-table.ts'
import type { Mark } from '../sql/statement.ts'
import { type Grammar, readBytes } from './grammar.ts'
import { portableGrammar } from './portable.ts'
import type { Product } from './products.ts'
import { sqliteGrammar } from './sqlite.ts'

/** Of PostgreSQL and MySQL their own drivers' words, but for what ODBC gives as it is. */
const pgGrammar: Grammar = {
  ...pgDialect,
  findTable: (ask, names, options) =>
    findPgTable((sql, values) => ask(sql.replace('$1', '?'), values), names, options),
  words: (table) => {
    const words = pgWords(table)
    // An expression takes psqlodbc a quarter longer, and null is read as no bytes.
    return { ...words, readImage: words.data }
  },
  readBytes,
}

const mysqlGrammar: Grammar = {
  ...mysqlDialect,
  // A text is bound with a NUL at its end.
  textHoldsNul: false,
  countsChangesOnly: true,
  words: (table) => {
    const words = mysqlWords(table)
    // Text as bytes: what Perl wrote may have a NUL, where the package odbc would end.
    const readImage = isOfBytes(table.data) ? words.data : `cast(${words.readImage} as binary)`
    return asBytes({ ...words, readImage }, table.data)
  },
  readBytes,
}

function isOfBytes({ type }: DataColumn): boolean {
  return /blob|binary/.test(type)
}

/** Bytes for a column of text in latin1: as they are bound, MySQL would take them for characters of the connection. */
function asBytes(words: Words, column: DataColumn): Words {
  if (column.kind === 'text' || isOfBytes(column)) return words
  const { store, isImage } = words
  const wrapped =
    (mark: Mark): Mark =>
    (value) => {
      if (value === 'image') return `convert(unhex(hex(${mark(value)})) using latin1)`
      return value === 'expected' ? `unhex(hex(${mark(value)}))` : mark(value)
    }
  return {
    ...words,
    newImage: (mark) => words.newImage(wrapped(mark)),
    create: (mark) => words.create(wrapped(mark)),
    store: store && ((mark) => store(wrapped(mark))),
    isImage: isImage && ((mark) => isImage(wrapped(mark))),
  }
}

/** How each kind of database is spoken to. */
export const grammars: Readonly<Record<Product, () => Grammar>> = {
  PostgreSQL: () => pgGrammar,
  MySQL: () => mysqlGrammar,
  SQLite: () => sqliteGrammar,
  other: portableGrammar,
}
