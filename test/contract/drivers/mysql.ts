import mysql from 'mysql2/promise'
import { afterAll } from 'vitest'
import type { Driver } from '../../../src/contracts/driver.ts'
import type { PluginOptions } from '../../../src/contracts/services.ts'
import type { DriverSetup } from '../../../src/testing/index.ts'
import { mariadb } from '../../services/index.ts'
import { onePerFile, withService } from '../../services/in-contract.ts'
import { builtIn } from '../plugins.ts'

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

/** Of one case. */
const connections: mysql.Connection[] = []

async function handedInConnection(): Promise<mysql.Connection> {
  const connection = await mysql.createConnection(await address())
  connections.push(connection)
  return connection
}

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
      return builtIn<Driver>('drivers', 'mysql', context, {
        ...(dbh
          ? { dbh: await dbh() }
          : { dataSource: `dbi:mysql:database=session;host=127.0.0.1;port=${port}` }),
        username: 'root',
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
      for (const connection of connections.splice(0)) {
        await connection.query('select 1')
        await connection.end()
      }
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
  'by default': setup({}),
  'with a database and odd characters in the name': setup({
    table: (name) => `odd \`database.it's a ${name}; "?`,
    sqlTable: (name) => `\`odd \`\`database\`.\`it's a ${name}; "?\``,
    prepare: () => 'create database if not exists `odd ``database`',
  }),
  'in a table of longblob that Perl made': madeByPerl('longblob'),
  'in a table of longtext that Perl made': madeByPerl('longtext'),
  'in a table of latin1 that Perl made': madeByPerl('longtext', 'default charset latin1'),
  'shared with Perl': { ...setup({ options: { shared: true } }), offers: plain },
  'with a pool handed in': setup({ dbh: adminPool }),
  'with a connection handed in': setup({ dbh: handedInConnection }),
})
