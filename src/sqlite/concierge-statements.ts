import { StorageError } from '../errors.ts'
import { quoteIdentifier } from '../sql/identifier.ts'
import { ID, nested, OWNER_COLUMN, plain } from './concierge-table.ts'
import type { Connection, Statement } from './connection.ts'
import { listSql, prepareAll, type Statements } from './statements.ts'

const all = [...plain, ...nested]

/**
 * The statements for a table of Concierge::Sessions, which make an image of the columns, and columns of an image.
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
  const plainIn = (text: string, name: string) => `json_extract(${text}, '$.${name}')`
  // As JSON, also where that is a text or a number.
  const nestedIn = (text: string, name: string) => `json(${text} -> '$.${name}')`
  const valuesOf = (text: string) =>
    [...plain.map((name) => plainIn(text, name)), ...nested.map((name) => nestedIn(text, name))].join(', ')
  const given = 'select cast(? as text) as image'
  const unchanged = `where ${id} = ? and (select ${[
    ...plain.map((name) => `${name} is ${plainIn('image', name)}`),
    // What Perl wrote may have blanks.
    ...nested.map((name) => `json(${name}) is ${nestedIn('image', name)}`),
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
