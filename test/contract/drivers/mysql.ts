import mysql from 'mysql2/promise'
import { afterAll } from 'vitest'
import type { DriverSetup } from '../../../src/testing/index.ts'
import { mariadb } from '../../services/index.ts'
import { leavingOut, onePerFile, withService } from '../../services/in-contract.ts'
import { type Database, type HandedIn, type Kind, sqlSetup } from '../sql-setup.ts'

const server = onePerFile(() => mariadb())
const address = async () => ({
  host: '127.0.0.1',
  port: (await server()).port,
  user: 'root',
  database: 'session',
})

let admin: Promise<mysql.Pool> | undefined
const adminPool = () =>
  (admin ??= address().then((at) => mysql.createPool({ ...at, connectionLimit: 4, flags: ['-FOUND_ROWS'] })))
afterAll(async () => (await admin)?.end())

const database: Database = {
  options: async () => ({
    dataSource: `dbi:mysql:database=session;host=127.0.0.1;port=${(await server()).port}`,
    username: 'root',
  }),
  execute: async (sql) => (await adminPool()).query(sql),
}
const setup = (kind: Kind = {}) => sqlSetup('mysql', database, kind)

async function handedInConnection(): Promise<HandedIn> {
  const connection = await mysql.createConnection(await address())
  return {
    handle: connection,
    end: async () => {
      await connection.query('select 1')
      await connection.end()
    },
  }
}

const plain = ['create', 'replace', 'removeIf'] as const
const collation = "the table's own collation takes them for one id, and a second one is an error"

/** As Data::Session and CGI::Session have it. */
function madeByPerl(data: string, rest = 'default charset utf8mb4'): DriverSetup {
  const prepare = (table: string) =>
    `create table if not exists ${table} (id char(32) not null primary key, a_session ${data}) ${rest}`
  return {
    ...setup({ prepare }),
    offers: plain,
    longestId: 32,
    without: {
      'id: ids of letters outside ASCII are kept apart, or refused': collation,
      'id: ids that differ in upper and lower case only are kept apart, or refused': collation,
      'id: ids that differ in Unicode normalization only are kept apart, or refused': collation,
    },
  }
}

export const setups: Record<string, DriverSetup> = withService('mariadb', {
  'by default': setup(),
  'with a database and odd characters in the name': setup({
    table: (name) => `odd \`database.it's a ${name}; "?`,
    sqlTable: (name) => `\`odd \`\`database\`.\`it's a ${name}; "?\``,
    prepare: () => 'create database if not exists `odd ``database`',
  }),
  'in a table of longblob that Perl made': madeByPerl('longblob'),
  'in a table of longtext that Perl made': madeByPerl('longtext'),
  'in a table of latin1 that Perl made': madeByPerl('longtext', 'default charset latin1'),
  'shared with Perl': { ...setup({ options: { shared: true } }), offers: plain },
  'shared with Apache::Session': {
    ...setup({ options: { shared: true, lockName: 'Apache-Session-%s' } }),
    offers: [...plain, 'tryLock'],
    without: leavingOut(
      'the same as shared with Perl',
      (group) => group !== 'tryLock' && group !== 'two drivers',
    ),
  },
  'with a pool handed in': setup({ dbh: async () => ({ handle: await adminPool() }) }),
  'with a connection handed in': setup({ dbh: handedInConnection }),
})
