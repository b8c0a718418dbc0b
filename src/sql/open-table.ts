import type { PluginOptions } from '../contracts/services.ts'
import { MissingStorageError, SessionError } from '../errors.ts'
import type { Ask, Dialect } from './dialect.ts'
import { serverError } from './server-error.ts'
import type { ServerTable } from './server-table.ts'
import type { TableNames } from './table-names.ts'

/**
 * Finds the table, or makes it. One that is there already, such as Data::Session's or CGI::Session's, is used as it is.
 *
 * @throws InvalidOptionError when it cannot hold sessions
 * @throws MissingStorageError when it is not there and must be
 * @throws StorageError when it is not there and cannot be made, with the SQL that would make it
 */
export async function openServerTable(
  dialect: Dialect,
  ask: Ask,
  names: TableNames,
  options: PluginOptions,
): Promise<ServerTable> {
  const there = await dialect.findTable(ask, names, options)
  if (there) return there
  if (options['mustExist'] === true) throw new MissingStorageError(`The table ${names.table} is not there`)
  const sql = dialect.tableSql(names, options)
  const failure = await makeTable(ask, sql)
  // Somebody else may have made it at the same time, at which some databases fail whatever one says.
  const made = await dialect.findTable(ask, names, options)
  if (made) return made
  const advice = `Make the table yourself: ${sql.join('; ')}`
  throw serverError(`The table ${names.table} is not there, and cannot be made`, failure, advice)
}

async function makeTable(ask: Ask, sql: readonly string[]): Promise<unknown> {
  try {
    for (const text of sql) await ask(text)
    return 'it was made and is not to be found'
  } catch (error) {
    // A server that does not answer is another matter.
    if (error instanceof SessionError) throw error
    return error
  }
}
