import type { TableNames } from '../sql/table-names.ts'
import { isConciergeTable, OWNER_COLUMN, prepareConciergeStatements } from './concierge-statements.ts'
import type { Connection } from './connection.ts'
import { prepareStatements, type Statements } from './statements.ts'
import { columnsOf, openTable, sqliteIndexSql, sqliteTableName } from './table.ts'

/**
 * The statements for a table as it is, which is made if it is not there.
 *
 * @throws InvalidOptionError
 * @throws MissingStorageError if it is not there and `mustExist`
 */
export function openStatements(connection: Connection, names: TableNames, mustExist: boolean): Statements {
  const columns = columnsOf(connection, names)
  return isConciergeTable(columns)
    ? prepareConciergeStatements(
        connection,
        sqliteTableName(names),
        mustExist ? undefined : sqliteIndexSql(names, OWNER_COLUMN),
      )
    : prepareStatements(connection, openTable(connection, names, columns, mustExist))
}
