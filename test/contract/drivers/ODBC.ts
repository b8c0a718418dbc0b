import { join } from 'node:path'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { afterAll } from 'vitest'
import type { Connection } from '../../../src/odbc/client.ts'
import type { DriverSetup } from '../../../src/testing/index.ts'
import { connect, incognito, missingForOdbc, odbcDrivers } from '../../odbc/installed.ts'
import { mariadb, postgres } from '../../services/index.ts'
import { onePerFile, unlessMissing } from '../../services/in-contract.ts'
import { fastScratchFolder } from '../scratch.ts'
import { type Database, type HandedIn, type Kind, sqlSetup } from '../sql-setup.ts'

const timeout = 20_000
const plain = ['create', 'replace', 'removeIf'] as const
const perlTable = (type: string) => (table: string) =>
  `create table if not exists ${table} (id char(32) not null primary key, a_session ${type})`

const file = join(fastScratchFolder(), 'sessions.sqlite')
const sqliteString = `DRIVER=${odbcDrivers.sqlite};Database=${file};Timeout=20000;JournalMode=WAL;SyncPragma=OFF`
const sqlite: Database = {
  options: async () => ({ dataSource: sqliteString, timeout }),
  // Not by another SQLite in this process: when that one closes the file, the system takes all locks of both away.
  execute: async (sql) => {
    const connection = await connect(sqliteString)
    try {
      await connection.query(sql, null, {})
    } finally {
      await connection.close()
    }
  },
}

const postgresServer = onePerFile(() => postgres())
let pgAdmin: Promise<pg.Pool> | undefined
afterAll(async () => (await pgAdmin)?.end())
const postgresString = async () =>
  `DRIVER=${odbcDrivers.postgres};Server=127.0.0.1;Port=${(await postgresServer()).port};Database=session;UID=session`
const pgDatabase: Database = {
  options: async () => ({ dataSource: `dbi:ODBC:${await postgresString()}`, timeout }),
  execute: async (sql) => {
    pgAdmin ??= postgresServer().then(
      ({ port }) => new pg.Pool({ host: '127.0.0.1', port, user: 'session', database: 'session', max: 2 }),
    )
    return (await pgAdmin).query(sql)
  },
}

const mariadbServer = onePerFile(() => mariadb())
let mysqlAdmin: Promise<mysql.Pool> | undefined
afterAll(async () => (await mysqlAdmin)?.end())
const mariadbString = async () =>
  `DRIVER=${odbcDrivers.mariadb};Server=127.0.0.1;Port=${(await mariadbServer()).port};Database=session`
const mysqlDatabase: Database = {
  options: async () => ({ dataSource: await mariadbString(), username: 'root', timeout }),
  execute: async (sql) => {
    mysqlAdmin ??= mariadbServer().then(({ port }) =>
      mysql.createPool({ host: '127.0.0.1', port, user: 'root', database: 'session', connectionLimit: 2 }),
    )
    return (await mysqlAdmin).query(sql)
  },
}

async function handedInConnection(
  connectionString: string,
  disguise = (connection: Connection) => connection,
): Promise<HandedIn> {
  const connection = await connect(connectionString)
  return {
    handle: disguise(connection),
    end: async () => {
      await connection.query('select 1', null, {})
      await connection.close()
    },
  }
}

const onSqlite = (kind: Kind = {}) => sqlSetup('ODBC', sqlite, kind)
const onPostgres = (kind: Kind = {}) => sqlSetup('ODBC', pgDatabase, kind)
const onMariadb = (kind: Kind = {}) => sqlSetup('ODBC', mysqlDatabase, kind)
/** Pages and batches are by the same SQL in each setup on a database. */
const few = { records: 20 }

export const setups: Record<string, DriverSetup> = {
  ...unlessMissing(missingForOdbc('sqlite'), {
    'on SQLite': onSqlite(),
    'on SQLite, in a table of blobs that Perl made': {
      ...onSqlite({ prepare: perlTable('blob') }),
      offers: plain,
      longestId: 32,
      ...few,
    },
    'on a database that is not known': {
      ...onSqlite({
        prepare: (table) =>
          `create table if not exists ${table} (id varchar(255) not null primary key, ` +
          'a_session longvarbinary blob, expires bigint)',
        dbh: () => handedInConnection(sqliteString, incognito),
      }),
      ...few,
    },
  }),
  ...unlessMissing(missingForOdbc('postgres'), {
    'on PostgreSQL': onPostgres(),
  }),
  ...unlessMissing(missingForOdbc('mariadb'), {
    'on MariaDB': onMariadb(),
    'on MariaDB, with a connection handed in': {
      ...onMariadb({
        dbh: async () => handedInConnection(`${await mariadbString()};UID=root;CHARSET=utf8mb4`),
      }),
      ...few,
    },
  }),
}
