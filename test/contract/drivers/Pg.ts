import pg from 'pg'
import { afterAll } from 'vitest'
import type { Driver } from '../../../src/contracts/driver.ts'
import type { PluginOptions } from '../../../src/contracts/services.ts'
import type { DriverSetup } from '../../../src/testing/index.ts'
import { postgres } from '../../services/index.ts'
import { onePerFile, withService } from '../../services/in-contract.ts'
import { builtIn } from '../plugins.ts'

const server = onePerFile(() => postgres())
const address = async () => ({
  host: '127.0.0.1',
  port: (await server()).port,
  user: 'session',
  database: 'session',
})

let admin: Promise<pg.Pool> | undefined
const adminPool = () => (admin ??= address().then((at) => new pg.Pool({ ...at, max: 2 })))
const ends: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const end of ends) await end()
  await (await admin)?.end()
})

interface Kind {
  readonly options?: PluginOptions
  readonly dbh?: () => Promise<unknown>
  /** The name of a table for this storage. */
  readonly table?: (storage: string) => string
  /** The same as SQL text, and what makes it. */
  readonly sqlTable?: (storage: string) => string
  readonly prepare?: (table: string) => string
}

function setup({ options, dbh, table = (name) => name, sqlTable = table, prepare }: Kind): DriverSetup {
  return {
    offers: ['create', 'replace', 'removeIf', 'touch', 'purge'],
    // More than a page, and than a batch.
    records: 1100,
    create: async (context) => {
      const { storage } = context
      if (prepare) await (await adminPool()).query(prepare(sqlTable(storage)))
      const { port } = await server()
      return builtIn<Driver>('drivers', 'Pg', context, {
        ...(dbh ? { dbh: await dbh() } : { dataSource: `dbi:Pg:dbname=session;host=127.0.0.1;port=${port}` }),
        username: 'session',
        tableName: table(storage),
        ...options,
      })
    },
    sabotage: async (storage) => {
      await (await adminPool()).query(`drop table ${sqlTable(storage)}`)
    },
    destroy: async (storage) => {
      await (await adminPool()).query(`drop table if exists ${sqlTable(storage)}`)
      // The drivers are closed: what was handed in is still open.
      for (const client of clients.splice(0)) {
        await client.query('select 1')
        await client.end()
      }
    },
  }
}

let pool: Promise<pg.Pool> | undefined
const handedInPool = () =>
  (pool ??= address().then((at) => {
    const made = new pg.Pool({ ...at, max: 4 })
    ends.push(() => made.end())
    return made
  }))

/** Of one case. */
const clients: pg.Client[] = []

async function handedInClient(): Promise<pg.Client> {
  const client = new pg.Client(await address())
  await client.connect()
  clients.push(client)
  return client
}

const plain = ['create', 'replace', 'removeIf'] as const
const noNul = 'a column of text holds no NUL'
const charSql = (type: string) => (table: string) =>
  `create table if not exists ${table} (id char(32) not null primary key, a_session ${type})`

export const setups: Record<string, DriverSetup> = withService('postgres', {
  'by default': setup({}),
  'with a schema and odd characters in the name': setup({
    table: (name) => `odd "schema.it's a ${name}; "?`,
    sqlTable: (name) => `"odd ""schema"."it's a ${name}; ""?"`,
    prepare: () => 'create schema if not exists "odd ""schema"',
  }),
  'in a table of bytea that Perl made': {
    ...setup({ prepare: charSql('bytea') }),
    offers: plain,
    longestId: 32,
  },
  'in a table of text that Perl made': {
    ...setup({ prepare: charSql('text') }),
    offers: plain,
    longestId: 32,
    without: {
      'bytes: keeps every byte value': noNul,
      'bytes: keeps NUL bytes at both ends and alone': noNul,
      'bytes: keeps a large image': noNul,
      'replace: compares bytes that are no text': noNul,
    },
  },
  'shared with Perl': { ...setup({ options: { shared: true } }), offers: plain },
  'with a pool handed in': setup({ dbh: handedInPool }),
  'with a client handed in': setup({ dbh: handedInClient }),
})
