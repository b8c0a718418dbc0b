import type { Words } from '../sql/dialect.ts'
import { quoteIdentifier } from '../sql/identifier.ts'
import { newRow } from '../sql/new-row.ts'
import type { ServerTable } from '../sql/server-table.ts'
import type { Mark } from '../sql/statement.ts'
import { oracleTableName } from './table.ts'

/** How the column is compared and merged: LONG allows neither. */
export function isOldLong({ data }: ServerTable): boolean {
  return data.type.startsWith('LONG')
}

/** Oracle's SQL for one table. */
export function oracleWords(serverTable: ServerTable): Words {
  const { names, id: idColumn, data: dataColumn, expires: expiring } = serverTable
  const table = oracleTableName(names)
  const [id, data] = [quoteIdentifier(names.id), quoteIdentifier(names.data)]
  const expires = expiring ? quoteIdentifier(names.expires) : undefined
  const old = isOldLong(serverTable)
  // To Oracle an empty text, and a value of no bytes, is null.
  const empty = { BLOB: 'empty_blob()', CLOB: 'empty_clob()' }[dataColumn.type]
  const whole = (value: string) => (empty === undefined ? value : `coalesce(${value}, ${empty})`)
  const newImage = (mark: Mark) => whole(mark('image'))
  // A char compares with a char as if the blanks at the end were not there, and with other text as if they were.
  const givenId = (mark: Mark) =>
    idColumn.pads ? `cast(${mark('id')} as char(${idColumn.maxCharacters}))` : mark('id')
  const isId = (mark: Mark) => `${id} = ${givenId(mark)}`
  const row = (mark: Mark) => newRow({ id, data, expires, newImage }, mark)
  const merge = (mark: Mark) => `merge into ${table} using dual on (${isId(mark)})`
  const insert = (mark: Mark) => `when not matched then insert ${row(mark)}`
  return {
    table,
    id,
    data,
    expires,
    readId: id,
    readImage: data,
    newImage,
    isId,
    isImage: old ? undefined : (mark) => isImage(dataColumn.type, whole(data), whole, mark),
    create: old ? (mark) => `insert into ${table} ${row(mark)}` : (mark) => `${merge(mark)} ${insert(mark)}`,
    store: old
      ? undefined
      : (mark) =>
          `${merge(mark)} when matched then update set ${data} = ${newImage(mark)}` +
          `${expires ? `, ${expires} = ${mark('expires')}` : ''} ${insert(mark)}`,
    purge: (mark, limit) =>
      `delete from ${table} where ${expires ?? 'null'} < ${mark('now')} and rownum <= ${limit}`,
    limit: (rows) => `fetch first ${rows} rows only`,
  }
}

function isImage(type: string, column: string, whole: (value: string) => string, mark: Mark): string {
  if (type === 'BLOB') return `dbms_lob.compare(${column}, ${whole(mark('expected'))}) = 0`
  // The other text is null where there is none, and comparing with null is not true.
  if (type === 'CLOB') {
    return (
      `(dbms_lob.compare(${column}, ${whole(mark('expected'))}) = 0 ` +
      `or dbms_lob.compare(${column}, ${mark('expectedText')}) = 0)`
    )
  }
  return `(${column} in (${mark('expected')}, ${mark('expectedText')}) or (${column} is null and ${mark('expected')} is null))`
}
