import { createRequire } from 'node:module'
import { onTestFinished } from 'vitest'
import Oracle from '../../drivers/Oracle.ts'
import type { Connection, Constants, ExecuteOptions, Result } from '../../src/oracle/client.ts'
import { TestClock } from '../support/clock.ts'

/** The package; it has no types of its own. */
export const oracledb = createRequire(import.meta.url)('oracledb') as Constants & { NUMBER: unknown }

type Row = readonly unknown[]

/** What the dictionary says of a table: its columns, and which of them is unique. */
export interface Described {
  readonly columns: readonly Row[]
  readonly unique?: readonly Row[]
}

const [no, utf8] = [null, 'AL32UTF8']

/** As the driver makes it. */
export const ownTable: Described = {
  columns: [
    ['SESSIONS', 'ID', 'VARCHAR2', 255, 1020, 'C', utf8],
    ['SESSIONS', 'A_SESSION', 'BLOB', 0, 4000, no, utf8],
    ['SESSIONS', 'EXPIRES', 'NUMBER', 0, 22, no, utf8],
  ],
}

/** As Data::Session and CGI::Session want it, with a column of that type. */
export const perlTable = (type: string): Described => ({
  columns: [
    ['SESSIONS', 'ID', 'CHAR', 32, 32, 'B', utf8],
    ['SESSIONS', 'A_SESSION', type, 0, 4000, no, utf8],
  ],
})

/** An error as oracledb has them. */
export const oracleError = (code: string): Error => Object.assign(new Error(`${code}: said`), { code })

/** A connection that notes what it is asked, and answers as it was told to. */
export class RecordedConnection implements Connection {
  readonly asked: (readonly [sql: string, ...binds: unknown[]])[] = []
  readonly options: ExecuteOptions[] = []
  readonly answers: (Result | Error)[] = []
  healthy = true
  readonly closed: unknown[] = []

  constructor(private readonly table: Described | undefined) {}

  async execute(sql: string, binds: readonly unknown[], options: ExecuteOptions): Promise<Result> {
    this.options.push(options)
    if (sql.includes('from all_tab_columns')) {
      return { rows: binds[1] === 'SESSIONS' ? (this.table?.columns ?? []) : [] }
    }
    if (sql.includes('from all_indexes')) return { rows: this.table?.unique ?? [['ME', 'PK', 'ID']] }
    this.asked.push([sql, ...binds])
    const answer = this.answers.shift() ?? {}
    if (answer instanceof Error) throw answer
    return answer
  }

  isHealthy(): boolean {
    return this.healthy
  }

  async close(options?: unknown): Promise<void> {
    this.closed.push(options)
  }
}

/** A driver on a pool of one such connection, with nothing asked yet. */
export async function openRecorded(
  table: Described,
  options: Readonly<Record<string, unknown>> = {},
): Promise<{ driver: Oracle; connection: RecordedConnection }> {
  const connection = new RecordedConnection(table)
  const dbh = { connectionsOpen: 1, getConnection: async () => connection }
  const driver = new Oracle({ dbh, ...options }, new TestClock().now)
  await driver.open()
  onTestFinished(() => driver.close())
  connection.asked.length = 0
  return { driver, connection }
}
