import type { Connection, Statement } from './connection.ts'
import type { SessionTable } from './table.ts'

/** Each statement that the driver makes, prepared, with the order of its values. */
export interface Statements {
  /** id → image, expires */
  readonly retrieve: Statement
  /** id → a row if there is one */
  readonly exists: Statement
  /** id, image[, expires] */
  readonly store: Statement
  /** id, image[, expires] */
  readonly create: Statement
  /** image[, expires], id, expected */
  readonly replace: Statement
  /** id */
  readonly remove: Statement
  /** id, expected */
  readonly removeIf: Statement
  /** UTF-8 of the first id, how many → ids, last */
  readonly list: Statement
  /** Only for a table that has the owner in a column: the ids of an owner's sessions, in the order of their making. */
  readonly idsOf: ((owner: string) => readonly string[]) | undefined
  /** Only for a table with the column. */
  readonly expiry: ExpiryStatements | undefined
}

export interface ExpiryStatements {
  /** expires, id, expires */
  readonly touch: Statement
  /** now, how many */
  readonly purge: Statement
  /** rowid, how many → ids, last: what has no time of expiry, after that rowid */
  readonly listUnknown: Statement
  /** now, expires, rowid, how many → rows of id, expires, place: what has expired, after that pair */
  readonly listExpired: Statement
}

/** An image to bind. Node 22 makes null of one that has no bytes. */
const boundImage = "coalesce(?, x'')"

/**
 * Text columns are never read as such: libsql ends the process at text that is not UTF-8, which Perl may have written,
 * and libsql and Node 22 cut it off at NUL. So images and ids are read as blobs, and ids a page at a time as one JSON
 * text, which is also several times faster than as many rows.
 */
export function prepareStatements(connection: Connection, table: SessionTable): Statements {
  const { name, id, data, expires } = table
  const image = `coalesce(cast(${data} as blob), x'')`
  const columns = `${id}, ${data}${expires ? `, ${expires}` : ''}`
  const values = `?, ${boundImage}${expires ? ', ?' : ''}`
  const unchanged = `where ${id} = ? and ${image} = ${boundImage}`
  const insert = `insert into ${name} (${columns}) values (${values}) on conflict (${id}) do`
  const all = {
    retrieve: `select ${image} as image, ${expires ?? 'null'} as expires from ${name} where ${id} = ?`,
    exists: `select 1 from ${name} where ${id} = ?`,
    store: `${insert} update set ${data} = excluded.${data}${expires ? `, ${expires} = excluded.${expires}` : ''}`,
    create: `${insert} nothing`,
    replace: `update ${name} set ${data} = ${boundImage}${expires ? `, ${expires} = ?` : ''} ${unchanged}`,
    remove: `delete from ${name} where ${id} = ?`,
    removeIf: `delete from ${name} ${unchanged}`,
    list: listSql(name, id),
  }
  return {
    ...prepareAll(connection, all),
    idsOf: undefined,
    expiry: expires ? prepareExpiry(connection, table, expires) : undefined,
  }
}

// Every blob is greater than every text: the second bound keeps out ids that are no text, which JSON cannot hold.
export function listSql(table: string, id: string): string {
  return (
    'select cast(json_group_array(id) as blob) as ids, cast(max(id) as blob) as last from ' +
    `(select ${id} as id from ${table} ` +
    `where ${id} >= cast(${boundImage} as text) and ${id} < x'' order by ${id} limit ?)`
  )
}

function prepareExpiry(
  connection: Connection,
  { name, id }: SessionTable,
  expires: string,
): ExpiryStatements {
  return prepareAll(connection, {
    touch: `update ${name} set ${expires} = ? where ${id} = ? and ${expires} is not ?`,
    purge: `delete from ${name} where rowid in (select rowid from ${name} where ${expires} < ? limit ?)`,
    // Rowids have more digits than numbers in JavaScript.
    listUnknown:
      'select cast(json_group_array(id) as blob) as ids, cast(max(place) as text) as last from ' +
      `(select ${id} as id, rowid as place from ${name} ` +
      `where ${expires} is null and rowid > ? and typeof(${id}) = 'text' order by rowid limit ?)`,
    listExpired:
      `select cast(${id} as blob) as id, ${expires} as expires, cast(rowid as text) as place from ${name} ` +
      `where ${expires} < ? and (${expires}, rowid) > (?, ?) and typeof(${id}) = 'text' ` +
      `order by ${expires}, rowid limit ?`,
  })
}

export function prepareAll<Name extends string>(
  connection: Connection,
  texts: Readonly<Record<Name, string>>,
): Record<Name, Statement> {
  const statements = Object.entries<string>(texts).map(([name, sql]) => [name, connection.prepare(sql)])
  return Object.fromEntries(statements) as Record<Name, Statement>
}
