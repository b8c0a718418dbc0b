// The titles of Apache::Session's own tests: t/99*.t of 1.94, and t/file.t of 0.17, whose tests have comments only.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  ApacheSession,
  type ApacheSessionOptions,
  DamagedRecordError,
  LockTimeoutError,
} from '../../../src/index.ts'
import { newFolder } from '../../cli/data-session.ts'

const inFiles = () => ({ Directory: newFolder(), LockDirectory: newFolder(), shared: true, IDLength: 32 })
const foo = 'bar'
const baz = ['tom', 'dick', 'harry']

describe('99file.t', () => {
  test('session is tied; session id exists; session id is defined', async () => {
    const s = await ApacheSession.new(inFiles())
    expect(s).toBeInstanceOf(ApacheSession)
    expect('_session_id' in s).toBe(true)
    expect(s._session_id).toMatch(/./)
  })

  test('The session is tied again; Session IDs match; Foo matches; Baz matches', async () => {
    const options = inFiles()
    const s = await ApacheSession.new<{ foo: string; baz: string[] }>(options)
    Object.assign(s, { foo, baz })
    await s.close()
    const again = (await ApacheSession.open<{ foo: string; baz: string[] }>(s._session_id, options))!
    expect(again._session_id).toBe(s._session_id)
    expect(again.foo).toBe(foo)
    expect(again.baz).toEqual(baz)
    await again.destroy()
    expect(await ApacheSession.open(s._session_id, options)).toBeUndefined()
  })

  test('unsafe tie detected correctly', async () => {
    expect(await ApacheSession.open('../../../../../../../../foo', inFiles())).toBeUndefined()
  })
})

describe('99filestore.t', () => {
  test('a new session is in its file; restoring from file worked; Session removed properly', async () => {
    const options = inFiles()
    const s = await ApacheSession.new<{ n: number }>(options)
    const path = join(options.Directory, s._ID)
    expect(existsSync(path)).toBe(true)
    const before = readFileSync(path)
    s.n = 12_345
    await s.store()
    expect(readFileSync(path).equals(before)).toBe(false)
    expect((await ApacheSession.open<{ n: number }>(s._ID, options))?.n).toBe(12_345)
    await s.destroy()
    expect(existsSync(path)).toBe(false)
  })

  test('what is no session in a file is an error, and stays', async () => {
    const options = inFiles()
    const path = join(options.Directory, 'abc')
    writeFileSync(path, 'hi')
    await expect(ApacheSession.open('abc', options)).rejects.toThrow(DamagedRecordError)
    expect(readFileSync(path, 'utf8')).toBe('hi')
  })
})

describe('99filelock.t', () => {
  test('lock file exists; it is locked for others; released all', async () => {
    const options = { ...inFiles(), lock: true }
    const s = await ApacheSession.new(options)
    expect(readdirSync(options.LockDirectory)).toEqual([`Apache-Session-${s._ID}.lock`])
    await expect(ApacheSession.open(s._ID, { ...options, timeout: 0 })).rejects.toThrow(LockTimeoutError)
    await s.close()
    await (await ApacheSession.open(s._ID, { ...options, timeout: 20_000 }))!.close()
  })
})

describe('99nulllock.t', () => {
  test('got read, got write: without a lock nobody waits', async () => {
    const options = inFiles()
    const s = await ApacheSession.new<{ a: number; b: number }>(options)
    const other = (await ApacheSession.open<{ a: number; b: number }>(s._ID, options))!
    s.a = 1
    other.b = 2
    await s.close()
    await other.close()
    const both = (await ApacheSession.open(s._ID, options))!
    expect({ ...both }).toEqual({ a: 1, b: 2 })
    await both.close()
  })
})

describe('99md5gen.t', () => {
  test('session id created; just one key in the data hashref; id looks like hex', async () => {
    const s = await ApacheSession.new({ ...inFiles(), lifetime: 0 })
    expect(s._session_id).toMatch(/^[0-9a-fA-F]{32}$/)
    expect(Object.keys(s)).toEqual([])
  })

  test('old session id does not match new one', async () => {
    const options = inFiles()
    const ids = new Set<string>()
    for (let count = 0; count < 5; count++) {
      const s = await ApacheSession.new(options)
      ids.add(s._ID)
      await s.close()
    }
    expect(ids.size).toBe(5)
  })

  test.each([16, 17, 32, 128])('an id of %i characters', async (IDLength) => {
    const s = await ApacheSession.new({ ...inFiles(), IDLength })
    expect(s._ID).toMatch(new RegExp(`^[0-9a-f]{${IDLength}}$`))
  })
})

describe.each(['Storable', 'Base64', 'UUEncode', 'Sybase'])(
  '99storable.t, 99base64.t, 99uue.t: %s',
  (name) => {
    test('session data is correct', async () => {
      const { Directory } = inFiles()
      const type = `driver:File;id:MD5;serialize:${name};layout:ApacheSession`
      const options: ApacheSessionOptions = { type, Directory, fileName: '%s', storableOrder: 'network' }
      const simple = { foo: 1, bar: 2, baz: 'quux', quux: ['foo', 'bar'] }
      const s = await ApacheSession.new(options)
      Object.assign(s, simple)
      await s.close()
      expect({ ...(await ApacheSession.open(s._ID, options))! }).toEqual(simple)
    })
  },
)

describe('file.t of 0.17', () => {
  const options = () => ({ directory: newFolder() })

  test('metadata: _EXPIRES, _LIFETIME, _ID, _AUTOCOMMIT, _ACCESSED', async () => {
    const s = await ApacheSession.new(options())
    const now = Date.now() / 1000
    expect(s._EXPIRES).toBeGreaterThan(now)
    expect(s._LIFETIME).toBeGreaterThan(0)
    expect(s._ID).toMatch(/^[a-f0-9]+$/)
    expect(s._AUTOCOMMIT).toBe(true)
    expect(s._ACCESSED).toBeLessThanOrEqual(now)
  })

  test.each([
    ['string', 'test123,.;\'[]\\-=<>?:"{}|_+!@#$%^&*()`~'],
    ['array', [1, 2, 3, 4, 5]],
    ['hash', { this: 'that', those: 'these' }],
  ])('%s storage, iteration and deletion', async (_, value) => {
    const given = options()
    const s = await ApacheSession.new(given)
    s['test'] = value
    expect(s['test']).toBe(value)
    expect(Object.entries(s)).toEqual([['test', value]])
    await s.store()
    expect((await ApacheSession.open(s._ID, given))?.['test']).toEqual(value)
    delete s['test']
    expect(s['test']).toBeUndefined()
    await s.store()
    expect(Object.keys((await ApacheSession.open(s._ID, given))!)).toEqual([])
  })

  test('hash key deletion', async () => {
    const given = options()
    const s = await ApacheSession.new<{ hash: Record<string, string> }>(given)
    s.hash = { this: 'that', those: 'these' }
    await s.store()
    delete s.hash['this']
    await s.store()
    const again = (await ApacheSession.open<{ hash: object }>(s._ID, given))!
    expect(again.hash).toEqual({ those: 'these' })
  })

  test('data persistence; data destruction', async () => {
    const given = options()
    const s = await ApacheSession.new(given)
    Object.assign(s, { scalar: 'x', array: [1], hash: { a: 1 } })
    await s.store()
    const old = (await ApacheSession.open(s._ID, given))!
    expect({ id: old._ID, ...old }).toEqual({ id: s._ID, scalar: 'x', array: [1], hash: { a: 1 } })
    await old.destroy()
    expect(await ApacheSession.open(s._ID, given)).toBeUndefined()
  })

  test('locking', async () => {
    const given = { ...options(), lock: { lease: 60_000 } }
    const locked = await ApacheSession.new(given)
    const contentious = ApacheSession.open(locked._ID, { ...given, lock: true, timeout: 0 })
    await expect(contentious).rejects.toThrow(LockTimeoutError)
    await locked.close()
  })
})
