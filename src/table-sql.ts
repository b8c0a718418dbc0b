import { InvalidOptionError } from './errors.ts'
import { type GivenOptions, readOptions } from './options.ts'
import { buildParts } from './store-parts.ts'

/**
 * The SQL statements that make the table for a store with these options, in their order: for whoever keeps such
 * statements in files, or does not let the program make tables. Connects to nothing.
 *
 * @throws InvalidOptionError for a driver that has no table
 */
export async function tableSql(given: GivenOptions): Promise<readonly string[]> {
  const { driver, type } = (await buildParts(readOptions(given))).plugins
  if (driver.tableSql) return driver.tableSql()
  throw new InvalidOptionError(
    `driver:${type.driver} keeps its sessions in no table. Name another driver, such as driver:SQLite`,
  )
}
