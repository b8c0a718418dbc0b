import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  ApacheSession,
  type ApacheSessionOptions,
  IdGeneratorError,
  InvalidOptionError,
  InvalidTimeError,
  Registry,
  SessionStore,
} from '../../../src/index.ts'
import { newFolder } from '../../cli/data-session.ts'
import { MinimalDriver } from '../../support/minimal-driver.ts'
import { newSessions, stored, TYPE } from './sessions.ts'

afterEach(() => vi.unstubAllEnvs())

describe('the environment', () => {
  test('says the lifetime, the length of ids and the number of attempts; options go first', async () => {
    vi.stubEnv('SESSION_LIFETIME', '10')
    vi.stubEnv('SESSION_ID_LENGTH', '20')
    const { sessions } = await newSessions()
    const s = await sessions.new()
    expect(s._ID).toMatch(/^[0-9a-f]{20}$/)
    expect(s._LIFETIME).toBe(10)
    const other = await sessions.new({ lifetime: '1h', idLength: 32 })
    expect(other._ID).toMatch(/^[0-9a-f]{32}$/)
    expect(other._LIFETIME).toBe(3600)
  })

  test('without it sessions live an hour, and have ids of 16 digits', async () => {
    const { sessions, clock } = await newSessions()
    const s = await sessions.new()
    expect(s._ID).toMatch(/^[0-9a-f]{16}$/)
    expect([s._LIFETIME, s._EXPIRES, s._ACCESSED]).toEqual([3600, clock.seconds + 3600, clock.seconds])
    expect([s._AUTOCOMMIT, s._LOCK]).toEqual([true, false])
  })

  test.each([
    ['SESSION_LIFETIME', 'soon'],
    ['SESSION_ID_LENGTH', '8'],
    ['SESSION_ID_LENGTH', '200'],
    ['SESSION_ID_LENGTH', 'long'],
    ['SESSION_MAX_ATTEMPTS', '0'],
    ['SESSION_MAX_ATTEMPTS', '-1'],
  ])('with %s=%s it is wrong', async (name, value) => {
    vi.stubEnv(name, value)
    const { sessions } = await newSessions()
    await expect(sessions.new()).rejects.toThrow(InvalidOptionError)
    await expect(sessions.new()).rejects.toThrow(`the environment's ${name}`)
  })

  test('says a secret, which is mixed into ids and not relied on', async () => {
    const random = (size: number) => new Uint8Array(size).fill(7)
    const idWith = async (options: ApacheSessionOptions) => {
      const { sessions } = await newSessions()
      return (await sessions.new({ random, ...options }))._ID
    }
    const plain = await idWith({})
    expect(await idWith({})).toBe(plain)
    vi.stubEnv('SESSION_SECRET', 'a%A^Djhcx6:')
    const secret = await idWith({})
    expect(secret).not.toBe(plain)
    expect(await idWith({ secret: 'a%A^Djhcx6:' })).toBe(secret)
    expect(await idWith({ secret: 'another' })).not.toBe(secret)
    const { sessions } = await newSessions()
    const ids = new Set<string>()
    for (let count = 0; count < 100; count++) ids.add((await sessions.new())._ID)
    expect(ids.size).toBe(100)
  })
})

describe('a new id that is taken', () => {
  /** Gives the same bytes so often, and then others. */
  const repeating = (times: number) => {
    let calls = 0
    return (size: number) => new Uint8Array(size).fill(calls++ < times ? 0 : calls)
  }

  test('is tried again, so often', async () => {
    const { sessions, store } = await newSessions()
    const first = await sessions.new({ random: repeating(1) })
    first['mine'] = 1
    await first.store()
    const second = await sessions.new({ random: repeating(4) })
    expect(second._ID).not.toBe(first._ID)
    await expect(sessions.new({ random: repeating(5) })).rejects.toThrow(IdGeneratorError)
    await expect(sessions.new({ random: repeating(3), maxAttempts: 3 })).rejects.toThrow('in 3 attempts')
    vi.stubEnv('SESSION_MAX_ATTEMPTS', '6')
    expect((await sessions.new({ random: repeating(5) }))._ID).not.toBe(first._ID)
    expect(await stored(store, first._ID)).toEqual({ mine: 1 })
  })

  test('is tried again when several begin at once: each gets one of its own', async () => {
    const { sessions } = await newSessions()
    const made = await Promise.all(Array.from({ length: 5 }, () => sessions.new({ random: repeating(1) })))
    expect(new Set(made.map(({ _ID }) => _ID)).size).toBe(5)
  })

  test('by a session that has expired is free', async () => {
    const { sessions, clock } = await newSessions()
    const first = await sessions.new({ random: repeating(1) })
    first['mine'] = 1
    await first.store()
    clock.advance(3601)
    const second = await sessions.new({ random: repeating(1) })
    expect(second._ID).toBe(first._ID)
    expect(Object.keys(second)).toEqual([])
  })
})

describe('lifetimes', () => {
  test('opening is an access: a whole lifetime begins', async () => {
    const { sessions, clock } = await newSessions({ lifetime: 100 })
    const { _ID: id } = await sessions.new()
    for (let count = 0; count < 5; count++) {
      clock.advance(100)
      const s = await sessions.open(id)
      expect(s?._EXPIRES).toBe(clock.seconds + 100)
    }
    clock.advance(101)
    expect(await sessions.open(id)).toBeUndefined()
  })

  test('open() changes it when told to, and then for good', async () => {
    const { sessions, clock } = await newSessions()
    const { _ID: id } = await sessions.new()
    const s = await sessions.open(id, { lifetime: '1d' })
    expect(s?.lifetime).toBe(86_400)
    clock.advance(80_000)
    expect((await sessions.open(id))?.lifetime).toBe(86_400)
  })

  test('open() finds no session that goes while it is being opened', async () => {
    class Removing extends MinimalDriver {
      override async retrieve(id: string) {
        const found = await super.retrieve(id)
        MinimalDriver.records.delete(id)
        return found
      }
    }
    const registry = new Registry().register('driver', 'Removing', Removing)
    await using store = await SessionStore.open({ type: 'driver:Removing;serialize:JSON', registry })
    const { _ID: id } = await ApacheSession.new({ store })
    expect(await ApacheSession.open(id, { store, lifetime: '2h' })).toBeUndefined()
  })

  test('setting it is an access: the new one counts from then', async () => {
    const { sessions, clock } = await newSessions()
    const s = await sessions.new()
    clock.advance(3000)
    s.lifetime = 50
    await s.store()
    expect([s.lifetime, s._LIFETIME, s._EXPIRES]).toEqual([50, 50, clock.seconds + 50])
    clock.advance(51)
    expect(await sessions.open(s._ID)).toBeUndefined()
    expect(() => (s.lifetime = 'soon')).toThrow(InvalidTimeError)
  })

  test('0 is for ever, and a record without one stays so', async () => {
    const { sessions, clock } = await newSessions()
    const s = await sessions.new({ lifetime: 0 })
    expect([s.lifetime, s._EXPIRES]).toEqual([0, undefined])
    clock.advance(1e9)
    expect((await sessions.open(s._ID))?.lifetime).toBe(0)
  })

  test('the option expire says the same, and so does that of the store', async () => {
    const { sessions } = await newSessions({}, { expire: '2h' })
    expect((await sessions.new()).lifetime).toBe(7200)
    expect((await sessions.new({ expire: '3h' })).lifetime).toBe(10_800)
  })

  test('of a class counts for its new sessions, and leaves those alone that have another', async () => {
    const { sessions } = await newSessions({ lifetime: '1d' })
    const s = await sessions.new()
    expect(s.lifetime).toBe(86_400)
    s.lifetime = '30d'
    await s.store()
    expect((await sessions.open(s._ID))?.lifetime).toBe(2_592_000)
  })

  test('a deadline ends it too', async () => {
    const { sessions, clock } = await newSessions({}, { deadline: 100 })
    expect((await sessions.new())._EXPIRES).toBe(clock.seconds + 100)
    expect((await sessions.new({ lifetime: 0 }))._EXPIRES).toBe(clock.seconds + 100)
  })
})

describe('where sessions are', () => {
  test('by default as Apache::Session::File keeps them', async () => {
    const directory = newFolder()
    const s = await ApacheSession.new<{ a: number }>({ Directory: directory, IDLength: 32 })
    s.a = 1
    await s.close()
    expect(readdirSync(directory)).toEqual([s._ID])
    await using store = await SessionStore.open({
      type: 'driver:File;id:MD5;serialize:Storable;layout:ApacheSession',
      directory,
      fileName: '%s',
    })
    expect(await stored(store, s._ID)).toEqual({ a: 1 })
    await using found = await ApacheSession.open<{ a: number }>(s._ID, { Directory: directory })
    expect(found?.a).toBe(1)
  })

  test('a store that was opened for a session is closed with it, and when there is none', async () => {
    const closed: string[] = []
    class Noted extends MinimalDriver {
      override async close(): Promise<void> {
        closed.push('closed')
      }
    }
    const registry = new Registry().register('driver', 'Noted', Noted)
    const options = { type: 'driver:Noted;serialize:JSON', registry }
    const s = await ApacheSession.new(options)
    expect(closed).toHaveLength(0)
    await s.close()
    expect(closed).toHaveLength(1)
    expect(await ApacheSession.open('unknown', options)).toBeUndefined()
    expect(closed).toHaveLength(2)
    await (await ApacheSession.open(s._ID, options))!.destroy()
    expect(closed).toHaveLength(3)
    const random = () => new Uint8Array(3)
    await expect(ApacheSession.new({ ...options, random })).rejects.toThrow(IdGeneratorError)
    expect(closed).toHaveLength(4)
  })

  test('a store that is given stays open', async () => {
    const { store } = await newSessions()
    await using s = await ApacheSession.new({ store })
    await s.close()
    const other = await ApacheSession.new({ store })
    await other.destroy()
    expect(await ApacheSession.open(s._ID, { store })).toBeDefined()
  })

  test('an id that no session can have is an unknown one', async () => {
    const directory = newFolder()
    for (const id of ['../../etc/passwd', 'zz', '', '0', 'a\0b', undefined]) {
      expect(await ApacheSession.open(id, { directory })).toBeUndefined()
    }
    expect(existsSync(join(directory, 'zz'))).toBe(false)
  })
})

describe('wrong options', () => {
  test.each([
    [{ autocomit: 1 }, "did you mean 'autocommit'?"],
    [{ lifetme: 1 }, "did you mean 'lifetime'?"],
    [{ directry: 'x' }, "did you mean 'directory'?"],
    [{ id: 'abc' }, 'new() makes one'],
    [{ query: {} }, 'open() has the id as its first argument'],
    [{ adoptUnknownIds: true }, 'open() answers undefined'],
    [{ idLength: 15 }, '16 to 128 hexadecimal digits'],
    [{ IDLength: 17.5 }, 'not a whole number'],
    [{ maxAttempts: 0 }, 'at least one attempt'],
    [{ autocommit: 'perhaps' }, "Option 'autocommit' must be a boolean"],
    [{ onError: 1 }, "Option 'onError' must be a function"],
    [{ store: {} }, 'opened with SessionStore.open'],
  ])('%o', async (options, message) => {
    const given = { type: TYPE, ...options } as ApacheSessionOptions
    await expect(ApacheSession.new(given)).rejects.toThrow(InvalidOptionError)
    await expect(ApacheSession.new(given)).rejects.toThrow(message)
  })

  test('options of a store do not go with a store that is open', async () => {
    const { sessions } = await newSessions()
    await expect(sessions.new({ Directory: 'x' })).rejects.toThrow(
      "Option 'directory' does not go with 'store'",
    )
  })

  test('a lifetime that is none', async () => {
    await expect(ApacheSession.new({ type: TYPE, lifetime: 'soon' })).rejects.toThrow(InvalidTimeError)
  })
})
