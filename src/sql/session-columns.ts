import { InvalidOptionError } from '../errors.ts'
import { sameName, type TableNames } from './table-names.ts'

/** The columns of a table that a session is in. */
export interface SessionColumns<Column> {
  readonly id: Column
  readonly data: Column
  /** The tables of the Perl modules do not have it. */
  readonly expires: Column | undefined
}

/**
 * Finds them among all that the table has.
 *
 * @throws InvalidOptionError when one is missing, naming those that are there
 */
export function sessionColumns<Column extends { readonly name: string }>(
  columns: readonly Column[],
  names: TableNames,
  isSame: (one: string, other: string) => boolean = sameName,
): SessionColumns<Column> {
  const find = (name: string) => columns.find((column) => isSame(column.name, name))
  const id = find(names.id)
  const data = find(names.data)
  if (id && data) return { id, data, expires: find(names.expires) }
  const there = columns.map(({ name }) => name).join(', ')
  throw new InvalidOptionError(
    `The table ${names.table} has no column ${id ? names.data : names.id}; it has ${there}`,
  )
}
