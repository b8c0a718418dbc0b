import type { Words } from '../sql/dialect.ts'
import { quoteIdentifier } from '../sql/identifier.ts'
import { newRow } from '../sql/new-row.ts'
import type { ServerTable } from '../sql/server-table.ts'
import type { Mark } from '../sql/statement.ts'
import { mysqlTableName } from './table.ts'

/** MySQL's SQL for one table. */
export function mysqlWords({
  names,
  id: idColumn,
  data: { kind, type },
  expires: expiring,
}: ServerTable): Words {
  const [id, data, expiry] = [names.id, names.data, names.expires].map((name) =>
    quoteIdentifier(name, '`'),
  ) as [string, string, string]
  const expires = expiring ? expiry : undefined
  const table = mysqlTableName(names)
  const whole = `coalesce(${data}, '')`
  const bytes = /blob|binary/.test(type) ? whole : `cast(${whole} as binary)`
  const text = `convert(${whole} using utf8mb4)`
  const newImage = (mark: Mark) => mark('image')
  const insert = (mark: Mark) => `insert into ${table} ${newRow({ id, data, expires, newImage }, mark)}`
  const update = [data, expires]
    .filter((name) => name !== undefined)
    .map((name) => `${name} = values(${name})`)
  return {
    table,
    id,
    data,
    expires,
    readId: id,
    readImage: kind === 'text' ? text : bytes,
    newImage,
    // The first condition finds the row by the index, the second is exact.
    isId: (mark) =>
      idColumn.exact
        ? `${id} = ${mark('id')}`
        : `${id} = ${mark('id')} and cast(${id} as binary) = cast(${mark('id')} as binary)`,
    isImage: (mark) =>
      kind === 'text'
        ? `cast(${text} as binary) in (cast(${mark('expected')} as binary), cast(${mark('expectedText')} as binary))`
        : `${bytes} = ${mark('expected')}`,
    create: insert,
    store: idColumn.exact
      ? (mark) => `${insert(mark)} on duplicate key update ${update.join(', ')}`
      : undefined,
    purge: (mark, limit) =>
      `delete from ${table} where ${expires ?? 'null'} < ${mark('now')} order by ${expires ?? 'null'} limit ${limit}`,
    limit: (rows) => `limit ${rows}`,
  }
}
