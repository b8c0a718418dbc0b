// The titles of Concierge::Sessions' own tests: t/01-sessions-manager.t, t/02-session-object.t, t/03-integration.t and
// xt/session-timeout.t. What it does by sleeping or by changing the record, a clock does here.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { InvalidOptionError, ManagedSession, SessionManager } from '../../src/index.ts'
import { TestClock } from '../support/clock.ts'
import { failed, newSession, openManager, storedData, succeeded } from './open-manager.ts'

const unknown = 'non-existent-session-id'

describe.each(['database', 'file'])('01-sessions-manager, on the backend %s', (backend) => {
  const open = () => openManager({ backend })

  test('new_session() with valid user_id', async () => {
    const { manager, clock } = open()
    const { session } = await succeeded(manager.newSession({ userId: 'test_user_001' }))
    expect(session).toBeInstanceOf(ManagedSession)
    expect(session).toMatchObject({
      userId: 'test_user_001',
      createdAt: clock.seconds,
      expiresAt: clock.seconds + 3600,
      status: { state: 'active', dirty: false },
      isDirty: false,
    })
    expect(session.getData()).toEqual({ success: true, value: {} })
  })

  test.each([undefined, null, {}, { userId: '' }, { userId: 0 }, { user_id: undefined }])(
    'new_session() without user_id fails: %j',
    async (given) => {
      const { manager } = open()
      expect(await manager.newSession(given as never)).toEqual({
        success: false,
        message: 'user_id required to create a new session',
        code: 'ERR_SESSION_USER_REQUIRED',
      })
    },
  )

  test('new_session() with custom timeout', async () => {
    const session = await newSession(open().manager, { sessionTimeout: 7200 })
    expect(session.expiresAt).toBe(session.createdAt + 7200)
  })

  test('new_session() with default timeout', async () => {
    const session = await newSession(open().manager)
    expect(session.expiresAt).toBe(session.createdAt + 3600)
  })

  test('new_session() with initial data', async () => {
    const { manager } = open()
    const data = { foo: 'bar', count: 42 }
    const session = await newSession(manager, { data })
    expect(session.getData().value).toEqual(data)
    expect(await storedData(manager, session.sessionId)).toEqual(data)
  })

  test('get_session() with valid session_id', async () => {
    const { manager } = open()
    const { sessionId } = await newSession(manager)
    const { session } = await succeeded(manager.getSession(sessionId))
    expect(session).toBeInstanceOf(ManagedSession)
    expect(session.sessionId).toBe(sessionId)
  })

  test.each([undefined, null, '', 0, '0'])('get_session() without session_id fails: %j', async (id) => {
    expect(await open().manager.getSession(id as string)).toEqual({
      success: false,
      message: 'Session ID required to retrieve a session',
      code: 'ERR_SESSION_ID_REQUIRED',
    })
  })

  test('get_session() with non-existent session_id', async () => {
    expect(await open().manager.getSession(unknown)).toEqual({
      success: false,
      message: 'get_session_info: Session not found or expired',
      code: 'ERR_SESSION_NOT_FOUND',
    })
  })

  test('get_session() with expired session', async () => {
    const { manager, clock } = open()
    const { sessionId } = await newSession(manager, { sessionTimeout: 1 })
    clock.advance(1)
    await succeeded(manager.getSession(sessionId))
    clock.advance(1)
    expect(await failed(manager.getSession(sessionId))).toMatchObject({ code: 'ERR_SESSION_NOT_FOUND' })
  })

  test('delete_session() with valid session_id', async () => {
    const { manager } = open()
    const { sessionId } = await newSession(manager)
    expect(await manager.deleteSession(sessionId)).toEqual({ success: true, message: 'Session deleted' })
    expect(await failed(manager.getSession(sessionId))).toMatchObject({ code: 'ERR_SESSION_NOT_FOUND' })
  })

  test('delete_session() without session_id fails', async () => {
    expect(await open().manager.deleteSession(undefined as never)).toEqual({
      success: false,
      message: 'Session ID required to delete a session',
      code: 'ERR_SESSION_ID_REQUIRED',
    })
  })

  test('delete_session() with non-existent session_id', async () => {
    expect(await open().manager.deleteSession(unknown)).toEqual({
      success: true,
      message: 'Session not found to delete',
    })
  })

  test('delete_user_session() with and without sessions, and without user_id', async () => {
    const { manager } = openManager({ backend, sessionsPerUser: Infinity })
    for (const userId of ['alice', 'alice', 'bob']) await newSession(manager, { userId })
    expect(await manager.deleteUserSession('alice')).toEqual({ success: true, deletedCount: 2 })
    expect(await manager.deleteUserSession('alice')).toEqual({ success: true, deletedCount: 0 })
    expect(await manager.deleteUserSession('')).toEqual({
      success: false,
      message: 'user_id required to delete user sessions',
      code: 'ERR_SESSION_USER_REQUIRED',
    })
    expect((await succeeded(manager.cleanupSessions())).active).toHaveLength(1)
  })

  test('cleanup_expired() with expired sessions', async () => {
    const { manager, clock } = open()
    const active = await newSession(manager, { userId: 'active_user', sessionTimeout: 3600 })
    await newSession(manager, { userId: 'expired_user', sessionTimeout: 10 })
    clock.advance(11)
    expect(await manager.cleanupSessions()).toEqual({
      success: true,
      deletedCount: 1,
      active: [active.sessionId],
    })
  })

  test('cleanup_expired() with no expired sessions', async () => {
    const { manager } = open()
    const sessions = [await newSession(manager, { userId: 'a' }), await newSession(manager, { userId: 'b' })]
    const { deletedCount, active } = await succeeded(manager.cleanupSessions())
    expect([deletedCount, active.sort()]).toEqual([0, sessions.map(({ sessionId }) => sessionId).sort()])
  })
})

describe('01-sessions-manager', () => {
  test.each([
    ['SQLite', 'SQLite'],
    ['File', 'File'],
    ['default', undefined],
    ['default', ''],
    ['DataBase', 'DataBase'],
    ['Concierge::Sessions::SQLite', 'Concierge::Sessions::SQLite'],
    ['FILE', 'FILE'],
  ])('Constructor with %s backend', async (_, backend) => {
    const { manager } = openManager({ backend })
    await manager.ready()
    expect(manager).toBeInstanceOf(SessionManager)
    const driver = /file/i.test(backend ?? '') ? 'File' : 'SQLite'
    expect((await newSession(manager)).storageBackend).toBe(driver)
  })

  test('Constructor with invalid backend', () => {
    const make = () => new SessionManager({ backend: 'InvalidBackend', storageDir: tmpdir() })
    expect(make).toThrow(InvalidOptionError)
    expect(make).toThrow('Failed to initialize backend InvalidBackend')
  })
})

describe('02-session-object', () => {
  const open = () => openManager()

  test('Session->new() creates session via backend', async () => {
    const session = await newSession(open().manager)
    expect(session.sessionId).toMatch(/^[a-f0-9]{40}$/)
  })

  test("Session->refresh() creates session from existing data: it is the stored session's", async () => {
    const { manager, clock } = open()
    const made = await newSession(manager, { data: { key: 'value' } })
    clock.advance(100)
    const { session } = await succeeded(manager.getSession(made.sessionId))
    for (const name of ['sessionId', 'userId', 'createdAt', 'expiresAt', 'lastUpdated', 'status'] as const) {
      expect(session[name], name).toEqual(made[name])
    }
  })

  test('Session->refresh() with modified data', async () => {
    const { manager } = open()
    const session = await newSession(manager)
    session.setData({ modified: 'data' })
    await succeeded(session.save())
    expect(await storedData(manager, session.sessionId)).toEqual({ modified: 'data' })
  })

  test('get_data() retrieves entire data field', async () => {
    const session = await newSession(open().manager, { data: { key1: 'value1', key2: 'value2' } })
    expect(session.getData()).toEqual({ success: true, value: { key1: 'value1', key2: 'value2' } })
  })

  test('set_data() replaces entire data field', async () => {
    const { manager } = open()
    const session = await newSession(manager, { data: { old: 'data' } })
    expect(session.setData({ new: 'data', count: 123 })).toEqual({ success: true })
    expect(session.getData().value).toEqual({ new: 'data', count: 123 })
    await succeeded(session.save())
    expect(await storedData(manager, session.sessionId)).toEqual({ new: 'data', count: 123 })
  })

  test('set_data() marks session as dirty', async () => {
    const session = await newSession(open().manager, { data: { a: 1 } })
    expect(session.isDirty).toBe(false)
    session.setData({ a: 1 })
    expect([session.isDirty, session.status.dirty]).toEqual([true, true])
  })

  test('save() persists dirty session to backend', async () => {
    const { manager } = open()
    const session = await newSession(manager)
    session.setData({ saved: 'data' })
    expect(await session.save()).toEqual({ success: true })
    expect(session.isDirty).toBe(false)
    expect(await storedData(manager, session.sessionId)).toEqual({ saved: 'data' })
  })

  test('save() of a clean session moves its window, and nothing else', async () => {
    const { manager, clock } = open()
    const session = await newSession(manager, { data: { a: 1 } })
    clock.advance(1000)
    expect(await session.save()).toEqual({ success: true })
    expect([session.isDirty, session.expiresAt]).toEqual([false, clock.seconds + 3600])
    clock.advance(3600)
    expect(await storedData(manager, session.sessionId)).toEqual({ a: 1 })
  })

  test('save() updates last_updated timestamp', async () => {
    const { manager, clock } = open()
    const session = await newSession(manager)
    const before = session.lastUpdated
    clock.advance(10)
    session.setData({ updated: 'data' })
    await succeeded(session.save())
    expect(session.lastUpdated).toBe(before + 10)
  })

  test('is_active() returns true for active session', async () => {
    expect((await newSession(open().manager)).isActive).toBe(true)
  })

  test('is_active() returns false once the session is known to be gone', async () => {
    const { manager } = open()
    const session = await newSession(manager)
    await manager.deleteSession(session.sessionId)
    await failed(session.save())
    expect([session.isActive, session.status.state]).toEqual([false, 'gone'])
  })

  test('is_expired() returns false for valid session', async () => {
    expect((await newSession(open().manager)).isExpired).toBe(false)
  })

  test('is_expired() returns false for indefinite session', async () => {
    const { manager, clock } = open()
    const session = await newSession(manager, { sessionTimeout: 'indefinite' })
    clock.advance(10 ** 9)
    expect([session.isExpired, session.isValid, session.expiresAt]).toEqual([false, true, 'indefinite'])
  })

  test('is_expired() returns true for expired session', async () => {
    const { manager, clock } = open()
    const session = await newSession(manager, { sessionTimeout: 3600 })
    clock.advance(3601)
    expect(session.isExpired).toBe(true)
  })

  test('is_expired() handles timeout boundary', async () => {
    const { manager, clock } = open()
    const session = await newSession(manager, { sessionTimeout: 60 })
    clock.advance(60)
    expect([session.isExpired, session.expiresAt]).toEqual([false, clock.seconds])
    clock.advance(1)
    expect(session.isExpired).toBe(true)
  })

  test('is_valid() returns true for valid session', async () => {
    expect((await newSession(open().manager)).isValid).toBe(true)
  })

  test('is_valid() returns false for expired session', async () => {
    const { manager, clock } = open()
    const session = await newSession(manager)
    clock.advance(3601)
    expect([session.isActive, session.isValid]).toEqual([true, false])
  })

  test('is_valid() returns false for inactive session', async () => {
    const { manager } = open()
    const session = await newSession(manager)
    await manager.deleteUserSession('alice')
    await failed(session.save())
    expect([session.isExpired, session.isValid]).toEqual([false, false])
  })

  test('is_dirty() returns correct value, also for what was changed in place', async () => {
    const session = await newSession(open().manager, { data: { cart: ['apple'] } })
    const data = session.getData().value as { cart: string[] }
    expect(session.isDirty).toBe(false)
    data.cart.push('pear')
    expect(session.isDirty).toBe(true)
    await succeeded(session.save())
    expect(session.isDirty).toBe(false)
  })

  test('session_id(), created_at(), expires_at() and last_updated() return what they say', async () => {
    const { manager, clock } = open()
    const session = await newSession(manager, { sessionTimeout: 3600 })
    expect(session.sessionId).toMatch(/^[a-f0-9]{40}$/)
    expect(session).toMatchObject({
      createdAt: clock.seconds,
      expiresAt: clock.seconds + 3600,
      lastUpdated: clock.seconds,
    })
  })

  test('status() returns status hashref', async () => {
    expect((await newSession(open().manager)).status).toEqual({ state: 'active', dirty: false })
  })

  test('storage_backend() returns backend type', async () => {
    expect((await newSession(open().manager)).storageBackend).toBe('SQLite')
  })

  test.each([[[1, 2, 3]], ['string value'], [42], [true], [{ users: [{ id: 1, name: 'Alice' }] }]])(
    'set_data() accepts various data types: %j',
    async (data) => {
      const { manager } = open()
      const session = await newSession(manager, { data: { before: 1 } })
      await succeeded(session.setData(data))
      expect(session.getData().value).toBe(data)
      await succeeded(session.save())
      expect(await storedData(manager, session.sessionId)).toEqual(data)
    },
  )

  test.each([undefined, null, 0, '', false])('set_data() takes %j for no data', async (data) => {
    const { manager } = open()
    const session = await newSession(manager, { data: { before: 1 } })
    await succeeded(session.setData(data))
    await succeeded(session.save())
    expect([session.getData().value, await storedData(manager, session.sessionId)]).toEqual([{}, {}])
  })
})

describe('03-integration', () => {
  // As in the original, all tests share one folder.
  const storageDir = mkdtempSync(join(tmpdir(), 'data-session-'))
  afterAll(() => rmSync(storageDir, { recursive: true }))
  const clock = new TestClock()
  const open = () => openManager({ storageDir }, clock).manager

  test('Complete session lifecycle: create, modify, save, retrieve, delete', async () => {
    const manager = open()
    const session = await newSession(manager, {
      userId: 'user_lifecycle',
      data: { logins: 1, page: '/home' },
    })
    session.setData({ logins: 1, page: '/dashboard', preferences: { theme: 'dark' } })
    expect(session.isDirty).toBe(true)
    await succeeded(session.save())
    expect(session.isDirty).toBe(false)
    const stored = { logins: 1, page: '/dashboard', preferences: { theme: 'dark' } }
    expect(await storedData(manager, session.sessionId)).toEqual(stored)
    await succeeded(manager.deleteSession(session.sessionId))
    await failed(manager.getSession(session.sessionId))
  })

  test('New session replaces existing session for same user', async () => {
    const manager = open()
    const first = await newSession(manager, { userId: 'single', data: { device: 'desktop' } })
    const second = await newSession(manager, { userId: 'single', data: { device: 'mobile' } })
    await failed(manager.getSession(first.sessionId))
    expect(await storedData(manager, second.sessionId)).toEqual({ device: 'mobile' })
  })

  test('Each login gets fresh session, previous invalidated', async () => {
    const manager = open()
    const first = await newSession(manager, { userId: 'login' })
    first.setData({ views: 5 })
    const second = await newSession(manager, { userId: 'login' })
    expect(await failed(first.save())).toMatchObject({ code: 'ERR_SESSION_GONE' })
    expect(second.getData().value).toEqual({})
  })

  test('Data persists across save/retrieve cycle', async () => {
    const manager = open()
    const session = await newSession(manager, { userId: 'persistence' })
    const data = { profile: { name: 'Alice', settings: { language: 'en' } }, log: [{ action: 'login' }] }
    session.setData(data)
    await succeeded(session.save())
    expect(await storedData(manager, session.sessionId)).toEqual(data)
  })

  test('Session survives multiple save cycles', async () => {
    const manager = open()
    const { sessionId } = await newSession(manager, { userId: 'multi' })
    for (const step of [1, 2]) {
      const { session } = await succeeded(manager.getSession(sessionId))
      session.setData({ step })
      await succeeded(session.save())
    }
    expect(await storedData(manager, sessionId)).toEqual({ step: 2 })
  })

  test('Unsaved changes are lost on retrieval', async () => {
    const manager = open()
    const session = await newSession(manager, { userId: 'unsaved' })
    session.setData({ modified: 'data' })
    expect(session.isDirty).toBe(true)
    expect(await storedData(manager, session.sessionId)).toEqual({})
  })

  test('Complete workflow with File backend', async () => {
    const { manager } = openManager({ backend: 'file', storageDir: join(storageDir, 'files') }, clock)
    const session = await newSession(manager, { data: { backend: 'file' } })
    session.setData({ backend: 'file', updated: 1 })
    await succeeded(session.save())
    expect(await storedData(manager, session.sessionId)).toEqual({ backend: 'file', updated: 1 })
  })

  test('Switching between backends for same user', async () => {
    const { manager: files } = openManager({ backend: 'file', storageDir: join(storageDir, 'files') }, clock)
    const database = open()
    const row = await newSession(database, { userId: 'switch', data: { backend: 'database' } })
    const file = await newSession(files, { userId: 'switch', data: { backend: 'file' } })
    expect(await storedData(database, row.sessionId)).toEqual({ backend: 'database' })
    expect(await storedData(files, file.sessionId)).toEqual({ backend: 'file' })
  })

  test('Session status updates correctly through lifecycle', async () => {
    const session = await newSession(open(), { userId: 'status' })
    expect([session.isActive, session.isDirty, session.isValid]).toEqual([true, false, true])
    session.setData({ test: 'data' })
    expect(session.isDirty).toBe(true)
    await succeeded(session.save())
    expect([session.isDirty, session.isActive]).toEqual([false, true])
  })

  test('Application-wide session with indefinite timeout', async () => {
    const manager = open()
    const data = { users: 0, subsystems: { email: 'idle' } }
    const session = await newSession(manager, { userId: 'main', sessionTimeout: 'indefinite', data })
    data.users = 5
    data.subsystems.email = 'sending'
    await succeeded(session.save())
    const { session: again } = await succeeded(manager.getSession<unknown>(session.sessionId))
    expect(again.getData().value).toEqual({ users: 5, subsystems: { email: 'sending' } })
    expect([again.isExpired, again.expiresAt]).toEqual([false, 'indefinite'])
  })

  test('Session expiration detection', async () => {
    const manager = open()
    const session = await newSession(manager, { userId: 'expire' })
    expect(session.isValid).toBe(true)
    clock.advance(3601)
    expect((await failed(manager.getSession(session.sessionId))).message).toMatch(/not found|expired/)
  })

  test('Session extends when saved (sliding window)', async () => {
    const manager = open()
    const session = await newSession(manager, { userId: 'extension', data: { counter: 0 } })
    clock.advance(3595)
    session.setData({ counter: 1 })
    await succeeded(session.save())
    clock.advance(3595)
    const { session: again } = await succeeded(manager.getSession<unknown>(session.sessionId))
    expect([again.expiresAt, again.getData().value]).toEqual([clock.seconds + 5, { counter: 1 }])
  })

  test('Graceful handling of invalid operations', async () => {
    const manager = open()
    await failed(manager.getSession('non-existent-id'))
    await succeeded(manager.deleteSession('another-non-existent'))
    expect((await failed(manager.newSession({} as never))).message).toContain('user_id required')
  })

  test('Session handles various data types correctly', async () => {
    const manager = open()
    const data = {
      string: 'hello',
      number: 42,
      float: 3.14,
      array: [1, 2, 3],
      hash: { nested: 'value' },
      truth: true,
      nothing: null,
    }
    const session = await newSession(manager, { userId: 'types', data })
    expect(await storedData(manager, session.sessionId)).toEqual(data)
  })

  test('Multiple saves of clean session succeed', async () => {
    const session = await newSession(open(), { userId: 'noop' })
    for (let count = 0; count < 3; count++) expect(await session.save()).toEqual({ success: true })
  })
})

describe('session-timeout', () => {
  test('Sliding window extends session', async () => {
    const { manager, clock } = openManager()
    const session = await newSession(manager, { sessionTimeout: 4, data: { counter: 0 } })
    clock.advance(2)
    session.setData({ counter: 1 })
    await succeeded(session.save())
    clock.advance(3)
    expect(await storedData(manager, session.sessionId)).toEqual({ counter: 1 })
  })
})
