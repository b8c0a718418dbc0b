import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Connection, OdbcModule } from '../../src/odbc/client.ts'
import { isMissing } from '../services/index.ts'

/** What Debian calls the ODBC drivers. */
export const odbcDrivers = {
  sqlite: 'SQLite3',
  postgres: 'PostgreSQL Unicode',
  mariadb: 'MariaDB Unicode',
} as const

/** The package `odbc`, which is no dependency of this one: also from where NODE_PATH says. */
export const odbcPackage = findPackage()

/** What of all that a test needs is not installed, if nobody asked for all tests. */
export function missingForOdbc(database: keyof typeof odbcDrivers): string | undefined {
  if (process.env['CI_REQUIRE_ALL'] === '1') return undefined
  if (!odbcPackage) return 'the package odbc'
  if (!drivers().includes(`[${odbcDrivers[database]}]`)) return `the ODBC driver ${odbcDrivers[database]}`
  return database !== 'sqlite' && isMissing(database) ? database : undefined
}

/** A connection as a program may open it. */
export async function connect(connectionString: string): Promise<Connection> {
  if (!odbcPackage) throw new Error('The package odbc is not installed, and this test needs it')
  return odbcPackage.connect({ connectionString, loginTimeout: 20 })
}

/** The same connection to a database that does not say what it is. */
export function incognito(connection: Connection): Connection {
  return {
    query: (sql, values, options) => connection.query(sql.replace(/version\(\)/, 'who()'), values, options),
    primaryKeys: (...place) => connection.primaryKeys(...place),
    close: () => connection.close(),
  }
}

interface WholeModule extends OdbcModule {
  pool(options: Readonly<Record<string, unknown>>): Promise<unknown>
}

function findPackage(): WholeModule | undefined {
  try {
    return createRequire(import.meta.url)('odbc') as WholeModule
  } catch {
    return undefined
  }
}

function drivers(): string[] {
  try {
    return readFileSync('/etc/odbcinst.ini', 'utf8').split('\n')
  } catch {
    return []
  }
}
