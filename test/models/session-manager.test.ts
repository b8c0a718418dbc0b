import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  type GivenManagerOptions,
  InvalidOptionError,
  InvalidTimeError,
  Registry,
  type ManagedSession,
  SessionManager,
  SessionStore,
  StorageError,
} from '../../src/index.ts'
import { newFolder } from '../cli/data-session.ts'
import { MinimalDriver } from '../support/minimal-driver.ts'
import { watched } from '../support/watched.ts'
import { failed, newSession, openManager, storedData, succeeded } from './open-manager.ts'

const memory = (): GivenManagerOptions => ({
  type: 'driver:Memory;id:UUID36;serialize:JSON',
  memoryName: String(Math.random()),
})

describe('options', () => {
  test.each([
    [{ backend: 'Nope', storageDir: '/x' }, 'Failed to initialize backend Nope: there are'],
    [{ backend: 'file' }, 'Failed to initialize backend file: option storageDir must say'],
    [undefined, 'Failed to initialize backend database: option storageDir must say'],
    [{ backend: 'file', type: 'driver:Memory' }, 'exclude one another'],
    [{ type: 'driver:Memory', storageDir: '/x' }, 'storageDir goes with backend'],
    [{ store: {} }, 'store must be an open SessionStore'],
    [{ storageDir: '/x', sessionsPerUser: 0 }, 'sessionsPerUser must be a whole number'],
    [{ storageDir: '/x', sessionsPerUser: '1.5' }, 'sessionsPerUser must be a whole number'],
    [{ storageDir: '/x', whenFull: 'wait' }, 'whenFull is one of replace, refuse'],
    [{ storageDir: '/x', sesionTimeout: 60 }, "did you mean 'sessionTimeout'?"],
    [{ storageDir: '/x', tabelName: 'x' }, "did you mean 'tableName'?"],
    [{ storageDir: '/x', sessionTimeout: -1 }, 'must be more than 0'],
    [{ storageDir: '/x', storage_dir: '/y' }, "'storageDir' is given twice"],
    [{ storageDir: '/x', shared: 'perhaps' }, "'shared' must be a boolean"],
  ])('that will not do are refused at once: %j', (given, message) => {
    const make = () => new SessionManager(given as GivenManagerOptions)
    expect(make).toThrow(InvalidOptionError)
    expect(make).toThrow(message)
  })

  test('a time that is none is refused at once', () => {
    expect(() => new SessionManager({ storageDir: '/x', sessionTimeout: 'soon' })).toThrow(InvalidTimeError)
  })

  test('may be spelled as in Perl', async () => {
    const perl = { session_timeout: 60, sessions_per_user: '1' }
    const options = { backend: 'file', storage_dir: newFolder(), ...perl }
    const { manager } = openManager(options)
    const given = { user_id: 42, session_timeout: 90, data: { a: 1 } }
    const { session } = await succeeded(manager.newSession(given))
    expect([session.userId, session.expiresAt]).toEqual(['42', session.createdAt + 90])
    expect((await newSession(manager)).expiresAt).toBe(session.createdAt + 60)
  })

  test.each([
    [{}, undefined, 3600],
    [{}, '', 3600],
    [{}, '2h', 7200],
    [{ sessionTimeout: '1d' }, undefined, 86_400],
    [{ sessionTimeout: '1d' }, 30, 30],
    [{ expire: '15m' }, undefined, 900],
    [{ expire: '15m', sessionTimeout: 60 }, undefined, 60],
    [{ sessionTimeout: 'indefinite' }, undefined, 'indefinite'],
    [{ sessionTimeout: 'indefinite' }, 5, 5],
    [{ deadline: '10m' }, undefined, 600],
    [{ deadline: '10m' }, 'indefinite', 600],
  ] as const)('timeouts: with %j and %j a session lives %j', async (options, sessionTimeout, lives) => {
    const { manager, clock } = openManager({ ...memory(), ...options })
    const { expiresAt } = await newSession(manager, { sessionTimeout })
    expect(expiresAt).toBe(lives === 'indefinite' ? lives : clock.seconds + lives)
  })

  test.each([-5, '-1h', '1 hour', Number.NaN, 1.5, {}])(
    'a session cannot live %j',
    async (sessionTimeout) => {
      const { manager } = openManager(memory())
      const { code, cause } = await failed(
        manager.newSession({ userId: 'alice', sessionTimeout: sessionTimeout as number }),
      )
      expect(['ERR_SESSION_TIME', 'ERR_SESSION_OPTION']).toContain(code)
      expect(cause).toBeInstanceOf(Error)
      expect(await succeeded(manager.cleanupSessions())).toMatchObject({ active: [] })
    },
  )

  test('an unknown name beside userId is a slip', async () => {
    const { manager } = openManager(memory())
    const given = { userId: 'alice', dta: { a: 1 } }
    expect(await failed(manager.newSession(given))).toMatchObject({ code: 'ERR_SESSION_OPTION' })
  })
})

describe('opening', () => {
  test('a folder is made for its owner alone, and nothing before the first call', async () => {
    const storageDir = join(newFolder(), 'a', 'b')
    const { manager } = openManager({ backend: 'file', storageDir })
    expect(existsSync(storageDir)).toBe(false)
    const { sessionId } = await newSession(manager)
    expect(statSync(storageDir).mode & 0o777).toBe(0o700)
    expect(statSync(join(storageDir, sessionId)).mode & 0o777).toBe(0o600)
  })

  test('that fails is an error of open and ready, and a failure of every method, until it succeeds', async () => {
    const place = join(newFolder(), 'place')
    writeFileSync(place, 'no folder')
    const options = { storageDir: join(place, 'sessions') }
    await expect(SessionManager.open(options)).rejects.toThrow(StorageError)
    const { manager } = openManager(options)
    for (const call of [
      () => manager.newSession({ userId: 'alice' }),
      () => manager.getSession('x'),
      () => manager.deleteSession('x'),
      () => manager.deleteUserSession('alice'),
      () => manager.cleanupSessions(),
    ]) {
      const { code, message, cause } = await failed(call())
      expect(code).toBe('ERR_SESSION_STORAGE')
      expect(message).toContain(`Failed to create storage directory '${options.storageDir}'`)
      expect(cause).toBeInstanceOf(StorageError)
    }
    await expect(manager.ready()).rejects.toThrow(StorageError)
    const hopeless = new SessionManager(options)
    void hopeless.getSession('x')
    expect(await hopeless.close()).toEqual({ success: true })
    rmSync(place)
    await newSession(manager)
  })

  test('mustExist makes nothing', async () => {
    const storageDir = join(newFolder(), 'sessions')
    const { manager } = openManager({ storageDir, mustExist: true })
    expect(await failed(manager.getSession('x'))).toMatchObject({ code: 'ERR_SESSION_MISSING_STORAGE' })
    expect(existsSync(storageDir)).toBe(false)
  })

  test('after closing every method fails, also those of sessions', async () => {
    const { manager } = openManager()
    const session = await newSession(manager)
    expect(await manager.close()).toEqual({ success: true })
    expect(await manager.close()).toEqual({ success: true })
    expect(await failed(manager.getSession(session.sessionId))).toMatchObject({ code: 'ERR_SESSION_CLOSED' })
    session.setData({ a: 1 })
    await failed(session.save())
    await expect(manager.ready()).rejects.toThrow('closed')
  })

  test('a store that is handed in stays open', async () => {
    const store = await SessionStore.open<{ cart: string[] }>(memory())
    {
      await using manager = new SessionManager({ store })
      await newSession(manager, { data: { cart: ['apple'] } })
    }
    const ids: string[] = []
    await store.traverse((id) => ids.push(id))
    expect((await store.load(ids[0])).param('cart')).toEqual(['apple'])
    expect(() => new SessionManager({ store, expire: 5 })).toThrow('Option expire comes too late')
    await store.close()
  })
})

describe('whatever is passed, nothing is thrown and nothing rejects', () => {
  const anything = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
    fc.constantFrom<unknown>(
      Symbol('x'),
      () => 1,
      new Proxy({}, { ownKeys: () => expect.unreachable() }),
      Object.defineProperty({}, 'userId', {
        enumerable: true,
        get: () => {
          throw Object.create(null)
        },
      }),
      '../../etc/passwd',
      '\0',
      'é'.repeat(200),
      '\ud800',
    ),
  )

  test('to the manager', async () => {
    const { manager } = openManager({ backend: 'file' })
    await fc.assert(
      fc.asyncProperty(anything, anything, async (one, other) => {
        for (const result of [
          await manager.newSession(one as never),
          await manager.newSession({ userId: one, data: other } as never),
          await manager.newSession({ userId: 'alice', sessionTimeout: one, data: other } as never),
          await manager.getSession(one as never),
          await manager.deleteSession(one as never),
          await manager.deleteUserSession(one as never),
        ]) {
          if (!result.success)
            expect(result).toMatchObject({ code: expect.any(String), message: expect.any(String) })
        }
      }),
      { numRuns: 100 },
    )
    await succeeded(manager.cleanupSessions())
  })

  test('to a session', async () => {
    const { manager } = openManager(memory())
    await fc.assert(
      fc.asyncProperty(anything, async (data) => {
        const session = await newSession(manager, { data: { before: 1 } })
        const { success } = session.setData(data)
        if (!success) expect(session.getData().value).toEqual({ before: 1 })
        const saved = await session.save()
        expect([session.isDirty, session.status.dirty]).toEqual([!saved.success, !saved.success])
        if (saved.success) await storedData(manager, session.sessionId)
        else expect(await storedData(manager, session.sessionId)).toEqual({ before: 1 })
      }),
      { numRuns: 200 },
    )
  })
})

describe('how many sessions a user has', () => {
  test('n: the oldest goes', async () => {
    const { manager } = openManager({ ...memory(), sessionsPerUser: 2 })
    const sessions = [await newSession(manager), await newSession(manager), await newSession(manager)]
    const saved = await Promise.all(sessions.map((session) => session.save()))
    expect(saved.map(({ success }) => success)).toEqual([false, true, true])
  })

  test('n: the newest is refused', async () => {
    const { manager } = openManager({ ...memory(), sessionsPerUser: 2, whenFull: 'refuse' })
    const sessions = [await newSession(manager), await newSession(manager)]
    expect(await failed(manager.newSession({ userId: 'alice' }))).toEqual({
      success: false,
      code: 'ERR_SESSION_LIMIT',
      message: 'new_session failure: The user has 2 sessions already',
    })
    for (const session of sessions) await succeeded(session.save())
    await newSession(manager, { userId: 'bob' })
    await manager.deleteSession(sessions[0]!.sessionId)
    await newSession(manager)
  })

  test('any number', async () => {
    const { manager } = openManager({ ...memory(), sessionsPerUser: Infinity })
    for (let count = 0; count < 5; count++) await newSession(manager)
    expect(await succeeded(manager.deleteUserSession('alice'))).toMatchObject({ deletedCount: 5 })
  })

  test.each([1, 3])('a hundred at once leave %i', async (sessionsPerUser) => {
    const { manager } = openManager({ ...memory(), sessionsPerUser })
    const all = await Promise.all(Array.from({ length: 100 }, () => newSession(manager)))
    const saved = await Promise.all(all.map((session) => session.save()))
    expect(saved.filter(({ success }) => success)).toHaveLength(sessionsPerUser)
  })
})

describe('a new session that fails', () => {
  test('for want of a free id leaves the session alone that has it', async () => {
    const options = { ...memory(), type: 'driver:Memory;id:AutoIncrement;serialize:JSON' }
    const { manager } = openManager({ ...options, idFile: join(newFolder(), 'ids') })
    const { manager: another } = openManager({ ...options, idFile: join(newFolder(), 'ids') })
    const session = await newSession(manager, { data: { a: 1 } })
    const { code } = await failed(another.newSession({ userId: 'bob' }))
    expect(code).toBe('ERR_SESSION_CONFLICT')
    await succeeded(session.save())
    expect(await storedData(manager, session.sessionId)).toEqual({ a: 1 })
  })

  test('after it was stored is not left behind', async () => {
    let writes = 0
    class Failing extends MinimalDriver {
      override async store(id: string, image: Uint8Array): Promise<void> {
        // The list of the user's sessions is written before the session, and when it has its place.
        if (id.startsWith('owner.') && ++writes === 2) throw new StorageError('The disk is full')
        return super.store(id, image)
      }
    }
    const registry = new Registry().register('driver', 'Failing', Failing)
    const { manager } = openManager({ type: 'driver:Failing;id:SHA1;serialize:JSON', registry })
    MinimalDriver.records.clear()
    expect(await failed(manager.newSession({ userId: 'alice' }))).toMatchObject({
      code: 'ERR_SESSION_STORAGE',
      message: 'new_session failure: The disk is full',
    })
    expect(writes).toBeGreaterThanOrEqual(2)
    expect((await succeeded(manager.cleanupSessions())).active).toEqual([])
    await succeeded((await newSession(manager)).save())
  })
})

describe('data', () => {
  test('is taken, not copied: what is changed in place is saved', async () => {
    const { manager } = openManager(memory())
    const data: { cart: string[]; name?: string } = { cart: ['apple'] }
    const session = await newSession(manager, { data })
    expect(session.getData().value).toBe(data)
    data.cart.push('pear')
    data.name = 'Alice'
    await succeeded(session.save())
    const { session: again } = await succeeded(manager.getSession<typeof data>(session.sessionId))
    const { value } = again.getData()
    expect(again.getData().value).toBe(value)
    delete value.name
    value.cart = []
    await succeeded(again.save())
    expect(await storedData(manager, session.sessionId)).toEqual({ cart: [] })
  })

  test('of two who change it at once both are kept, and both see it', async () => {
    const { manager } = openManager(memory())
    const one = await newSession(manager, { data: { cart: ['apple'], old: 1 } })
    const { session: other } = await succeeded(manager.getSession<unknown>(one.sessionId))
    const [mine, theirs] = [one, other].map((session) => session.getData().value as Record<string, unknown>)
    mine!['mine'] = 1
    theirs!['theirs'] = 2
    delete theirs!['old']
    await succeeded(other.save())
    await succeeded(one.save())
    expect(mine).toEqual({ cart: ['apple'], mine: 1, theirs: 2 })
    expect(one.getData().value).toBe(mine)
    expect([one.isDirty, await storedData(manager, one.sessionId)]).toEqual([false, mine])
  })

  test('that is replaced is replaced as a whole, whatever others did', async () => {
    const { manager, clock } = openManager(memory())
    for (const isLate of [false, true]) {
      const one = await newSession(manager, { data: { a: 1, b: 1 } })
      const { session: other } = await succeeded(manager.getSession<unknown>(one.sessionId))
      clock.advance(3000)
      Object.assign(other.getData().value as object, { a: 2, c: 3 })
      await succeeded(other.save())
      if (isLate) clock.advance(601)
      expect(one.isExpired).toBe(isLate)
      one.setData({ a: 1 })
      await succeeded(one.save())
      expect(await storedData(manager, one.sessionId)).toEqual({ a: 1 })
    }
  })

  test('changed while it is being saved is for the next time', async () => {
    const { manager } = openManager(memory())
    const data: Record<string, unknown> = { a: 1 }
    const session = await newSession(manager, { data })
    data['b'] = 1
    const saving = session.save()
    data['b'] = 2
    data['c'] = 3
    await succeeded(saving)
    expect([session.isDirty, await storedData(manager, session.sessionId)]).toEqual([true, { a: 1, b: 1 }])
    await succeeded(session.save())
    expect(await storedData(manager, session.sessionId)).toEqual({ a: 1, b: 2, c: 3 })
  })

  test('of others is not lost to who looks while a save is under way', async () => {
    const { manager } = openManager(memory())
    const one = await newSession(manager, { data: { mine: 0 } })
    const { session: other } = await succeeded(manager.getSession<unknown>(one.sessionId))
    Object.assign(other.getData().value as object, { theirs: [1] })
    await succeeded(other.save())
    const data = one.getData().value as Record<string, unknown>
    data['mine'] = 1
    const saving = watched(one.save())
    let looks = 0
    while (!saving.isOver) {
      expect(typeof one.isDirty).toBe('boolean')
      looks++
      await Promise.resolve()
    }
    expect(looks).toBeGreaterThan(5)
    await succeeded(saving.work)
    await succeeded(one.save())
    expect([data, await storedData(manager, one.sessionId)]).toEqual([
      { mine: 1, theirs: [1] },
      { mine: 1, theirs: [1] },
    ])
  })

  test('that is replaced while a save is under way is what the next one stores', async () => {
    const { manager } = openManager(memory())
    const one = await newSession(manager, { data: { mine: 0 } })
    const { session: other } = await succeeded(manager.getSession<unknown>(one.sessionId))
    Object.assign(other.getData().value as object, { theirs: 1 })
    await succeeded(other.save())
    Object.assign(one.getData().value as object, { mine: 1 })
    const saving = one.save()
    one.setData(['new'])
    await succeeded(saving)
    expect([one.getData().value, one.isDirty]).toEqual([['new'], true])
    await succeeded(one.save())
    expect(await storedData(manager, one.sessionId)).toEqual(['new'])
  })

  test.each([
    ['a function', { a: () => 1 }],
    ['a Map', new Map()],
    ['a symbol', Symbol('x')],
    ["an object with nothing but the key ''", { '': 1 }],
    ['a name that the layout has for itself', { _SESSION_ID: 'x' }],
  ])('cannot be %s', async (_, data) => {
    const { manager } = openManager(memory())
    expect(await failed(manager.newSession<unknown>({ userId: 'alice', data }))).toMatchObject({
      code: 'ERR_SESSION_FREEZE',
    })
    expect((await succeeded(manager.cleanupSessions())).active).toEqual([])
    const session = await newSession(manager, { data: { before: 1 } })
    expect(await failed(session.setData(data))).toMatchObject({ code: 'ERR_SESSION_FREEZE' })
    expect([session.getData().value, session.isDirty]).toEqual([{ before: 1 }, false])
    await succeeded(session.save())
  })

  test('that cannot be stored for something deep inside is refused by save, and by newSession', async () => {
    const { manager } = openManager(memory())
    const session = await newSession(manager, { data: { before: 1 } })
    const loop: Record<string, unknown> = {}
    loop['loop'] = { loop }
    for (const data of [{ a: [{ b: () => 1 }] }, loop]) {
      expect(await failed(manager.newSession<unknown>({ userId: 'bob', data }))).toMatchObject({
        code: 'ERR_SESSION_FREEZE',
      })
      session.setData(data)
      expect(await failed(session.save())).toMatchObject({ code: 'ERR_SESSION_FREEZE' })
      expect([session.isDirty, session.isValid]).toEqual([true, true])
    }
    expect(await storedData(manager, session.sessionId)).toEqual({ before: 1 })
    session.setData({ after: 1 })
    await succeeded(session.save())
    expect((await succeeded(manager.cleanupSessions())).active).toEqual([session.sessionId])
  })

  test('is there for the other models, by its names', async () => {
    const store = await SessionStore.open(memory())
    const manager = new SessionManager({ store })
    const session = await newSession(manager, { data: { cart: ['apple'], n: 1 } })
    const plain = await store.load(session.sessionId)
    expect([plain.param(), plain.owner]).toEqual([['cart', 'n'], 'alice'])
    plain.param('n', 2)
    await plain.flush()
    expect(await storedData(manager, session.sessionId)).toEqual({ cart: ['apple'], n: 2 })
  })
})

describe('a session', () => {
  test('that has expired here, and that somebody else has saved meanwhile, can be saved', async () => {
    const { manager, clock } = openManager(memory())
    const session = await newSession(manager, { sessionTimeout: 60, data: { a: 1 } })
    const { session: other } = await succeeded(manager.getSession(session.sessionId))
    clock.advance(50)
    await succeeded(other.save())
    clock.advance(50)
    expect(session.isValid).toBe(false)
    await succeeded(session.save())
    expect([session.isValid, session.expiresAt]).toEqual([true, clock.seconds + 60])
  })

  test('that was saved when storage failed is as it was, and can be saved when it works again', async () => {
    const folder = newFolder()
    const { manager, clock } = openManager({ backend: 'file', storageDir: folder })
    const session = await newSession(manager, { data: { a: 1 } })
    const path = join(folder, session.sessionId)
    const text = readFileSync(path)
    rmSync(path)
    mkdirSync(path)
    clock.advance(10)
    const { expiresAt, lastUpdated } = session
    const { code, cause } = await failed(session.save())
    expect(code).toBe('ERR_SESSION_STORAGE')
    expect(cause).toBeInstanceOf(StorageError)
    expect(session).toMatchObject({ expiresAt, lastUpdated, isValid: true, isDirty: false })
    rmSync(path, { recursive: true })
    writeFileSync(path, text)
    await succeeded(session.save())
    expect(session.expiresAt).toBe(clock.seconds + 3600)
  })

  test('has data of the type that is said', async () => {
    interface Cart {
      cart: string[]
    }
    const manager = new SessionManager<Cart>(memory())
    const result = await manager.newSession({ userId: 'alice', data: { cart: [] } })
    expectTypeOf(result).not.toHaveProperty('session')
    if (result.success) {
      expectTypeOf(result.session).toEqualTypeOf<ManagedSession<Cart>>()
      expectTypeOf(result.session.getData().value.cart).toEqualTypeOf<string[]>()
    } else {
      expectTypeOf(result.code).toEqualTypeOf<string>()
    }
    const other = await manager.getSession<number[]>('x')
    if (other.success) expectTypeOf(other.session.getData().value).toEqualTypeOf<number[]>()
    // @ts-expect-error -- no cart
    await manager.newSession({ userId: 'alice', data: { cart: 1 } })
    // @ts-expect-error -- nobody's
    await manager.newSession({ data: { cart: [] } })
    expect(result.success).toBe(true)
    await manager.close()
  })
})

describe('what is no session', () => {
  test('is neither found, nor among those that are left, nor removed', async () => {
    const folder = newFolder()
    const storageDir = join(folder, 'sessions')
    const { manager } = openManager({ backend: 'file', storageDir })
    const session = await newSession(manager)
    const strange: Record<string, string> = {
      'notes.txt': 'mine',
      notes: 'mine',
      'data.json': '{"a":1}',
      data: '{"session_timeout":1,"expires_at":5}',
      list: '[1]',
      empty: '',
    }
    for (const [name, text] of Object.entries(strange)) writeFileSync(join(storageDir, name), text)
    mkdirSync(join(storageDir, 'folder'))
    writeFileSync(join(folder, 'outside'), readFileSync(join(storageDir, session.sessionId)))
    const before = readdirSync(storageDir).sort()
    for (const name of [
      ...Object.keys(strange),
      'folder',
      '../outside',
      '.',
      '..',
      before.find((n) => n.startsWith('owner.'))!,
    ]) {
      await failed(manager.getSession(name))
    }
    expect(await failed(manager.getSession('data'))).toMatchObject({ code: 'ERR_SESSION_DAMAGED' })
    await failed(manager.deleteSession('../outside'))
    expect(await manager.cleanupSessions()).toEqual({
      success: true,
      deletedCount: 0,
      active: [session.sessionId],
    })
    expect(readdirSync(storageDir).sort()).toEqual(before)
    expect(existsSync(join(folder, 'outside'))).toBe(true)
  })

  test('a store that fails makes cleaning up fail', async () => {
    const store = await SessionStore.open(memory())
    const manager = new SessionManager({ store })
    await newSession(manager)
    await store.close()
    expect(await failed(manager.cleanupSessions())).toMatchObject({ code: 'ERR_SESSION_CLOSED' })
  })
})
