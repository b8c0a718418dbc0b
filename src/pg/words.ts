import type { Words } from '../sql/dialect.ts'
import { quoteIdentifier } from '../sql/identifier.ts'
import type { ServerTable } from '../sql/server-table.ts'
import type { Mark } from '../sql/statement.ts'
import { pgTableName } from './table.ts'

/** PostgreSQL's SQL for one table. */
export function pgWords({ names, data: { kind }, expires: expiring }: ServerTable): Words {
  const table = pgTableName(names)
  const id = quoteIdentifier(names.id)
  const data = quoteIdentifier(names.data)
  const expires = expiring ? quoteIdentifier(names.expires) : undefined
  const image = `coalesce(${data}, '')`
  const insert = (mark: Mark) =>
    `insert into ${table} (${id}, ${data}${expires ? `, ${expires}` : ''}) ` +
    `values (${mark('id')}, ${mark('image')}${expires ? `, ${mark('expires')}` : ''}) on conflict (${id}) do`
  return {
    table,
    id,
    data,
    expires,
    // As text, char(32) has no blanks at the end.
    readId: `${id}::text`,
    // pg reads values as text only; of those for bytes this one is the shortest, and the same with all settings.
    readImage: kind === 'text' ? image : `encode(${image}, 'base64')`,
    newImage: (mark) => mark('image'),
    isId: (mark) => `${id} = ${mark('id')}`,
    isImage: (mark) =>
      kind === 'text'
        ? `${image} in (${mark('expected')}::text, ${mark('expectedText')}::text)`
        : `${image} = ${mark('expected')}`,
    create: (mark) => `${insert(mark)} nothing`,
    store: (mark) =>
      `${insert(mark)} update set ${data} = excluded.${data}${expires ? `, ${expires} = excluded.${expires}` : ''}`,
    // By the place of the row, as there is no limit to a delete; a row that was written meanwhile has another place.
    purge: (mark, limit) =>
      `delete from ${table} where ctid = any(array(` +
      `select ctid from ${table} where ${expires ?? 'null'} < ${mark('now')} limit ${limit}))`,
    limit: (rows) => `limit ${rows}`,
  }
}
