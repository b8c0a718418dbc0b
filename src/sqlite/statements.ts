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
  /** Only for a table with the column. */
  readonly expiry: ExpiryStatements | undefined
}

export interface ExpiryStatements {
  /** expires, id, expires */
  readonly touch: Statement
  /** now, how many */
  readonly purge: Statement
  /** rowid, how many → rows of id, rowid, null: what has no time of expiry, after that rowid */
  readonly listUnknown: Statement
  /** now, expires, rowid, how many → rows of id, rowid, expires: what has expired, after that pair */
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
  const insert = `insert into ${name} (${columns}) values (${values}) on conflict (${id}) do`
  const all = {
    retrieve: `select ${image} as image, ${expires ?? 'null'} as expires from ${name} where ${id} = ?`,
    exists: `select 1 from ${name} where ${id} = ?`,
    store: `${insert} update set ${data} = excluded.${data}${expires ? `, ${expires} = excluded.${expires}` : ''}`,
    create: `${insert} nothing`,
    replace: `update ${name} set ${data} = ${boundImage}${expires ? `, ${expires} = ?` : ''} where ${id} = ? and ${image} = ${boundImage}`,
    remove: `delete from ${name} where ${id} = ?`,
    removeIf: `delete from ${name} where ${id} = ? and ${image} = ${boundImage}`,
    // Every blob is greater than every text: the second bound keeps out ids that are no text, which JSON cannot hold.
    list:
      'select cast(json_group_array(id) as blob) as ids, cast(max(id) as blob) as last from ' +
      `(select ${id} as id from ${name} where ${id} >= cast(${boundImage} as text) and ${id} < x'' order by ${id} limit ?)`,
  }
  return {
    ...prepareAll(connection, all),
    expiry: expires ? prepareExpiry(connection, table, expires) : undefined,
  }
}

function prepareExpiry(
  connection: Connection,
  { name, id }: SessionTable,
  expires: string,
): ExpiryStatements {
  const page = (where: string, order: string) =>
    'select cast(json_group_array(json_array(id, place, expires)) as blob) as rows from ' +
    `(select ${id} as id, rowid as place, ${expires} as expires from ${name} ` +
    `where ${where} and typeof(${id}) = 'text' order by ${order} limit ?)`
  return prepareAll(connection, {
    touch: `update ${name} set ${expires} = ? where ${id} = ? and ${expires} is not ?`,
    purge: `delete from ${name} where rowid in (select rowid from ${name} where ${expires} < ? limit ?)`,
    listUnknown: page(`${expires} is null and rowid > ?`, 'rowid'),
    listExpired: page(`${expires} < ? and (${expires}, rowid) > (?, ?)`, `${expires}, rowid`),
  })
}

function prepareAll<Name extends string>(
  connection: Connection,
  texts: Readonly<Record<Name, string>>,
): Record<Name, Statement> {
  const statements = Object.entries<string>(texts).map(([name, sql]) => [name, connection.prepare(sql)])
  return Object.fromEntries(statements) as Record<Name, Statement>
}
