import type { Words } from '../sql/dialect.ts'
import { quoteIdentifier } from '../sql/identifier.ts'
import { asNumber, newRow } from '../sql/new-row.ts'
import type { ServerTable } from '../sql/server-table.ts'
import type { Mark } from '../sql/statement.ts'
import { NEVER } from '../stored-expiry.ts'
import { pgTableName } from './table.ts'

/** PostgreSQL's SQL for one table. */
export function pgWords({
  names,
  data: { kind, type },
  expires: expiring,
  expiresForAll,
}: ServerTable): Words {
  const table = pgTableName(names)
  const id = quoteIdentifier(names.id)
  const data = quoteIdentifier(names.data)
  const expires = expiring ? quoteIdentifier(names.expires) : undefined
  const time = expires !== undefined && expiresForAll ? timestamp(expires) : {}
  const { newExpires = asNumber } = time
  const newImage = (mark: Mark) => mark('image')
  const image = kind === 'utf8' ? `coalesce(${data}::text, '')` : `coalesce(${data}, '')`
  const insert = (mark: Mark) =>
    `insert into ${table} ${newRow({ id, data, expires, newImage, ...time }, mark)} on conflict (${id}) do`
  return {
    table,
    id,
    data,
    expires,
    ...time,
    // As text, char(32) has no blanks at the end.
    readId: `${id}::text`,
    // pg reads values as text only; of those for bytes this one is the shortest, and the same with all settings.
    readImage: kind === 'binary' ? `encode(${image}, 'base64')` : image,
    newImage,
    isId: (mark) => `${id} = ${mark('id')}`,
    isImage: (mark) => {
      // It keeps another text than it was given, which means the same.
      if (type === 'jsonb') return `${data} = ${mark('expected')}`
      return kind === 'binary'
        ? `${image} = ${mark('expected')}`
        : `${image} in (${mark('expected')}::text, ${mark('expectedText')}::text)`
    },
    create: (mark) => `${insert(mark)} nothing`,
    store: (mark) =>
      `${insert(mark)} update set ${data} = excluded.${data}${expires ? `, ${expires} = excluded.${expires}` : ''}`,
    // By the place of the row, as there is no limit to a delete; a row that was written meanwhile has another place.
    purge: (mark, limit) =>
      `delete from ${table} where ctid = any(array(` +
      `select ctid from ${table} where ${expires ?? 'null'} < ${newExpires(mark('now'))} limit ${limit}))`,
    limit: (rows) => `limit ${rows}`,
  }
}

function timestamp(column: string): Pick<Words, 'readExpires' | 'newExpires'> {
  return {
    readExpires: `extract(epoch from ${column}::timestamptz)::float8`,
    newExpires: (seconds) =>
      `case when ${seconds}::float8 >= ${NEVER} then 'infinity' else to_timestamp(${seconds}::float8) end`,
  }
}
