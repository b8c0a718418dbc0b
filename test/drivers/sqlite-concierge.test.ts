import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import Database from 'libsql'
import { expect, onTestFinished, test } from 'vitest'
import { hiddenId } from '../../src/hidden-ids.ts'
import { MissingStorageError, SessionStore, StorageError, tableSql } from '../../src/index.ts'
import { TestClock } from '../support/clock.ts'

// A database of Concierge::Sessions 0.8.1, with sessions of 1700000000.
const fixture = join(import.meta.dirname, '..', 'fixtures', 'concierge', 'sessions.db')
const type = 'driver:SQLite;id:UUID36;serialize:JSON;layout:Concierge'
const plain = '0000abcd-0000-4000-8000-000000000004'
const latin = '0000abcd-0000-4000-8000-000000000005'

async function open(clock = new TestClock(1_700_000_100), given = type) {
  const folder = mkdtempSync(join(tmpdir(), 'data-session-concierge-'))
  const dataSource = join(folder, 'sessions.db')
  copyFileSync(fixture, dataSource)
  const store = await SessionStore.open({ type: given, dataSource, clock: clock.now })
  const database = new Database(dataSource)
  onTestFinished(async () => {
    database.close()
    await store.close()
    rmSync(folder, { recursive: true })
  })
  const row = (id: string) => {
    const found = database.prepare('select * from sessions where session_id = ?').get(id)
    // libsql adds how long it took.
    const { _metadata: _, ...columns } = Object(found) as Record<string, unknown>
    return columns
  }
  return { store, row }
}

test('sessions in rows of Concierge::Sessions are read, and written as they were', async () => {
  const { store, row } = await open()
  const before = row(plain)
  const session = await store.load(plain)
  expect(session).toMatchObject({ isNew: false, etime: 7200, ctime: 1_700_000_000 })
  expect(session.param('user')).toMatchObject({ name: 'Alice', roles: ['admin', 'editor'] })
  session.param('big2', 1)
  await session.flush()
  const after = row(plain)
  expect(after).toEqual({
    ...before,
    last_updated: 1_700_000_100,
    expires_at: 1_700_007_300,
    data: expect.stringContaining('"big2":1') as string,
  })
  expect(after['data']).toContain('9007199254740993')
  expect((await store.load(latin)).param('latin')).toBe('café')
})

test('two who change a session both keep their changes, whoever wrote it before', async () => {
  const { store } = await open()
  const [one, other] = [await store.load(plain), await store.load(plain)]
  one.param('one', 1)
  other.param('other', 2)
  await one.flush()
  await other.flush()
  one.param('again', 3)
  await one.flush()
  const session = await store.load(plain)
  expect([session.param('one'), session.param('other'), session.param('again')]).toEqual([1, 2, 3])
})

test('sessions are made, listed, deleted and purged', async () => {
  const clock = new TestClock(1_700_000_100)
  const { store, row } = await open(clock)
  const session = await store.create()
  session.param('cart', ['apple'])
  session.expire('1h')
  session.expire({ cart: 60 })
  session.deadline('2h')
  await session.flush()
  expect(row(session.id)).toMatchObject({ user_id: '', session_timeout: 3600, expires_at: 1_700_003_700 })
  expect(await store.load(session.id)).toMatchObject({ ptime: { cart: 60 }, etime: 3600 })
  expect((await store.load(session.id)).deadline()).toBe(1_700_007_300)
  const ids: string[] = []
  for await (const id of store.ids()) ids.push(id)
  expect(ids).toEqual(expect.arrayContaining([plain, latin, session.id]))
  expect(ids.length).toBe(5)
  await (await store.load(latin)).delete()
  expect(row(latin)).toEqual({})
  clock.advance(3601)
  expect(await store.purge()).toBe(1)
  expect(row(session.id)).toEqual({})
})

test.each(['driver:SQLite;serialize:JSON', 'driver:SQLite;serialize:DataDumper;layout:Concierge'])(
  'another kind of record is refused, and what is there stays: %s',
  async (given) => {
    const { store, row } = await open(undefined, given)
    const before = row(plain)
    const session = await store.create()
    session.param('cart', 'apple')
    await expect(session.flush()).rejects.toThrow(StorageError)
    await expect(session.flush()).rejects.toThrow('serialize:JSON;layout:Concierge')
    expect(row(plain)).toEqual(before)
    expect(row(session.id)).toEqual({})
  },
)

test('a session is locked by a row like the others', async () => {
  const { store, row } = await open()
  const lockRow = () => row(hiddenId('lock', plain))
  const renewals = () => (JSON.parse(String(lockRow()['data'])) as { renewals: number }).renewals
  const lock = await store.lock(plain, { timeout: 20_000, lease: 1000 })
  expect(lockRow()).toMatchObject({ user_id: '', session_timeout: 60, created_at: 1_700_000_100 })
  while (renewals() < 2) await setTimeout(5)
  await lock.release()
  expect(lockRow()).toEqual({})
})

test("a table is made with the module's columns if that is asked for", async () => {
  const dataSource = join(mkdtempSync(join(tmpdir(), 'data-session-concierge-')), 'sessions.db')
  const options = { type, dataSource, tableLayout: 'Concierge' } as const
  const [sql = ''] = await tableSql(options)
  expect(sql).toContain('(session_id text primary key, user_id text, created_at timestamp')
  await expect(SessionStore.open({ ...options, mustExist: true })).rejects.toThrow(MissingStorageError)
  const stores = [await SessionStore.open(options), await SessionStore.open({ type, dataSource })]
  const session = await stores[0]!.create()
  session.owner = 'alice'
  session.param('', ['any', { value: 1 }])
  await session.flush()
  expect((await stores[1]!.load(session.id)).param('')).toEqual(['any', { value: 1 }])
  const database = new Database(dataSource)
  expect(database.prepare('select user_id, data from sessions').get()).toMatchObject({
    user_id: 'alice',
    data: '["any",{"value":1}]',
  })
  database.close()
  for (const store of stores) await store.close()
  rmSync(dirname(dataSource), { recursive: true })
})

test('a table that is there is used as it is, whatever would have been made', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'data-session-concierge-'))
  const options = { type: 'driver:SQLite;id:MD5;serialize:JSON', dataSource: join(folder, 'sessions.db') }
  await (await SessionStore.open(options)).close()
  const store = await SessionStore.open({ ...options, tableLayout: 'Concierge' })
  const session = await store.create()
  session.param('a', 1)
  expect(await session.flush()).toBe(true)
  await store.close()
  rmSync(folder, { recursive: true })
})
