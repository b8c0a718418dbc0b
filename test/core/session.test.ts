import { describe, expect, test, vi } from 'vitest'
import {
  ClosedError,
  ConflictError,
  DamagedRecordError,
  FreezeError,
  InvalidOptionError,
  InvalidTimeError,
  type Session,
  SessionGoneError,
} from '../../src/index.ts'
import { MinimalDriver } from '../support/minimal-driver.ts'
import { useMinimalStore } from '../support/minimal-store.ts'

const context = useMinimalStore()

describe('a new session', () => {
  test('has a generated id and the time of its creation', async () => {
    const session = await (await context.open()).create()
    expect(session.id).toMatch(/^[0-9a-f]{64}$/)
    expect(session).toMatchObject({ isNew: true, modified: false, deleted: false, expired: false, etime: 0 })
    expect([session.atime, session.ctime]).toEqual([context.clock.seconds, context.clock.seconds])
    expect(session.ptime).toEqual({})
    expect(session.userId()).toBe(0)
  })

  test('is not stored when it was given nothing', async () => {
    const session = await (await context.open()).create()
    expect(await session.flush()).toBe(false)
    expect(MinimalDriver.calls).toEqual([])
  })

  test('takes the id that the program asks for, false ids being none', async () => {
    const store = await context.open()
    expect((await store.load('mine')).id).toBe('mine')
    for (const none of ['', '0', 0]) expect((await store.load(none)).id).toMatch(/^[0-9a-f]{64}$/)
    expect((await store.load('00')).id).toBe('00')
  })

  test('with a static id is the one that is stored under it', async () => {
    const store = await context.open({ type: 'driver:Minimal;id:Static;serialize:JSON', id: 'fixed' })
    const first = await store.create()
    first.param('a', 1)
    await first.flush()
    for (const session of [
      await store.create(),
      await store.load(),
      await store.load({ param: () => undefined }),
    ]) {
      expect([session.id, session.param('a')]).toEqual(['fixed', 1])
    }
  })

  test("has the store's lifetimes", async () => {
    const session = await (await context.open({ expire: '2h', deadline: '1d' })).create()
    expect(session.etime).toBe(7200)
    expect(session.deadline()).toBe(context.clock.seconds + 86_400)
    expect(session.modified).toBe(false)
  })

  test("lies in the record as Data::Session's does", async () => {
    const store = await context.open()
    const session = await store.load('abc')
    session.param('user', 'alice')
    session.expire('1h')
    session.expire('captcha', 300)
    await session.flush()
    const now = context.clock.seconds
    expect(context.stored('abc')).toEqual({
      _SESSION_ID: 'abc',
      _SESSION_ATIME: now,
      _SESSION_CTIME: now,
      _SESSION_ETIME: 3600,
      _SESSION_PTIME: { captcha: 300 },
      _SESSION_PDEADLINE: { captcha: [300, now + 300] },
      user: 'alice',
    })
  })
})

describe('param', () => {
  test('lists, reads and sets, in all its forms', async () => {
    const session = await (await context.open()).load('p')
    expect(session.param('b', 2, 'a', 1)).toBe(true)
    session.param({ c: [3] })
    expect(session.param()).toEqual(['a', 'b', 'c'])
    expect([session.param('a'), session.param('b'), session.param('c'), session.param('d')]).toEqual([
      1,
      2,
      [3],
      undefined,
    ])
    expect(() => session.param('a', 1, 'b')).toThrow(InvalidOptionError)
  })

  test('keeps false values and tells them apart', async () => {
    const store = await context.open()
    const session = await store.load('p')
    session.param({ zero: 0, empty: '', none: null, no: false, undef: undefined })
    await session.flush()
    const again = await store.load('p')
    expect(again.param()).toEqual(['empty', 'no', 'none', 'undef', 'zero'])
    expect([again.param('zero'), again.param('empty'), again.param('none'), again.param('no')]).toEqual([
      0,
      '',
      null,
      false,
    ])
    again.param('zero', '')
    expect(again.modified).toBe(true)
    await again.flush()
    expect((await store.load('p')).param('zero')).toBe('')
  })

  test('skips reserved names when setting, and reads them', async () => {
    const warnings: string[] = []
    const logger = { warn: (message: string) => void warnings.push(message), debug: () => {} }
    const session = await (await context.open({ verbose: 1, logger })).load('p')
    session.param('_SESSION_ID', 'other', '_private', 1)
    expect(session.modified).toBe(false)
    expect(session.param('_SESSION_ID')).toBe('p')
    expect(session.param('_SESSION_CTIME')).toBe(context.clock.seconds)
    expect(warnings.filter((line) => line.includes('reserved'))).toHaveLength(2)
  })

  test('takes constructor and __proto__ for names like any other', async () => {
    const store = await context.open()
    const session = await store.load('p')
    const nested: unknown = JSON.parse('{"__proto__":{"polluted":true}}')
    session.param('constructor', 'x', 'toString', nested)
    session.expire('constructor', 100)
    await session.flush()
    const again = await store.load('p')
    expect(again.param()).toEqual(['constructor', 'toString'])
    expect(again.ptime).toEqual({ constructor: 100 })
    expect(JSON.stringify(again.param('toString'))).toBe('{"__proto__":{"polluted":true}}')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test('setting an equal value changes nothing', async () => {
    const store = await context.open()
    const session = await store.load('p')
    session.param('n', 1)
    await session.flush()
    session.param('n', 1)
    expect(session.modified).toBe(false)
    session.param('n', '1')
    expect(session.modified).toBe(true)
  })

  test('refuses what the serializer would change, at once and by name', async () => {
    const session = await (await context.open()).load('p')
    expect(() => session.param('m', new Map([[1, 2]]))).toThrow(FreezeError)
    expect(() => session.param('m', new Map([[1, 2]]))).toThrow("Parameter 'm': JSON cannot keep")
    expect(() => session.param('f', () => 1)).toThrow("Parameter 'f'")
    expect(session.param()).toEqual([])
  })

  test('refuses it too when it got into a value afterwards, and keeps the changes', async () => {
    const store = await context.open()
    const session = await store.load('p')
    const cart: unknown[] = []
    session.param('cart', cart)
    cart.push(Number.NaN)
    await expect(session.flush()).rejects.toThrow("Parameter 'cart'")
    expect(MinimalDriver.records.has('p')).toBe(false)
    cart[0] = 7
    await session.flush()
    expect((await store.load('p')).param('cart')).toEqual([7])
  })
})

describe('changes', () => {
  test('deep inside a value are noticed, after loading and after a flush', async () => {
    const store = await context.open()
    const session = await store.load('c')
    const cart = { items: ['a'] }
    session.param('cart', cart)
    await session.flush()
    cart.items.push('b')
    expect(session.modified).toBe(true)
    await session.flush()
    const again = await store.load('c')
    const loaded = again.param('cart') as typeof cart
    expect(again.modified).toBe(false)
    loaded.items.push('c')
    expect(again.modified).toBe(true)
    await again.flush()
    expect(again.modified).toBe(false)
    expect((await store.load('c')).param('cart')).toEqual({ items: ['a', 'b', 'c'] })
  })

  test('can be forgotten with modified = false, and a write forced with true', async () => {
    const store = await context.open()
    const session = await store.load('c')
    session.param('x', 1)
    session.modified = false
    expect(await session.flush()).toBe(false)
    expect(session.param('x')).toBe(1)
    session.modified = true
    expect(await session.flush()).toBe(true)
    expect(context.stored('c')['x']).toBe(1)
  })

  test('are written once', async () => {
    const session = await (await context.open()).load('c')
    session.param('x', 1)
    expect([await session.flush(), await session.flush()]).toEqual([true, false])
    await session.close()
    expect(MinimalDriver.calls.filter((call) => call === 'store')).toHaveLength(1)
  })

  test('survive a flush that failed', async () => {
    const store = await context.open()
    const session = await store.load('c')
    session.param('x', 1)
    const failing = MinimalDriver.prototype.store
    MinimalDriver.prototype.store = () => Promise.reject(new Error('disk full'))
    await expect(session.flush()).rejects.toThrow('disk full')
    MinimalDriver.prototype.store = failing
    expect(session.modified).toBe(true)
    await session.flush()
    expect(context.stored('c')['x']).toBe(1)
  })
})

describe('a change made while a flush is under way', () => {
  test('is for the next flush, and not lost', async () => {
    const store = await context.open()
    const session = await store.load('c')
    const list = [1]
    session.param({ a: 1, list })
    const flushing = session.flush()
    session.param({ a: 2, b: 3 })
    session.expire(60)
    list.push(2)
    const next = session.flush()
    expect(await flushing).toBe(true)
    expect(await next).toBe(true)
    expect(context.stored('c')).toMatchObject({ a: 2, b: 3, list: [1, 2], _SESSION_ETIME: 60 })
    expect(session.modified).toBe(false)
  })

  test('is kept with those that could not be written', async () => {
    const store = await context.open()
    const session = await store.load('c')
    session.param({ a: 1, b: 1, c: 1 })
    const working = MinimalDriver.prototype.store
    MinimalDriver.prototype.store = () => Promise.reject(new Error('disk full'))
    const flushing = session.flush()
    session.param('a', 2)
    session.clear('b')
    await expect(flushing).rejects.toThrow('disk full')
    MinimalDriver.prototype.store = working
    await session.flush()
    expect(context.stored('c')).toMatchObject({ a: 2, c: 1 })
    expect(context.stored('c')).not.toHaveProperty('b')
  })

  test('is merged when somebody else was faster', async () => {
    const store = await context.open()
    const first = await store.load('c')
    first.param('x', 0)
    await first.flush()
    const [one, other] = [await store.load('c'), await store.load('c')]
    other.param('y', 1)
    await other.flush()
    one.param('x', 1)
    const flushing = one.flush()
    one.param('z', 1)
    await flushing
    await one.flush()
    expect(context.stored('c')).toMatchObject({ x: 1, y: 1, z: 1 })
  })
})

describe('clear', () => {
  test('removes one, several, or all, with their lifetimes, and never what is reserved', async () => {
    const store = await context.open()
    const session = await store.load('c')
    session.param({ a: 1, b: 2, c: 3, d: 4, '': 5 })
    session.expire({ a: 10, b: 20 })
    session.clear('a')
    session.clear(['b', 'c', '_SESSION_ID'])
    expect(session.param()).toEqual(['', 'd'])
    expect(session.ptime).toEqual({})
    session.clear('_SESSION_ID')
    expect(session.id).toBe('c')
    session.clear('')
    expect(session.param()).toEqual(['d'])
    session.clear()
    expect(session.param()).toEqual([])
  })

  test('of what is not there changes nothing', async () => {
    const session = await (await context.open()).load('c')
    session.clear('nothing')
    session.clear([])
    expect(session.modified).toBe(false)
  })
})

describe('expiry', () => {
  test('of the session: alive at the last second, gone after it', async () => {
    const store = await context.open()
    const session = await store.load('e')
    session.param('x', 1)
    session.expire('1m')
    await session.flush()
    context.clock.advance(60)
    const alive = await store.load('e')
    expect(alive).toMatchObject({ isNew: false, expired: false })
    await alive.flush()
    context.clock.advance(61)
    const gone = await store.load('e')
    expect(gone).toMatchObject({ isNew: false, expired: true, deleted: true, id: 'e' })
    expect(gone.param()).toEqual([])
    expect(MinimalDriver.records.has('e')).toBe(false)
    gone.param('y', 1)
    expect(await gone.flush()).toBe(false)
    expect((await store.load('e')).isNew).toBe(true)
  })

  test('of the session by deadline, however often it is used', async () => {
    const store = await context.open()
    const session = await store.load('e')
    session.param('x', 1)
    session.expire('1m')
    session.deadline('2m')
    await session.flush()
    for (let step = 0; step < 2; step++) {
      context.clock.advance(50)
      const used = await store.load('e')
      expect(used.expired).toBe(false)
      await used.flush()
    }
    context.clock.advance(21)
    expect((await store.load('e')).expired).toBe(true)
  })

  test('a deadline can be a date, and be taken back', async () => {
    const session = await (await context.open()).load('e')
    session.deadline(new Date(1_800_000_000_999))
    expect(session.deadline()).toBe(1_800_000_000)
    session.deadline(0)
    expect(session.deadline()).toBe(0)
    expect(() => session.deadline(new Date('nonsense'))).toThrow(InvalidOptionError)
  })

  test('0 and the empty text take it back, a negative one ends the session', async () => {
    const store = await context.open()
    const session = await store.load('e')
    session.param('x', 1)
    session.expire('1h')
    expect(session.expire()).toBe(3600)
    session.expire('')
    expect(session.etime).toBe(0)
    session.expire(-1)
    await session.flush()
    expect((await store.load('e')).expired).toBe(true)
  })

  test('of a parameter counts from when it was set, not from the last access', async () => {
    const store = await context.open()
    const session = await store.load('e')
    session.param({ captcha: 'x', other: 'y' })
    session.expire('captcha', '5m')
    await session.flush()
    for (let step = 0; step < 2; step++) {
      context.clock.advance(150)
      const used = await store.load('e')
      expect(used.param()).toEqual(['captcha', 'other'])
      await used.flush()
    }
    context.clock.advance(1)
    const after = await store.load('e')
    expect(after.param()).toEqual(['other'])
    expect(after.ptime).toEqual({})
    await after.flush()
    expect(Object.keys(context.stored('e'))).not.toContain('captcha')
  })

  test("of a parameter slides as Data::Session's when the store is shared with it", async () => {
    const store = await context.open({ shared: true, touchAfter: 0 })
    const session = await store.load('e')
    session.param({ captcha: 'x' })
    session.expire('captcha', '5m')
    await session.flush()
    expect(context.stored('e')).not.toHaveProperty('_SESSION_PDEADLINE')
    for (let step = 0; step < 3; step++) {
      context.clock.advance(300)
      const used = await store.load('e')
      expect(used.param()).toEqual(['captcha'])
      await used.flush()
    }
    context.clock.advance(301)
    expect((await store.load('e')).param()).toEqual([])
  })

  test('of a parameter set by Perl begins to count where Perl last saw it', async () => {
    const store = await context.open()
    const now = context.clock.seconds
    const record = {
      _SESSION_ID: 'e',
      _SESSION_ATIME: now,
      _SESSION_CTIME: now,
      _SESSION_ETIME: 0,
      _SESSION_PTIME: { a: 100 },
      a: 1,
    }
    MinimalDriver.records.set('e', Buffer.from(JSON.stringify(record)))
    context.clock.advance(90)
    const session = await store.load('e')
    expect(session.param('a')).toBe(1)
    await session.flush()
    context.clock.advance(11)
    expect((await store.load('e')).param('a')).toBeUndefined()
  })

  test('of a parameter that Perl gave another lifetime follows Perl', async () => {
    const store = await context.open()
    const now = context.clock.seconds
    const record = {
      _SESSION_ATIME: now,
      _SESSION_PTIME: { a: 500 },
      _SESSION_PDEADLINE: { a: [100, now + 100] },
      a: 1,
    }
    MinimalDriver.records.set('e', Buffer.from(JSON.stringify(record)))
    context.clock.advance(400)
    expect((await store.load('e')).param('a')).toBe(1)
  })

  test('of a parameter can be taken back with 0, and a wrong time changes nothing', async () => {
    const session = await (await context.open()).load('e')
    session.param({ a: 1, b: 2 })
    session.expire({ a: '1m', b: '1m' })
    session.expire('a', 0)
    expect(session.ptime).toEqual({ b: 60 })
    expect(() => session.expire({ a: '1h', b: 'soon' })).toThrow(InvalidTimeError)
    expect(session.ptime).toEqual({ b: 60 })
  })

  test('is looked at again by checkExpiry', async () => {
    const store = await context.open()
    const session = await store.load('e')
    session.param('x', 1)
    session.expire(10)
    await session.flush()
    expect(await session.checkExpiry()).toBe(false)
    context.clock.advance(11)
    expect(await session.checkExpiry()).toBe(true)
    expect(session).toMatchObject({ expired: true, deleted: true })
    expect(MinimalDriver.records.size).toBe(0)
  })
})

describe('reading only', () => {
  async function stored(
    options: object,
    lifetime: string | number,
  ): Promise<Awaited<ReturnType<typeof context.open>>> {
    const store = await context.open(options)
    const session = await store.load('r')
    session.param('x', 1)
    session.expire(lifetime)
    await session.flush()
    MinimalDriver.calls = []
    return store
  }

  test('writes nothing until the access time is a tenth of the lifetime old', async () => {
    const store = await stored({}, 300)
    context.clock.advance(29)
    const early = await store.load('r')
    expect(early.modified).toBe(false)
    expect(await early.flush()).toBe(false)
    expect(MinimalDriver.calls).toEqual(['retrieve'])
    context.clock.advance(1)
    const late = await store.load('r')
    expect(late.modified).toBe(true)
    expect(await late.flush()).toBe(true)
    expect(context.stored('r')['_SESSION_ATIME']).toBe(context.clock.seconds)
    expect(await late.flush()).toBe(false)
  })

  test('or 60 seconds old at most', async () => {
    const store = await stored({}, '30d')
    context.clock.advance(59)
    expect(await (await store.load('r')).flush()).toBe(false)
    context.clock.advance(1)
    expect(await (await store.load('r')).flush()).toBe(true)
  })

  test('with touchAfter 0 writes every time, as Data::Session does, but once per session object', async () => {
    const store = await stored({ touchAfter: 0 }, 300)
    const session = await store.load('r')
    expect(session.modified).toBe(true)
    expect([await session.flush(), await session.flush()]).toEqual([true, false])
  })

  test('writes when the clock was put back', async () => {
    const store = await stored({}, 3600)
    context.clock.advance(-1000)
    expect(await (await store.load('r')).flush()).toBe(true)
    expect(context.stored('r')['_SESSION_ATIME']).toBe(context.clock.seconds)
  })

  test('of a session that was removed meanwhile neither fails nor brings it back', async () => {
    const store = await stored({}, 300)
    context.clock.advance(100)
    const session = await store.load('r')
    MinimalDriver.records.clear()
    expect(await session.flush()).toBe(false)
    expect(MinimalDriver.records.size).toBe(0)
  })
})

describe('two sessions on one id', () => {
  async function two(options: object = {}): Promise<[Session, Session]> {
    const store = await context.open(options)
    const first = await store.load('t')
    first.param({ a: 1, b: 1, list: ['x'], gone: 1 })
    first.expire({ gone: 100 })
    await first.flush()
    return [await store.load('t'), await store.load('t')]
  }

  test('both keep their changes', async () => {
    const [one, other] = await two()
    one.param('a', 2)
    one.expire('1h')
    other.param('b', 2)
    other.clear('gone')
    ;(other.param('list') as string[]).push('y')
    await one.flush()
    await other.flush()
    expect(context.stored('t')).toMatchObject({
      a: 2,
      b: 2,
      list: ['x', 'y'],
      _SESSION_ETIME: 3600,
      _SESSION_PTIME: {},
    })
    expect(context.stored('t')).not.toHaveProperty('gone')
    expect(other.param('a')).toBe(2)
  })

  test('a value in hand stays the same object over a merge', async () => {
    const [one, other] = await two()
    const list = other.param('list') as string[]
    one.param('a', 2)
    other.param('b', 2)
    await one.flush()
    await other.flush()
    expect(other.param('list')).toBe(list)
    list.push('z')
    await other.flush()
    expect(context.stored('t')['list']).toEqual(['x', 'z'])
  })

  test("a merge does not take the other's value for a change of ours", async () => {
    const [one, other] = await two()
    other.param('list')
    other.param('b', 2)
    ;(one.param('list') as string[]).push('theirs')
    await one.flush()
    await other.flush()
    expect(context.stored('t')['list']).toEqual(['x', 'theirs'])
    expect(other.modified).toBe(false)
    expect(other.param('list')).toEqual(['x', 'theirs'])
  })

  test("'overwrite' lets the last one win", async () => {
    const [one, other] = await two({ onConflict: 'overwrite' })
    one.param('a', 2)
    other.param('b', 2)
    await one.flush()
    await other.flush()
    expect(context.stored('t')).toMatchObject({ a: 1, b: 2 })
  })

  test("'error' refuses, and keeps the changes for another try", async () => {
    const [one, other] = await two({ onConflict: 'error' })
    one.param('a', 2)
    other.param('b', 2)
    await one.flush()
    await expect(other.flush()).rejects.toThrow(ConflictError)
    expect(context.stored('t')).toMatchObject({ a: 2, b: 1 })
    await other.flush('merge')
    expect(context.stored('t')).toMatchObject({ a: 2, b: 2 })
  })

  test('what one removed the other does not bring back', async () => {
    const [one, other] = await two()
    other.param('b', 2)
    await one.delete()
    const error: unknown = await other.flush().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(SessionGoneError)
    expect(error).toMatchObject({ code: 'ERR_SESSION_GONE', id: 't' })
    expect(MinimalDriver.records.size).toBe(0)
  })

  test('two new ones with the same id given by the program merge', async () => {
    const store = await context.open()
    const one = await store.load('n')
    const other = await store.load('n')
    one.param('a', 1)
    other.param('b', 2)
    await one.flush()
    await other.flush()
    expect(context.stored('n')).toMatchObject({ a: 1, b: 2 })
  })
})

describe('update', () => {
  test('loses none of many increments at once', async () => {
    const store = await context.open()
    const increments = Array.from({ length: 100 }, () =>
      store.update('u', (session) => session.param('n', Number(session.param('n') ?? 0) + 1)),
    )
    await Promise.all(increments)
    expect(context.stored('u')['n']).toBe(100)
  })

  test('of a session that has expired starts a new one', async () => {
    const store = await context.open({ expire: 10 })
    const count = (): Promise<number> =>
      store.update('u', (session) => {
        const n = Number(session.param('n') ?? 0) + 1
        session.param('n', n)
        return n
      })
    expect([await count(), await count()]).toEqual([1, 2])
    context.clock.advance(11)
    expect([await count(), await count()]).toEqual([1, 2])
  })

  test('answers what the function answers and passes on what it throws', async () => {
    const store = await context.open()
    expect(await store.update('u', () => Promise.resolve('answer'))).toBe('answer')
    await expect(
      store.update('u', () => {
        throw new RangeError('no')
      }),
    ).rejects.toThrow(RangeError)
    expect(MinimalDriver.records.size).toBe(0)
  })
})

describe('damaged records', () => {
  test.each([
    ['random bytes', [0xff, 0, 1, 2]],
    ['a truncated record', [...Buffer.from('{"_SESSION_ID":"d","x":"y')]],
    ['a record that is no hash', [...Buffer.from('[1,2]')]],
    ['times that are none', [...Buffer.from('{"_SESSION_ETIME":{"a":1}}')]],
  ])('%s are an error that names the id, and stay as they are', async (_, bytes) => {
    const store = await context.open()
    MinimalDriver.records.set('d', Uint8Array.from(bytes))
    const error: unknown = await store.load('d').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(DamagedRecordError)
    expect(error).toMatchObject({ code: 'ERR_SESSION_DAMAGED', id: 'd' })
    expect((error as Error).message).toContain('"d"')
    await store.purge()
    expect([...MinimalDriver.records.get('d')!]).toEqual(bytes)
  })

  test('an empty one counts as a session that is about to be made', async () => {
    const store = await context.open()
    MinimalDriver.records.set('d', new Uint8Array())
    const session = await store.load('d')
    expect(session.isNew).toBe(true)
    session.param('x', 1)
    await session.flush()
    expect(context.stored('d')['x']).toBe(1)
  })

  test('a record without any of our keys is a session', async () => {
    const store = await context.open()
    MinimalDriver.records.set('d', Buffer.from('{"x":1,"_other":[2]}'))
    const session = await store.load('d')
    expect(session).toMatchObject({ isNew: false, etime: 0, ctime: 0 })
    session.param('y', 2)
    await session.flush()
    expect(context.stored('d')).toMatchObject({ x: 1, y: 2, _other: [2] })
  })
})

describe('delete, close and regenerate', () => {
  test('delete removes at once and for good', async () => {
    const store = await context.open()
    const session = await store.load('x')
    session.param('a', 1)
    await session.flush()
    expect(await session.delete()).toBe(true)
    expect(session).toMatchObject({ deleted: true, modified: false })
    session.param('b', 2)
    expect(session.param('b')).toBe(2)
    expect(await session.flush()).toBe(false)
    expect(MinimalDriver.records.size).toBe(0)
    expect(await session.delete()).toBe(false)
  })

  test('close flushes, and then nothing more goes', async () => {
    const store = await context.open()
    const session = await store.load('x')
    session.param('a', 1)
    await session.close()
    await session.close()
    expect(context.stored('x')['a']).toBe(1)
    await expect(session.flush()).rejects.toThrow(ClosedError)
    await store.close()
    await expect(store.load('x')).rejects.toThrow(ClosedError)
    expect(() => store.ids()).toThrow(ClosedError)
  })

  test('await using flushes at the end of the block', async () => {
    const store = await context.open()
    {
      await using session = await store.load('x')
      session.param('a', 1)
    }
    expect(context.stored('x')['a']).toBe(1)
  })

  test('regenerate brings back neither what somebody removed nor what has expired', async () => {
    const store = await context.open()
    const session = await store.load('before')
    session.param('x', 1)
    session.expire(10)
    await session.flush()
    const removed = await store.load('before')
    await store.remove('before')
    await expect(removed.regenerate()).rejects.toThrow(SessionGoneError)
    expect(MinimalDriver.records.size).toBe(0)
    session.param('x', 2)
    await expect(session.regenerate()).rejects.toThrow(SessionGoneError)

    const other = await store.load('other')
    other.param('x', 1)
    other.expire(10)
    await other.flush()
    context.clock.advance(11)
    await expect((await store.load('other')).regenerate()).rejects.toThrow(SessionGoneError)
  })

  test('close keeps the session open when its flush failed; a block closes it whatever happens', async () => {
    const store = await context.open()
    const session = await store.load('x')
    session.param('a', [Number.NaN])
    await expect(session.close()).rejects.toThrow(FreezeError)
    session.param('a', [1])
    await session.close()
    expect(context.stored('x')['a']).toEqual([1])

    const other = await store.load('y')
    other.param('a', [Number.NaN])
    await expect(other[Symbol.asyncDispose]()).rejects.toThrow(FreezeError)
    await expect(other.flush()).rejects.toThrow(ClosedError)
  })

  test('regenerate moves everything to a new id', async () => {
    const store = await context.open()
    const session = await store.load('before')
    const cart = ['a']
    session.param('cart', cart)
    session.expire('1h')
    await session.flush()
    session.param('user', 'alice')
    const id = await session.regenerate()
    expect(session.id).toBe(id)
    expect([...MinimalDriver.records.keys()]).toEqual([id])
    expect(context.stored(id)).toMatchObject({
      _SESSION_ID: id,
      cart: ['a'],
      user: 'alice',
      _SESSION_ETIME: 3600,
    })
    session.param('more', 1)
    cart.push('b')
    await session.flush()
    expect(context.stored(id)).toMatchObject({ more: 1, cart: ['a', 'b'] })
  })
})

describe('the store', () => {
  test('lists, traverses, removes and purges', async () => {
    const store = await context.open()
    for (const [id, lifetime] of [
      ['a', 0],
      ['b', 10],
      ['c', 100],
    ] as const) {
      const session = await store.load(id)
      session.param('x', 1)
      session.expire(lifetime)
      await session.flush()
    }
    context.clock.advance(11)
    const ids: string[] = []
    await store.traverse((id) => void ids.push(id))
    expect(ids.sort()).toEqual(['a', 'b', 'c'])
    expect(await store.purge()).toBe(1)
    expect(await store.purge()).toBe(0)
    expect(await store.remove('a')).toBe(true)
    expect(await store.remove('a')).toBe(false)
    const left: string[] = []
    for await (const id of store.ids()) left.push(id)
    expect(left).toEqual(['c'])
    await expect(store.traverse(undefined as unknown as () => void)).rejects.toThrow(InvalidOptionError)
  })

  test('stops to purge when it is told to', async () => {
    const store = await context.open({ expire: 1 })
    for (const id of ['a', 'b']) {
      const session = await store.load(id)
      session.param('x', 1)
      await session.flush()
    }
    context.clock.advance(2)
    const stop = new AbortController()
    vi.spyOn(MinimalDriver.prototype, 'remove').mockImplementationOnce(async () => {
      stop.abort(new Error('enough'))
      return true
    })
    await expect(store.purge({ signal: stop.signal })).rejects.toThrow('enough')
    await expect(store.purge({ signal: stop.signal })).rejects.toThrow('enough')
    expect(await store.purge()).toBe(2)
  })
})
