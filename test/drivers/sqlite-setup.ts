// What the tests of the SQLite driver share.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import SQLite from '../../drivers/SQLite.ts'
import { loadClient } from '../../src/sqlite/clients.ts'
import type { Connection } from '../../src/sqlite/connection.ts'
import { TestClock } from '../support/clock.ts'

/** The clients that there are for this Node. */
export const clients = ['node:sqlite', 'better-sqlite3', 'libsql'].filter((name) => {
  try {
    return loadClient(name) !== undefined
  } catch {
    return false
  }
})

/** A folder for one test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'data-session-sqlite-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The path of a database that is not there yet. */
export function newPath(): string {
  return join(newFolder(), 'sessions.sqlite')
}

/** A database as somebody else has it open, with the client that the driver takes by itself. */
export function rawDatabase(path: string, ...statements: string[]): Connection {
  return rawDatabaseWith(undefined, path, ...statements)
}

/**
 * The same with another client. Locks belong to the process, and two clients in one do not know of each other's: all
 * of a test must have the same.
 */
export function rawDatabaseWith(
  client: string | undefined,
  path: string,
  ...statements: string[]
): Connection {
  const connection = loadClient(client)(path)
  onTestFinished(() => {
    connection.close()
  })
  for (const statement of statements) connection.exec(statement)
  return connection
}

/** All values of the first row. */
export function firstRow(connection: Connection, sql: string): Record<string, unknown> {
  const { _metadata, ...row } = connection.prepare(sql).get() as Record<string, unknown>
  return row
}

export async function openDriver(
  options: Readonly<Record<string, unknown>>,
  clock = new TestClock(),
): Promise<SQLite> {
  const driver = new SQLite(options, clock.now)
  await driver.open()
  onTestFinished(() => driver.close())
  return driver
}

export async function list(driver: SQLite, expiredBefore?: number): Promise<string[]> {
  const ids: string[] = []
  for await (const id of driver.ids(expiredBefore === undefined ? {} : { expiredBefore })) ids.push(id)
  return ids
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

export async function imageOf(driver: SQLite, id: string): Promise<Buffer | undefined> {
  const stored = await driver.retrieve(id)
  return stored && Buffer.from(stored.image)
}
