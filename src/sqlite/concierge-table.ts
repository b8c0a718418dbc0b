import type { TableNames } from '../sql/table-names.ts'
import { sqliteIndexSql, sqliteTableName } from './table.ts'

/** The column of Concierge::Sessions' table that has the id. */
export const ID = 'session_id'

/** The one that has the owner. */
export const OWNER_COLUMN = 'user_id'

/** The others. The image is a JSON text with the same names. */
export const plain = [OWNER_COLUMN, 'created_at', 'expires_at', 'last_updated', 'session_timeout'] as const
/** Those of which the column has the JSON. */
export const nested = ['status', 'data'] as const

/** Whether a table with these columns is one of Concierge::Sessions. */
export function isConciergeTable(columns: readonly { readonly name: string }[]): boolean {
  const names = new Set(columns.map(({ name }) => name))
  return [ID, ...plain, ...nested].every((name) => names.has(name))
}

/** What makes such a table, with the module's own types, and an index of the owners. */
export function conciergeTableSql(names: TableNames): readonly string[] {
  const columns = [
    `${ID} text primary key`,
    `${OWNER_COLUMN} text`,
    'created_at timestamp default current_timestamp',
    'expires_at timestamp',
    'last_updated timestamp',
    'session_timeout integer',
    'status json',
    'data json',
  ]
  return [
    `create table if not exists ${sqliteTableName(names)} (${columns.join(', ')})`,
    sqliteIndexSql(names, OWNER_COLUMN),
  ]
}
