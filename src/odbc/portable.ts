import { InvalidOptionError } from '../errors.ts'
import type { Ask, Words } from '../sql/dialect.ts'
import { quoteIdentifier } from '../sql/identifier.ts'
import { newRow } from '../sql/new-row.ts'
import type { Value } from '../sql/link.ts'
import { qualified, type ServerTable } from '../sql/server-table.ts'
import { sessionColumns } from '../sql/session-columns.ts'
import type { Mark } from '../sql/statement.ts'
import { sameName, type TableNames } from '../sql/table-names.ts'
import { isBigint, isBytes, isLong, isText } from './column-types.ts'
import { OdbcFailure } from './failure.ts'
import { type Grammar, readBytes } from './grammar.ts'
import { primaryKeys } from './link.ts'
import { tryTo } from './products.ts'

interface Column {
  readonly name: string
  readonly type: number
  readonly size: number
}

/** What a database was found to understand. */
interface Abilities {
  /** It compares images. */
  compares: boolean
  /** How it is told to give so many rows only. */
  limit: (rows: number) => string
}

/** The standard's way, that of databases which also want to know where to begin, and an older one. */
const limits: readonly Abilities['limit'][] = [
  (rows) => `fetch first ${rows} rows only`,
  (rows) => `offset 0 rows fetch next ${rows} rows only`,
  (rows) => `limit ${rows}`,
]

/**
 * For a database that nothing is known of: SQL that most of them have, no expressions in what is selected, and what
 * differs most, it is asked for.
 */
export function portableGrammar(): Grammar {
  const abilities: Abilities = { compares: false, limit: () => '' }
  return {
    product: 'The database behind ODBC',
    textHoldsNul: false,
    perlReadsTextAsBytes: false,
    findTable: async (ask, names) => {
      const table = await findTable(ask, names)
      if (table) Object.assign(abilities, await askAbilities(ask, table))
      return table
    },
    tableSql,
    words: (table) => words(table, abilities),
    readBytes,
    readId: (value) => String(value).replace(/ +$/, ''),
    // Not all have the state for it, 23…; it is looked whether there is a row.
    isDuplicate: (error) => error instanceof OdbcFailure && !error.isLost,
    isUndone: (error) => error instanceof OdbcFailure && error.code === '40001',
    advice: () => undefined,
  }
}

async function findTable(ask: Ask, names: TableNames): Promise<ServerTable | undefined> {
  const answer = await tryTo(ask, `select * from ${qualified(names, names.table, '"')} where 1 = 0`)
  if (!answer?.columns) return undefined
  const columns = answer.columns.map(([name, type, size]): Column => ({ name, type, size }))
  const { id, data, expires } = sessionColumns(columns, names)
  const what = (column: string) => `The column ${column} of the table ${names.table}`
  if (!isText(id.type)) {
    throw new InvalidOptionError(`${what(names.id)} is not one for text; declare it varchar(255)`)
  }
  if (!isText(data.type) && !isBytes(data.type)) {
    throw new InvalidOptionError(`${what(names.data)} is neither for bytes nor for text`)
  }
  await checkKey(ask, names)
  return {
    names,
    id: {
      maxCharacters: isLong(id.type) ? undefined : id.size,
      maxBytes: Infinity,
      // Many take texts for one that differ in blanks at the end, also where they keep them.
      pads: true,
      exact: true,
      binary: false,
      holds: 'ASCII',
    },
    data: {
      kind: isBytes(data.type) ? 'binary' : 'text',
      maxBytes: isLong(data.type) || data.size === 0 ? undefined : data.size,
      asciiOnly: true,
      type: `of ${isLong(data.type) ? 'long ' : ''}${isBytes(data.type) ? 'bytes' : 'text'}`,
    },
    expires: expires !== undefined && isBigint(expires.type),
  }
}

/** An ODBC driver may not tell; one that does has the last word. */
async function checkKey(ask: Ask, { schema, table, id }: TableNames): Promise<void> {
  const answer = await tryTo(ask, primaryKeys, [null, schema ?? null, table])
  // TABLE_CAT, TABLE_SCHEM, TABLE_NAME, COLUMN_NAME, …: without a schema there may be several tables of that name.
  const keys = new Map<string, string[]>()
  for (const [catalog, owner, , column] of answer?.rows ?? []) {
    const place = JSON.stringify([catalog, owner])
    keys.set(place, [...(keys.get(place) ?? []), String(column)])
  }
  const isKey = ([only, ...more]: string[]) => only !== undefined && more.length === 0 && sameName(only, id)
  if (answer === undefined || [...keys.values()].some(isKey)) return
  throw new InvalidOptionError(
    `The column ${id} of the table ${table} is not its primary key, so an id could be there twice; make it that`,
  )
}

async function askAbilities(ask: Ask, { names, data: { kind } }: ServerTable): Promise<Abilities> {
  const [id, data] = [quoteIdentifier(names.id), quoteIdentifier(names.data)]
  const select = `select ${id} from ${qualified(names, names.table, '"')} where 1 = 0`
  const sample: Value = kind === 'text' ? 'x' : Buffer.from('x')
  const compares = (await tryTo(ask, `${select} and ${data} = ?`, [sample])) !== undefined
  for (const limit of limits) {
    if (await tryTo(ask, `${select} order by ${id} ${limit(1)}`)) return { compares, limit }
  }
  return { compares, limit: () => '' }
}

function tableSql(names: TableNames): string[] {
  const [id, data, expires] = [names.id, names.data, names.expires].map((name) => quoteIdentifier(name))
  const table = qualified(names, names.table, '"')
  return [
    `create table ${table} (${id} varchar(255) not null primary key, ${data} blob not null, ${expires} bigint)`,
    `create index ${quoteIdentifier(`${names.table}_${names.expires}`)} on ${table} (${expires})`,
  ]
}

function words({ names, expires: expiring }: ServerTable, { compares, limit }: Abilities): Words {
  const table = qualified(names, names.table, '"')
  const [id, data] = [quoteIdentifier(names.id), quoteIdentifier(names.data)]
  const expires = expiring ? quoteIdentifier(names.expires) : undefined
  const newImage = (mark: Mark) => mark('image')
  return {
    table,
    id,
    data,
    expires,
    readId: id,
    readImage: data,
    newImage,
    isId: (mark) => `${id} = ${mark('id')}`,
    isImage: compares ? (mark: Mark) => `${data} = ${mark('expected')}` : undefined,
    create: (mark) => `insert into ${table} ${newRow({ id, data, expires, newImage }, mark)}`,
    store: undefined,
    // The outer condition is for a row that was written meanwhile.
    purge: (mark, rows) =>
      `delete from ${table} where ${expires ?? 'null'} < ${mark('now')} and ${id} in ` +
      `(select ${id} from ${table} where ${expires ?? 'null'} < ${mark('now')} order by ${id} ${limit(rows)})`,
    limit,
  }
}
