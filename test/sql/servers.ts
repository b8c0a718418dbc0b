// The servers that the driver for SQL servers is tested with, each with what differs from the others.
import { readFileSync } from 'node:fs'
import { onTestFinished } from 'vitest'
import mysql from 'mysql2/promise'
import pg from 'pg'
import Mysql from '../../drivers/mysql.ts'
import Pg from '../../drivers/Pg.ts'
import type { ServerDriver } from '../../src/sql/server-driver.ts'
import { isMissing, mariadb, postgres, type Service, type ServiceName } from '../services/index.ts'
import { TestClock } from '../support/clock.ts'

export interface SqlServer {
  readonly service: ServiceName
  /** Whether its tests are to be skipped for another reason than that the service is not installed. */
  readonly isMissing?: boolean
  /** The code of an error that says that nobody listens there. */
  readonly refused: string
  readonly Driver: new (options: Readonly<Record<string, unknown>>, clock: () => number) => ServerDriver
  /** What makes it lose nothing that it acknowledged when it is killed. */
  start(): Promise<Service>
  /** Ends it in good order, without waiting for its clients, and starts it again. */
  restart(server: Service): Promise<void>
  /** Stops it where it is, all its processes; answers what makes it go on. */
  pause(server: Service): () => void
  /** The signal that ends it at once, all its processes. */
  readonly crash: NodeJS.Signals
  /** What is done in a transaction after something failed there fails as well. */
  readonly failsOnInTransaction: boolean
  options(server: Service): Readonly<Record<string, unknown>>
  /** A handle of the user's. */
  pool(server: Service): Promise<Handle>
  client(server: Service): Promise<Handle>
  /** Rows by the names of their columns. */
  query(server: Service, sql: string): Promise<Record<string, unknown>[]>
  /** Fills a table with so many rows, of which every tenth expires before that time. */
  fillTable(table: string, rows: number, now: number): string
  /** How many connections there are but the one that asks. */
  readonly countConnections: string
  /** How many of them wait for a lock. */
  readonly countWaiting: string
  /** Ends all but the one that asks. */
  readonly endConnections: string
}

export interface Handle {
  readonly handle: { listenerCount?(event: string): number }
  query(sql: string): Promise<unknown>
  end(): Promise<unknown>
}

const pgAddress = ({ port }: Service) => ({ host: '127.0.0.1', port, user: 'session', database: 'session' })
const mysqlAddress = ({ port }: Service) => ({ host: '127.0.0.1', port, user: 'root', database: 'session' })

export const postgresServer: SqlServer = {
  service: 'postgres',
  refused: 'ECONNREFUSED',
  // After a SIGKILL those of the connections go on for a moment.
  crash: 'SIGQUIT',
  failsOnInTransaction: true,
  Driver: Pg,
  start: () => postgres(),
  restart: async (server) => {
    // SIGTERM waits for the clients to go.
    await server.kill('SIGINT')
    await server.restart()
  },
  pause: (server) => {
    // Each connection has a process of its own.
    const processes = [...childrenOf(server.pid), server.pid]
    const signal = (name: NodeJS.Signals) => {
      for (const pid of processes) process.kill(pid, name)
    }
    signal('SIGSTOP')
    return () => {
      signal('SIGCONT')
      processes.length = 0
    }
  },
  options: ({ port }) => ({ dataSource: `postgres://session@127.0.0.1:${port}/session` }),
  pool: async (server) => {
    const pool = new pg.Pool({ ...pgAddress(server), max: 3 })
    return { handle: pool, query: (sql) => pool.query(sql), end: () => pool.end() }
  },
  client: async (server) => {
    const client = new pg.Client(pgAddress(server))
    await client.connect()
    return { handle: client, query: (sql) => client.query(sql), end: () => client.end() }
  },
  query: async (server, sql) => {
    const client = new pg.Client(pgAddress(server))
    await client.connect()
    try {
      return (await client.query(sql)).rows
    } finally {
      await client.end()
    }
  },
  fillTable: (table, rows, now) =>
    `insert into ${table} select md5(n::text), 'image', ${now} + case when n % 10 = 0 then -n else n end
    from generate_series(1, ${rows}) n`,
  countConnections:
    "select count(*)::int as count from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
  countWaiting: "select count(*)::int as count from pg_stat_activity where wait_event_type = 'Lock'",
  endConnections: `select pg_terminate_backend(pid) from pg_stat_activity
    where backend_type = 'client backend' and pid <> pg_backend_pid()`,
}

export const mariadbServer: SqlServer = {
  service: 'mariadb',
  refused: 'ECONNREFUSED',
  crash: 'SIGKILL',
  failsOnInTransaction: false,
  Driver: Mysql,
  start: () => mariadb(['--innodb-flush-log-at-trx-commit=2']),
  restart: (server) => server.restart(),
  pause: (server) => {
    server.pause()
    return () => server.resume()
  },
  options: ({ port }) => ({ dataSource: `mysql://root@127.0.0.1:${port}/session` }),
  pool: async (server) => {
    const pool = mysql.createPool({ ...mysqlAddress(server), connectionLimit: 3 })
    return { handle: pool.pool, query: (sql) => pool.query(sql), end: () => pool.end() }
  },
  client: async (server) => {
    const connection = await mysql.createConnection(mysqlAddress(server))
    return { handle: connection, query: (sql) => connection.query(sql), end: () => connection.end() }
  },
  query: async (server, sql) => {
    const connection = await mysql.createConnection({ ...mysqlAddress(server), multipleStatements: true })
    try {
      return (await connection.query(sql))[0] as Record<string, unknown>[]
    } finally {
      await connection.end()
    }
  },
  fillTable: (table, rows, now) =>
    `insert into ${table} select md5(seq), 'image', ${now} + if(seq % 10 = 0, -seq, seq) from seq_1_to_${rows}`,
  countConnections:
    "select count(*) as count from information_schema.processlist where id <> connection_id() and user = 'root'",
  countWaiting: "select count(*) as count from information_schema.innodb_trx where trx_state = 'LOCK WAIT'",
  endConnections: `begin not atomic for one in
    (select id from information_schema.processlist where id <> connection_id() and user = 'root')
    do kill one.id; end for; end`,
}

/** Whether the tests of this server are to be skipped. */
export function isMissingServer(kind: SqlServer): boolean {
  return kind.isMissing ?? isMissing(kind.service)
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number)
}

let tables = 0

/** A driver on a table of its own, which another one can be opened on by its name. */
export async function openOn(
  kind: SqlServer,
  server: Service,
  options: Readonly<Record<string, unknown>> = {},
  clock = new TestClock(),
): Promise<{ driver: ServerDriver; table: string }> {
  const { tableName = `t${(tables += 1)}` } = options
  const place = options['dbh'] === undefined ? kind.options(server) : {}
  const driver = new kind.Driver({ ...place, tableName, ...options }, clock.now)
  await driver.open()
  onTestFinished(() => driver.close())
  return { driver, table: String(tableName) }
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

export async function imageOf(driver: ServerDriver, id: string): Promise<string | undefined> {
  const stored = await driver.retrieve(id)
  return stored && Buffer.from(stored.image).toString('latin1')
}

export async function list(driver: ServerDriver, expiredBefore?: number): Promise<string[]> {
  const ids: string[] = []
  for await (const id of driver.ids(expiredBefore === undefined ? {} : { expiredBefore })) ids.push(id)
  return ids
}
