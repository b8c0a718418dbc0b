import type { TableNames } from '../sql/table-names.ts'
import { prepareConciergeStatements } from './concierge-statements.ts'
import { conciergeTableSql, isConciergeTable, OWNER_COLUMN } from './concierge-table.ts'
import type { Connection } from './connection.ts'
import { prepareStatements, type Statements } from './statements.ts'
import { columnsOf, createTable, openTable, sqliteIndexSql, sqliteTableName } from './table.ts'

/** What a table is like that is made: with a column for the image, or with those of Concierge::Sessions. */
export type TableLayout = 'image' | 'Concierge'

/**
 * The statements for a table as it is, which is made if it is not there.
 *
 * @throws InvalidOptionError
 * @throws MissingStorageError if it is not there and `mustExist`
 */
export function openStatements(
  connection: Connection,
  names: TableNames,
  { mustExist, tableLayout }: { readonly mustExist: boolean; readonly tableLayout: TableLayout },
): Statements {
  let columns = columnsOf(connection, names)
  if (columns.length === 0 && !mustExist && tableLayout === 'Concierge') {
    createTable(connection, conciergeTableSql(names))
    columns = columnsOf(connection, names)
  }
  return isConciergeTable(columns)
    ? prepareConciergeStatements(
        connection,
        sqliteTableName(names),
        mustExist ? undefined : sqliteIndexSql(names, OWNER_COLUMN),
      )
    : prepareStatements(connection, openTable(connection, names, columns, mustExist))
}
