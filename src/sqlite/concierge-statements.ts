import { StorageError } from '../errors.ts'
import { quoteIdentifier } from '../sql/identifier.ts'
import type { Connection, Statement } from './connection.ts'
import { listSql, prepareAll, type Statements } from './statements.ts'

/** The columns of Concierge::Sessions' table, but for the id. The image is a JSON text with the same names. */
export const OWNER_COLUMN = 'user_id'
const plain = [OWNER_COLUMN, 'created_at', 'expires_at', 'last_updated', 'session_timeout'] as const
const nested = ['status', 'data'] as const
const all = [...plain, ...nested]

const ID = 'session_id'

/** Whether a table with these columns is one of Concierge::Sessions. */
export function isConciergeTable(columns: readonly { readonly name: string }[]): boolean {
  const names = new Set(columns.map(({ name }) => name))
  return [ID, ...all].every((name) => names.has(name))
}

/**
 * The statements for such a table, which make an image of the columns, and columns of an image.
 *
 * @param ownerIndex makes an index of the owners, which the module's tables do not have; undefined: do without
 */
export function prepareConciergeStatements(
  connection: Connection,
  table: string,
  ownerIndex: string | undefined,
): Statements {
  const id = quoteIdentifier(ID)
  const image = `cast(json_object('${ID}', ${id}, ${[
    ...plain.map((name) => `'${name}', ${name}`),
    ...nested.map((name) => `'${name}', json(${name})`),
  ].join(', ')}) as blob)`
  const valuesOf = (text: string) => all.map((name) => `json_extract(${text}, '$.${name}')`).join(', ')
  const given = 'select cast(? as text) as image'
  const unchanged = `where ${id} = ? and (select ${[
    ...plain.map((name) => `${name} is json_extract(image, '$.${name}')`),
    // What Perl wrote may have blanks that json_extract takes out.
    ...nested.map((name) => `json(${name}) is json_extract(image, '$.${name}')`),
  ].join(' and ')} from (${given}))`
  const insert =
    `insert into ${table} (${id}, ${all.join(', ')}) select id, ${valuesOf('image')} ` +
    `from (select ? as id, cast(? as text) as image) where true on conflict (${id}) do`
  const statements = prepareAll(connection, {
    retrieve: `select ${image} as image, null as expires from ${table} where ${id} = ?`,
    exists: `select 1 from ${table} where ${id} = ?`,
    store: `${insert} update set ${all.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    create: `${insert} nothing`,
    replace: `update ${table} set (${all.join(', ')}) = (select ${valuesOf('image')} from (${given})) ${unchanged}`,
    remove: `delete from ${table} where ${id} = ?`,
    removeIf: `delete from ${table} ${unchanged}`,
    list: listSql(table, id),
  })
  return {
    ...statements,
    store: checking(statements.store, 1),
    create: checking(statements.create, 1),
    replace: checking(statements.replace, 0),
    idsOf: ownerStatement(connection, table, ownerIndex),
    expiry: undefined,
  }
}

function ownerStatement(
  connection: Connection,
  table: string,
  ownerIndex: string | undefined,
): (owner: string) => readonly string[] {
  const list = connection.prepare(
    `select cast(json_group_array(id) as blob) as ids from (select ${quoteIdentifier(ID)} as id from ${table} ` +
      `where ${OWNER_COLUMN} = ? and typeof(${quoteIdentifier(ID)}) = 'text' order by rowid)`,
  )
  // A program that never asks for owners leaves the table as it is.
  let isIndexed = ownerIndex === undefined
  return (owner) => {
    if (!isIndexed) connection.exec(ownerIndex!)
    isIndexed = true
    const { ids } = list.get(owner) as { ids: Uint8Array }
    return JSON.parse(new TextDecoder().decode(ids)) as string[]
  }
}

/** Lets a statement run only with an image, as its value at this place, that the columns can hold all of. */
function checking(statement: Statement, place: number): Statement {
  return {
    get: (...values) => statement.get(...values),
    all: (...values) => statement.all(...values),
    run: (...values) => {
      checkImage(values[place] as Uint8Array)
      return statement.run(...values)
    },
  }
}

/** @throws StorageError */
function checkImage(image: Uint8Array): void {
  const keys = keysOf(image)
  if (!keys?.includes('data')) {
    throw new StorageError(
      "The table has Concierge::Sessions' columns, which hold no other sessions: use serialize:JSON;layout:Concierge",
    )
  }
  const strange = keys.find((key) => key !== ID && !(all as readonly string[]).includes(key))
  if (strange !== undefined) throw new StorageError(`The table has no column for ${JSON.stringify(strange)}`)
}

function keysOf(image: Uint8Array): string[] | undefined {
  try {
    return Object.keys(JSON.parse(new TextDecoder().decode(image)) as object)
  } catch {
    return undefined
  }
}
