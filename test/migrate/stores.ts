// What the tests of migration share: stores to migrate, and what is in a store.
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { type GivenOptions, SessionStore } from '../../src/index.ts'
import { openStore } from '../../src/open-store.ts'
import type { SessionRecord } from '../../src/record.ts'

export const hasCgiSession =
  spawnSync('perl', ['-MCGI::Session', '-MDBD::SQLite', '-MJSON::PP', '-e', '1']).status === 0

/** A session that `cgi-store.pl` made. */
export interface Made {
  readonly id: string
  readonly atime: number
  readonly ctime: number
  readonly etime: number
  readonly ptime: Readonly<Record<string, number>>
  readonly params: Readonly<Record<string, unknown>>
  readonly cyclic: 0 | 1
}

/** Sessions of the real CGI::Session, in a folder. */
export function makeCgiStore(directory: string, count: number): Made[] {
  const script = fileURLToPath(new URL('cgi-store.pl', import.meta.url))
  const type = 'driver:file;serializer:storable;id:md5'
  const lines = execFileSync('perl', [script, type, 'Directory', directory, String(count)], {
    maxBuffer: 2 ** 26,
  })
  return String(lines)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Made)
}

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'data-session-migrate-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Makes sessions called `s0`, `s1` … with a parameter `n`. */
export async function fill(options: GivenOptions, count: number): Promise<string[]> {
  await using store = await SessionStore.open(options)
  const ids = Array.from({ length: count }, (_, n) => `s${n}`)
  for (const [n, id] of ids.entries()) {
    const session = await store.load(id)
    session.param('n', n)
    await session.flush()
  }
  return ids
}

/** Changes one session as a program does. */
export async function change(options: GivenOptions, id: string, name: string, value: unknown): Promise<void> {
  await using store = await SessionStore.open(options)
  const session = await store.load(id)
  session.param(name, value)
  await session.flush()
}

/** All records of a store by their ids, without an access. */
export async function contents(options: GivenOptions): Promise<Map<string, SessionRecord>> {
  const { records } = await openStore(options)
  const found = new Map<string, SessionRecord>()
  for await (const id of records.ids()) {
    const record = records.thaw(id, (await records.retrieve(id))!)
    if (record) found.set(id, record)
  }
  await records.close()
  return found
}

/** Everything about the files in a folder that would change with them, but for the time of reading, and SQLite's notes. */
export function snapshot(folder: string): Record<string, unknown> {
  return Object.fromEntries(
    readdirSync(folder)
      .filter((name) => !/-(shm|wal)$/.test(name))
      .sort()
      .map((name) => {
        const path = join(folder, name)
        const { ino, mode, size, mtimeMs, ctimeMs } = lstatSync(path)
        const hash = lstatSync(path).isFile() && createHash('sha1').update(readFileSync(path)).digest('hex')
        return [name, { ino, mode, size, mtimeMs, ctimeMs, hash }]
      }),
  )
}
