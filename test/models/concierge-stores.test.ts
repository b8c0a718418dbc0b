import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'libsql'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ManagedSession, SessionManager } from '../../src/index.ts'
import { copyOf, newFolder } from '../cli/data-session.ts'
import { TestClock } from '../support/clock.ts'
import { failed, newSession, openManager, storedData, succeeded } from './open-manager.ts'

// Stores of Concierge::Sessions 0.8.1, with sessions of 1700000000 that live two hours, or for ever.
const made = 1_700_000_000
const fixture = join(import.meta.dirname, '..', 'fixtures', 'concierge')
const id = (number: number) => `0000abcd-0000-4000-8000-00000000000${number}`

type Fields = Record<string, unknown>

/** A store that Perl has made, as Perl would look at it. */
interface PerlStore {
  readonly manager: SessionManager
  readonly clock: TestClock
  /** What the module finds under an id: the fields, and in a database the types of the columns. */
  read(id: string): { fields: Fields; types?: Fields }
  /** The sessions whose user is `user-plain`, `user-latin`, `user-text`, `user-indefinite`. */
  readonly ids: { plain: string; latin: string; text: string; indefinite: string }
}

function openFiles(): PerlStore {
  const storageDir = copyOf('concierge')
  const { manager, clock } = openManager({ backend: 'file', storageDir }, new TestClock(made + 100))
  return {
    manager,
    clock,
    read: (id) => ({ fields: JSON.parse(readFileSync(join(storageDir, id), 'utf8')) as Fields }),
    ids: { plain: id(0), latin: id(1), text: id(2), indefinite: id(3) },
  }
}

/** A row as it lies there, with its types: the module takes `status` and `data` for JSON. */
function rowReader(path: string): PerlStore['read'] {
  return (id) => {
    const database = new Database(path)
    try {
      const names = (database.prepare('pragma table_info(sessions)').all() as { name: string }[]).map(
        ({ name }) => name,
      )
      const columns = names.flatMap((name) => [name, `typeof(${name}) as type_of_${name}`])
      const sql = `select ${columns.join(', ')} from sessions where session_id = ?`
      const row = Object(database.prepare(sql).get(id)) as Fields
      const fields = Object.fromEntries(names.map((name) => [name, row[name]]))
      const types = Object.fromEntries(names.map((name) => [name, row[`type_of_${name}`]]))
      for (const name of ['status', 'data']) fields[name] = JSON.parse(String(fields[name]))
      return { fields, types }
    } finally {
      database.close()
    }
  }
}

function openDatabase(): PerlStore {
  const storageDir = newFolder()
  copyFileSync(join(fixture, 'sessions.db'), join(storageDir, 'sessions.db'))
  const { manager, clock } = openManager({ storageDir }, new TestClock(made + 100))
  return {
    manager,
    clock,
    read: rowReader(join(storageDir, 'sessions.db')),
    ids: { plain: id(4), latin: id(5), text: id(6), indefinite: id(7) },
  }
}

async function get(manager: SessionManager, id: string): Promise<ManagedSession<Fields>> {
  return (await succeeded(manager.getSession<Fields>(id))).session
}

describe.each([
  ['file', openFiles],
  ['database', openDatabase],
])('a store of the backend %s that Perl has made', (backend, open) => {
  test('its sessions are found as they are', async () => {
    const { manager, ids } = open()
    const plain = await get(manager, ids.plain)
    expect(plain).toMatchObject({
      userId: 'user-plain',
      createdAt: made,
      expiresAt: made + 7200,
      lastUpdated: made,
      isValid: true,
      isDirty: false,
      storageBackend: backend === 'file' ? 'File' : 'SQLite',
    })
    expect(plain.getData().value).toMatchObject({
      count: 3,
      flags: { beta: 1, note: null },
      big: 9007199254740993n,
    })
    expect((await get(manager, ids.latin)).getData().value).toMatchObject({ latin: 'café' })
    expect((await get(manager, ids.text)).getData().value).toMatchObject({ wide: '日本 😀' })
    expect((await get(manager, ids.indefinite)).expiresAt).toBe('indefinite')
    const { active } = await succeeded(manager.cleanupSessions())
    expect(active.sort()).toEqual(Object.values(ids))
  })

  test('what is saved is as the module has it, and nothing else has changed', async () => {
    const { manager, clock, ids, read } = open()
    for (const user of ['plain', 'indefinite'] as const) {
      const before = read(ids[user])
      const session = await get(manager, ids[user])
      const cart = session.getData().value['cart'] as object[]
      cart.push({ sku: 'SKU-3' })
      await succeeded(session.save())
      const after = read(ids[user])
      const { data, ...rest } = before.fields as { data: Fields }
      expect(after.fields).toEqual({
        ...rest,
        data: { ...data, cart: [...(data['cart'] as object[]), { sku: 'SKU-3' }] },
        last_updated: clock.seconds,
        ...(user === 'plain' && { expires_at: clock.seconds + 7200 }),
      })
      expect(after.types).toEqual(before.types)
    }
  })

  test('a new session has the fields of one that Perl made, of the same types', async () => {
    const { manager, clock, ids, read } = open()
    for (const [user, sessionTimeout] of [
      ['plain', 7200],
      ['indefinite', 'indefinite'],
    ] as const) {
      const like = read(ids[user])
      const { data } = like.fields as { data: Fields }
      const session = await newSession(manager, { userId: `new-${user}`, sessionTimeout, data })
      const { fields, types } = read(session.sessionId)
      expect(fields).toEqual({
        ...like.fields,
        session_id: session.sessionId,
        user_id: `new-${user}`,
        created_at: clock.seconds,
        last_updated: clock.seconds,
        expires_at: user === 'plain' ? clock.seconds + 7200 : 'indefinite',
      })
      expect(types).toEqual(like.types)
    }
  })

  test('a new session of a user takes the place of the one that Perl made', async () => {
    const { manager, ids } = open()
    const perls = await get(manager, ids.plain)
    await newSession(manager, { userId: 'user-plain' })
    expect(await failed(perls.save())).toMatchObject({ code: 'ERR_SESSION_GONE' })
    expect(await succeeded(manager.deleteUserSession('user-latin'))).toMatchObject({ deletedCount: 1 })
  })

  test('what has expired is cleaned up, and no file that is something else', async () => {
    const { manager, clock, ids } = open()
    clock.advance(7200)
    expect(await manager.cleanupSessions()).toEqual({
      success: true,
      deletedCount: 3,
      active: [ids.indefinite],
    })
  })

  test.each([[['a', { b: 1 }]], ['text'], ['é 日本'], [42], [0.5], [1e21], [true]])(
    'data that is no hash is there as it is: %j',
    async (data) => {
      const { manager, read } = open()
      const session = await newSession(manager, { data })
      const stored = read(session.sessionId).fields['data']
      expect(stored).toEqual(data)
      // twice, so that what is read is compared with what was written
      for (let count = 0; count < 2; count++) await succeeded(session.save())
      const { session: again } = await succeeded(manager.getSession<unknown>(session.sessionId))
      expect(again.getData().value).toEqual(data)
      again.setData({ now: 'a hash' })
      await succeeded(again.save())
      expect(read(session.sessionId).fields['data']).toEqual({ now: 'a hash' })
    },
  )
})

test('a database that is made here has the columns of the module, of its types', async () => {
  const storageDir = newFolder()
  const { manager } = openManager({ storageDir })
  await newSession(manager)
  const columnsOf = (path: string): unknown[] => {
    const database = new Database(path)
    onTestFinished(() => void database.close())
    const columns = database.prepare('pragma table_info(sessions)').all() as {
      type: string
      dflt_value: string | null
    }[]
    return columns.map(({ type, dflt_value, ...column }) => ({
      ...column,
      type: type.toLowerCase(),
      default: dflt_value?.toLowerCase() ?? null,
    }))
  }
  expect(columnsOf(join(storageDir, 'sessions.db'))).toEqual(columnsOf(join(fixture, 'sessions.db')))
})

test('a hash of which the only key is the empty one stays what Perl wrote', async () => {
  const storageDir = copyOf('concierge')
  const path = join(storageDir, id(0))
  const record = JSON.parse(readFileSync(path, 'utf8')) as Fields
  writeFileSync(path, JSON.stringify({ ...record, data: { '': 'x' } }))
  const { manager } = openManager({ backend: 'file', storageDir }, new TestClock(made + 100))
  const session = await get(manager, id(0))
  await succeeded(session.save())
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ data: { '': 'x' } })
  expect(await storedData(manager, id(0))).toBe('x')
})

test('two managers, one on each side of a move from one backend to the other, do not meet', async () => {
  const storageDir = newFolder()
  const clock = new TestClock()
  const { manager: files } = openManager({ backend: 'file', storageDir }, clock)
  const { manager: rows } = openManager({ storageDir }, clock)
  const [file, row] = [await newSession(files), await newSession(rows)]
  for (const manager of [files, rows]) await succeeded(manager.cleanupSessions())
  for (const session of [file, row]) await succeeded(session.save())
  expect(readdirSync(storageDir)).toContain('sessions.db')
})
