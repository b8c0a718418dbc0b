import type { PluginOptions } from '../contracts/services.ts'
import { InvalidOptionError } from '../errors.ts'

/** Which table holds the sessions, and in which columns. Plain names: quote them before they go into SQL. */
export interface TableNames {
  /** The schema, if the option `tableName` has one in front: `app.sessions`. */
  readonly schema: string | undefined
  /** `sessions` unless the option says otherwise, as in Data::Session and CGI::Session; so are the next two. */
  readonly table: string
  /** `id` */
  readonly id: string
  /** `a_session` */
  readonly data: string
  /** `expires`. The tables of the Perl modules do not have this column. */
  readonly expires: string
}

/**
 * Reads the options `tableName`, `idColName`, `dataColName` and `expiresColName`. A dot in `tableName` parts schema
 * and table; every other character is part of the name. Throws `InvalidOptionError` for a name that no database can
 * have, and when two columns are one.
 */
export function readTableNames(options: PluginOptions): TableNames {
  const [table, schema, ...more] = readName(options, 'tableName', 'sessions').split('.').toReversed()
  if (!table || schema === '' || more.length > 0) {
    throw new InvalidOptionError("tableName must be a table's name, or schema.table")
  }
  const names = {
    schema,
    table,
    id: readName(options, 'idColName', 'id'),
    data: readName(options, 'dataColName', 'a_session'),
    expires: readName(options, 'expiresColName', 'expires'),
  }
  if (new Set([names.id, names.data, names.expires].map(lowerCased)).size < 3) {
    throw new InvalidOptionError('idColName, dataColName and expiresColName must be three different columns')
  }
  return names
}

/** Databases compare names without regard to case, at least when they were not quoted at their making. */
export function sameName(one: string, other: string): boolean {
  return lowerCased(one) === lowerCased(other)
}

function lowerCased(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

const impossibleInName = /[\0\p{Surrogate}]/u

function readName(options: PluginOptions, option: string, byDefault: string): string {
  const name = options[option] ?? byDefault
  if (typeof name !== 'string' || name === '' || impossibleInName.test(name)) {
    throw new InvalidOptionError(`${option} must be a name: some text without NUL characters`)
  }
  return name
}
