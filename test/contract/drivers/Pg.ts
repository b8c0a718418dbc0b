import pg from 'pg'
import { afterAll } from 'vitest'
import type { DriverSetup } from '../../../src/testing/index.ts'
import { postgres } from '../../services/index.ts'
import { onePerFile, withService } from '../../services/in-contract.ts'
import { type Database, type HandedIn, type Kind, sqlSetup } from '../sql-setup.ts'

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

const database: Database = {
  options: async () => ({
    dataSource: `dbi:Pg:dbname=session;host=127.0.0.1;port=${(await server()).port}`,
    username: 'session',
  }),
  execute: async (sql) => (await adminPool()).query(sql),
}
const setup = (kind: Kind = {}) => sqlSetup('Pg', database, kind)

let pool: Promise<pg.Pool> | undefined
const handedInPool = async (): Promise<HandedIn> => {
  pool ??= address().then((at) => {
    const made = new pg.Pool({ ...at, max: 4 })
    ends.push(() => made.end())
    return made
  })
  return { handle: await pool }
}

async function handedInClient(): Promise<HandedIn> {
  const client = new pg.Client(await address())
  await client.connect()
  return {
    handle: client,
    end: async () => {
      await client.query('select 1')
      await client.end()
    },
  }
}

const plain = ['create', 'replace', 'removeIf'] as const
const noNul = 'a column of text holds no NUL'
const charSql = (type: string) => (table: string) =>
  `create table if not exists ${table} (id char(32) not null primary key, a_session ${type})`

export const setups: Record<string, DriverSetup> = withService('postgres', {
  'by default': setup(),
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
  'in a table with a timestamp': setup({
    prepare: (table) =>
      `create table if not exists ${table} (id text primary key, a_session bytea, expires timestamp(6) not null)`,
  }),
  'shared with Perl': { ...setup({ options: { shared: true } }), offers: plain },
  'with a pool handed in': setup({ dbh: handedInPool }),
  'with a client handed in': setup({ dbh: handedInClient }),
})
