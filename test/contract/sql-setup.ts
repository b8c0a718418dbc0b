import type { Driver } from '../../src/contracts/driver.ts'
import type { PluginOptions } from '../../src/contracts/services.ts'
import type { DriverSetup } from '../../src/testing/index.ts'
import { builtIn } from './plugins.ts'

/** A database that a driver's contract is tested on. */
export interface Database {
  /** Options that name it. */
  options(): Promise<PluginOptions>
  /** Runs SQL as somebody who may do everything. */
  execute(sql: string): Promise<unknown>
}

/** What is handed in as `dbh`. */
export interface HandedIn {
  readonly handle: unknown
  /** After the test: uses what must be open still, and closes it. */
  end?(): Promise<unknown>
}

/** What one setup does in another way than the default. */
export interface Kind {
  readonly options?: PluginOptions
  readonly dbh?: () => Promise<HandedIn>
  /** The name of a table for this storage. */
  readonly table?: (storage: string) => string
  /** The same as SQL text, and what makes it. */
  readonly sqlTable?: (storage: string) => string
  readonly prepare?: (table: string) => string
}

/** A setup for a driver of SQL databases: a table for each storage, which everybody looks after by SQL. */
export function sqlSetup(
  driver: string,
  database: Database,
  { options, dbh, table = (name) => name, sqlTable = table, prepare }: Kind = {},
): DriverSetup {
  /** Of one case. */
  const handedIn: HandedIn[] = []
  const handle = async (make: () => Promise<HandedIn>) => {
    const made = await make()
    handedIn.push(made)
    return { dbh: made.handle }
  }
  return {
    offers: ['create', 'replace', 'removeIf', 'touch', 'purge'],
    // More than a page, and than a batch.
    records: 1100,
    create: async (context) => {
      const { storage } = context
      if (prepare) await database.execute(prepare(sqlTable(storage)))
      return builtIn<Driver>('drivers', driver, context, {
        ...(dbh ? await handle(dbh) : await database.options()),
        tableName: table(storage),
        ...options,
      })
    },
    sabotage: async (storage) => {
      await database.execute(`drop table ${sqlTable(storage)}`)
    },
    destroy: async (storage) => {
      await database.execute(`drop table if exists ${sqlTable(storage)}`)
      // The drivers are closed.
      for (const { end } of handedIn.splice(0)) await end?.()
    },
  }
}
