import type { Ask } from '../sql/dialect.ts'
import type { Answer } from '../sql/link.ts'
import type { Keywords } from './connection-string.ts'
import { OdbcFailure } from './failure.ts'

/** What may be behind an ODBC driver. MariaDB counts as MySQL. */
export type Product = 'PostgreSQL' | 'MySQL' | 'SQLite' | 'other'

/** Which database this is, by what it answers. */
export async function productBehind(ask: Ask): Promise<Product> {
  // The first question fails neither in PostgreSQL, where a failure would end a transaction, nor in MySQL.
  const answer = await tryTo(ask, 'select version()')
  const version = (answer?.rows[0]?.[0] ?? '') as string
  // Redshift says that it is PostgreSQL 8.
  if (/^PostgreSQL (?!8)/.test(version)) return 'PostgreSQL'
  if (/^\d+\.\d+\.\d+/.test(version)) return 'MySQL'
  return version === '' && (await tryTo(ask, 'select sqlite_version()')) ? 'SQLite' : 'other'
}

/** Which one it is likely to be, by the ODBC driver's name; `undefined` if only a data source is named. */
export function productInName(keywords: Keywords): Product | undefined {
  const driver = keywords.get('driver')?.value ?? ''
  if (/postgres|psqlodbc/i.test(driver)) return 'PostgreSQL'
  if (/maria|mysql|maodbc|myodbc/i.test(driver)) return 'MySQL'
  return /sqlite/i.test(driver) ? 'SQLite' : undefined
}

/** `undefined` if the database does not understand that, or has no such thing. */
export async function tryTo(ask: Ask, ...question: Parameters<Ask>): Promise<Answer | undefined> {
  try {
    return await ask(...question)
  } catch (error) {
    if (error instanceof OdbcFailure && error.code !== '' && !error.isLost) return undefined
    throw error
  }
}
