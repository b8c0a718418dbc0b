import { copyFileSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type SessionOptions, SessionStore } from '../../src/index.ts'
import { TestClock } from '../support/clock.ts'

// Concierge::Sessions 0.8.1 wrote these sessions at 1700000000.
const fixtures = join(import.meta.dirname, '..', 'fixtures', 'concierge')

const row = { user: 'alice', id: '0000abcd-0000-4000-8000-00000000aaaa' }

/** The module's stores, and how the module would put one more session into each. */
const stores: Record<
  string,
  (folder: string) => { options: SessionOptions; add: (user: string | number, id: string) => void }
> = {
  database: (folder) => {
    const dataSource = join(folder, 'sessions.db')
    copyFileSync(join(fixtures, 'sessions.db'), dataSource)
    return {
      options: { type: 'driver:SQLite;id:UUID36;serialize:JSON;layout:Concierge', dataSource, shared: true },
      add: (user, id) => {
        const database = new Database(dataSource)
        database
          .prepare('insert into sessions values (?, ?, ?, ?, ?, ?, ?, ?)')
          .run(
            id,
            String(user),
            1_700_000_000,
            1_700_007_200,
            1_700_000_000,
            7200,
            '{"state":"active","dirty":0}',
            '{}',
          )
        database.close()
      },
    }
  },
  files: (folder) => {
    cpSync(fixtures, folder, { recursive: true, filter: (path) => !/\.(?:db|md)$/.test(path) })
    return {
      options: {
        type: 'driver:File;id:UUID36;serialize:JSON;layout:Concierge',
        directory: folder,
        fileName: '%s',
        shared: true,
      },
      add: (user, id) => {
        const times = { created_at: 1_700_000_000, last_updated: 1_700_000_000, expires_at: 1_700_007_200 }
        const status = { state: 'active', dirty: 0 }
        const record = { session_id: id, user_id: user, ...times, session_timeout: 7200, status, data: {} }
        writeFileSync(join(folder, id), `${JSON.stringify(record)}\n\n`)
      },
    }
  },
}

describe.each(Object.entries(stores))("Concierge::Sessions' %s", (kind, make) => {
  async function open() {
    const folder = mkdtempSync(join(tmpdir(), 'data-session-concierge-'))
    const { options, add } = make(folder)
    const store = await SessionStore.open({ ...options, clock: new TestClock(1_700_000_100).now })
    onTestFinished(async () => {
      await store.close()
      rmSync(folder, { recursive: true })
    })
    const idsOf = async (owner: string): Promise<string[]> => {
      const ids: string[] = []
      for await (const session of store.sessionsOf(owner)) ids.push(session.id)
      return ids
    }
    return { folder, store, add, idsOf }
  }

  test('has owners, which are found among those of this library', async () => {
    const { store, add, idsOf } = await open()
    add(row.user, row.id)
    expect((await store.load(row.id)).owner).toBe('alice')
    const session = await store.create()
    session.owner = 'alice'
    session.param('from', 'Node')
    await session.flush()
    expect((await idsOf('alice')).sort()).toEqual([row.id, session.id].sort())
    expect(await idsOf('Alice')).toEqual([])
  })

  test('ends the sessions that Perl has made when somebody else is to be the only one', async () => {
    const { store, add, idsOf } = await open()
    add(row.user, row.id)
    add('bob', '0000abcd-0000-4000-8000-00000000bbbb')
    const first = await store.create()
    first.owner = 'alice'
    await first.admit({ limit: 1 })
    const second = await store.create()
    second.owner = 'alice'
    await second.admit({ limit: 1 })
    expect(await idsOf('alice')).toEqual([second.id])
    expect(await store.find(row.id)).toBeUndefined()
    expect(await idsOf('bob')).toHaveLength(1)
    const third = await store.create()
    third.owner = 'bob'
    expect(await third.admit({ limit: 1, whenFull: 'refuse' })).toBe(false)
    expect(await store.deleteOwner('bob')).toBe(1)
  })

  test('takes a number that Perl has for a user as an owner', async () => {
    const { store, add } = await open()
    add(7, row.id)
    const session = await store.load(row.id)
    expect(session.owner).toBe('7')
    session.param('seen', 1)
    await session.flush()
    session.owner = '8'
    await session.flush()
    expect((await store.load(row.id)).owner).toBe('8')
  })

  test('of a hundred that ask at once one is left', async () => {
    const { store, add, idsOf } = await open()
    add(row.user, row.id)
    await Promise.all(
      Array.from({ length: 100 }, async () => {
        const session = await store.create()
        session.owner = 'alice'
        await session.admit({ limit: 1 })
      }),
    )
    const left = await idsOf('alice')
    expect(left).toHaveLength(1)
    expect(left).not.toContain(row.id)
  })

  test('has nothing new in it that would be taken for a session', async () => {
    const { folder, store } = await open()
    const session = await store.create()
    session.owner = 'alice'
    await session.admit({ limit: 1 })
    if (kind === 'database') {
      const database = new Database(join(folder, 'sessions.db'))
      const ids = database.prepare('select session_id from sessions').all() as { session_id: string }[]
      expect(ids.filter(({ session_id }) => !session_id.includes('-'))).toEqual([])
      database.close()
    } else {
      // The module takes every file for a session's whose name has no dot.
      const names = readdirSync(folder).filter((name) => !name.includes('.'))
      expect(names.filter((name) => !/^[0-9a-f-]{36}$/i.test(name))).toEqual([])
      expect(existsSync(join(folder, session.id))).toBe(true)
    }
  })
})
