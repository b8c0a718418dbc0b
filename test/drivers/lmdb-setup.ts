// What the tests of the LMDB driver share.
import { join } from 'node:path'
import { type Database, open, type RootDatabase, type RootDatabaseOptions } from 'lmdb'
import { onTestFinished } from 'vitest'
import LMDB from '../../drivers/LMDB.ts'
import type { PluginOptions } from '../../src/contracts/services.ts'
import { Child } from '../files/child.ts'
import { newFolder } from '../files/folder.ts'
import { TestClock } from '../support/clock.ts'

/** The path of a file that is not there yet. */
export function newPath(): string {
  return join(newFolder(), 'sessions.lmdb')
}

/** A driver that is open until the end of the test, and patient. */
export async function openDriver(options: PluginOptions, clock = new TestClock()): Promise<LMDB> {
  const driver = new LMDB({ timeout: 60_000, ...options }, clock.now)
  await driver.open()
  onTestFinished(() => driver.close())
  return driver
}

/** A file as another program of the same package has it open. */
export function openRaw(path: string, options: RootDatabaseOptions = {}): RootDatabase {
  const root = open(path, { overlappingSync: false, ...options })
  onTestFinished(() => root.close())
  return root
}

const form = { encoding: 'binary', keyEncoding: 'binary' } as const

/** The databases of the driver in such a file. */
export function databasesIn(
  root: RootDatabase,
  name = 'sessions',
): { sessions: Database<Buffer, Buffer>; index: Database<Buffer, Buffer> } {
  return {
    sessions: root.openDB<Buffer, Buffer>(name, { ...form, useVersions: true }),
    index: root.openDB<Buffer, Buffer>(`${name}_expires`, form),
  }
}

/** A script of test/processes, with words as arguments. */
export function start(name: string, ...args: string[]): Child {
  return new Child(process.execPath, [join('test', 'processes', name), ...args])
}

export async function list(driver: LMDB, expiredBefore?: number): Promise<string[]> {
  const ids: string[] = []
  for await (const id of driver.ids(expiredBefore === undefined ? {} : { expiredBefore })) ids.push(id)
  return ids
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

export function textOf(driver: LMDB, id: string): string | undefined {
  const stored = driver.retrieve(id)
  return stored && Buffer.from(stored.image).toString()
}
