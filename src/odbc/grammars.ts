import { mysqlDialect } from '../mysql/dialect.ts'
import { mysqlWords } from '../mysql/words.ts'
import { pgDialect } from '../pg/dialect.ts'
import { findPgTable } from '../pg/table.ts'
import { pgWords } from '../pg/words.ts'
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
    return { ...words, readImage: `coalesce(${words.data}, '')` }
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
    // As bytes: what Perl wrote may have a NUL, where the package odbc would end.
    return { ...words, readImage: `cast(${words.readImage} as binary)` }
  },
  readBytes,
}

/** How each kind of database is spoken to. */
export const grammars: Readonly<Record<Product, () => Grammar>> = {
  PostgreSQL: () => pgGrammar,
  MySQL: () => mysqlGrammar,
  SQLite: () => sqliteGrammar,
  other: portableGrammar,
}
