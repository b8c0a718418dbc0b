import { once } from 'node:events'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  ApacheSession,
  type ApacheSessionOptions,
  FreezeError,
  type HashSession,
  Registry,
  SessionGoneError,
  type SessionStore,
  StorageError,
} from '../../../src/index.ts'
import type { Image } from '../../../src/plugin.ts'
import { MinimalDriver } from '../../support/minimal-driver.ts'
import { someTurns } from '../../support/some-turns.ts'
import { newSessions, stored } from './sessions.ts'

interface Shop {
  a: number
  b: number
  cart: string[]
  deep: { list: number[] }
}

/** Tells what is written, waits when it is told to, and fails when it is told to. */
class Disk extends MinimalDriver {
  static writes: object[] = []
  static isDown = false
  static gate: Promise<void> | undefined

  override async store(id: string, image: Image): Promise<void> {
    const { _session_id, _data_session, ...data } = JSON.parse(String(Buffer.from(image))) as Shop & {
      _session_id: string
      _data_session: object
    }
    Disk.writes.push(data)
    await Disk.gate
    if (Disk.isDown) throw new StorageError('The disk is down')
    await super.store(id, image)
  }
}

/** Lets writes wait from now on. Answers what lets them go on. */
function closeGate(): () => void {
  let open = () => {}
  Disk.gate = new Promise((resolve) => (open = resolve))
  return open
}

beforeEach(() => {
  MinimalDriver.records.clear()
  Object.assign(Disk, { writes: [], isDown: false, gate: undefined })
})

async function newSession(
  options: ApacheSessionOptions = {},
): Promise<{ s: HashSession<Shop>; store: SessionStore; advance: (seconds: number) => void }> {
  const { sessions, store, clock } = await newSessions<Shop>(options, {
    type: 'driver:Disk;id:MD5;serialize:JSON;layout:ApacheSession',
    registry: new Registry().register('driver', 'Disk', Disk),
  })
  const s = await sessions.new()
  Disk.writes = []
  return { s, store, advance: (seconds) => clock.advance(seconds) }
}

describe('with autocommit', () => {
  test('a change reaches storage by itself, and those of one moment together', async () => {
    const { s, store } = await newSession()
    s.a = 1
    s.b = 2
    delete s.a
    s.cart = ['apple']
    expect(Disk.writes).toEqual([])
    await someTurns()
    expect(Disk.writes).toEqual([{ b: 2, cart: ['apple'] }])
    expect(await stored(store, s._ID)).toEqual({ b: 2, cart: ['apple'] })
    await someTurns()
    expect(Disk.writes).toHaveLength(1)
  })

  test('changes come in their order, and those made during a write in the next one', async () => {
    const { s } = await newSession()
    const open = closeGate()
    s.a = 1
    await someTurns()
    for (let count = 2; count < 50; count++) {
      s.a = count
      await Promise.resolve()
    }
    expect(Disk.writes).toEqual([{ a: 1 }])
    open()
    await someTurns()
    expect(Disk.writes).toEqual([{ a: 1 }, { a: 49 }])
  })

  test('a change inside of a value does, at the end of the turn in which it was read', async () => {
    const { s, store } = await newSession()
    s.cart = ['apple']
    s.deep = { list: [] }
    await s.store()
    Disk.writes = []
    s.cart.push('pear')
    s.deep.list.push(1)
    await someTurns()
    expect(Disk.writes).toEqual([{ cart: ['apple', 'pear'], deep: { list: [1] } }])
    expect(await stored(store, s._ID)).toMatchObject({ cart: ['apple', 'pear'] })
  })

  test('a change inside of a value that was read long before comes with the next one, or with store()', async () => {
    const { s, store } = await newSession()
    s.cart = ['apple']
    const { cart } = s
    await someTurns()
    cart.push('pear')
    await someTurns()
    expect(await stored(store, s._ID)).toEqual({ cart: ['apple'] })
    expect(await s.store()).toBe(true)
    expect(await stored(store, s._ID)).toEqual({ cart: ['apple', 'pear'] })
    cart.push('plum')
    s.a = 1
    await someTurns()
    expect(await stored(store, s._ID)).toEqual({ a: 1, cart: ['apple', 'pear', 'plum'] })
    cart.push('fig')
    await s.close()
    expect(await stored(store, s._ID)).toMatchObject({ cart: ['apple', 'pear', 'plum', 'fig'] })
  })

  test('reading alone writes nothing', async () => {
    const { s } = await newSession()
    s.cart = ['apple']
    await s.store()
    Disk.writes = []
    expect([s.cart, s.a, Object.keys(s), JSON.stringify(s)]).toHaveLength(4)
    await someTurns()
    expect(await s.store()).toBe(false)
    expect(Disk.writes).toEqual([])
  })

  test('store() waits for what is under way', async () => {
    const { s, store } = await newSession()
    const open = closeGate()
    s.a = 1
    await someTurns()
    s.b = 2
    const both = Promise.all([s.store(), s.store()])
    open()
    await both
    expect(await stored(store, s._ID)).toEqual({ a: 1, b: 2 })
    expect(Disk.writes).toEqual([{ a: 1 }, { a: 1, b: 2 }])
  })

  test('destroy() waits for it as well: nothing comes back', async () => {
    const { s, store } = await newSession()
    const open = closeGate()
    s.a = 1
    await someTurns()
    s.b = 2
    const gone = s.destroy()
    open()
    expect(await gone).toBe(true)
    await someTurns()
    expect(await store.find(s._ID)).toBeUndefined()
    expect(MinimalDriver.records.size).toBe(0)
  })

  test('close() stores what is left, and stays open when it cannot', async () => {
    const errors: unknown[] = []
    const { s, store } = await newSession({ onError: (error) => errors.push(error) })
    s.a = 1
    Disk.isDown = true
    await expect(s.close()).rejects.toThrow('The disk is down')
    s.b = 2
    Disk.isDown = false
    await s.close()
    expect(await stored(store, s._ID)).toEqual({ a: 1, b: 2 })
    expect(errors).toEqual([])
  })

  test('the end of a block tells of it, and leaves nothing open', async () => {
    const { s } = await newSession({ onError: () => expect.unreachable() })
    const use = async () => {
      await using mine = s
      mine.a = 1
      Disk.isDown = true
    }
    await expect(use()).rejects.toThrow('The disk is down')
    expect(() => (s.a = 2)).toThrow('is closed')
  })
})

describe('a change that could not be stored', () => {
  test('is told of at once, is still changed, and is stored by the next try', async () => {
    const errors: unknown[] = []
    const { s, store } = await newSession({ onError: (error) => errors.push(error) })
    Disk.isDown = true
    s.a = 1
    await someTurns()
    expect(errors).toEqual([new StorageError('The disk is down')])
    await expect(s.store()).rejects.toThrow(StorageError)
    expect(errors).toHaveLength(1)
    Disk.isDown = false
    s.b = 2
    await someTurns()
    expect(await stored(store, s._ID)).toEqual({ a: 1, b: 2 })
    expect(await s.store()).toBe(false)
  })

  test('is a warning of the process when nobody says otherwise', async () => {
    const { s } = await newSession()
    Disk.isDown = true
    const warned = once(process, 'warning')
    s.a = 1
    const [warning] = (await warned) as [Error & { code?: string; detail?: string }]
    expect(warning).toMatchObject({
      name: 'SessionWarning',
      code: 'ERR_SESSION_STORAGE',
      message: `Session ${s._ID} could not be stored: The disk is down`,
    })
    expect(warning.detail).toContain('StorageError')
  })

  test('is told of to whoever waits for it, and to nobody else', async () => {
    const errors: unknown[] = []
    const { s } = await newSession({ onError: (error) => errors.push(error) })
    Disk.isDown = true
    s.a = 1
    await expect(s.store()).rejects.toThrow(StorageError)
    await someTurns()
    expect(errors).toEqual([])
  })

  test('cannot be overlooked when it is for good', async () => {
    const errors: unknown[] = []
    const { s, store } = await newSession({ onError: (error) => errors.push(error) })
    await store.remove(s._ID)
    s.a = 1
    await someTurns()
    expect(errors).toEqual([new SessionGoneError(s._ID)])
    await expect(s.store()).rejects.toThrow(SessionGoneError)
    await expect(s.close()).rejects.toThrow(SessionGoneError)
    await s.destroy()
    await s.close()
  })

  test('because a value cannot be kept: when it is mended it is stored', async () => {
    const errors: unknown[] = []
    const { s, store } = await newSession({ onError: (error) => errors.push(error) })
    s.deep = { list: [Number.NaN] }
    await someTurns()
    expect(errors).toEqual([expect.any(FreezeError)])
    s.deep.list = [1]
    await s.store()
    expect(await stored(store, s._ID)).toEqual({ deep: { list: [1] } })
  })
})

describe('without autocommit', () => {
  test('only store() stores', async () => {
    const { s, store } = await newSession({ autocommit: 0 })
    expect(s._AUTOCOMMIT).toBe(false)
    s.a = 1
    await someTurns()
    expect(Disk.writes).toEqual([])
    expect(await s.store()).toBe(true)
    expect(await s.store()).toBe(false)
    s.a = 2
    s.cart = ['apple']
    await s.close()
    expect(await stored(store, s._ID)).toEqual({ a: 1 })
    expect(Disk.writes).toEqual([{ a: 1 }])
  })
})

test('without autocommit a lifetime that was not stored is lost, too; what is being stored is not', async () => {
  const { s, store } = await newSession({ autocommit: 0 })
  s.a = 1
  const storing = s.store()
  s.b = 2
  s.lifetime = 5
  await s.close()
  expect(await storing).toBe(true)
  expect(await stored(store, s._ID)).toEqual({ a: 1 })
  expect((await store.find(s._ID))?.etime).toBe(3600)
})

describe('two who have the session open', () => {
  test('keep both their changes', async () => {
    const { s, store } = await newSession()
    const other = (await ApacheSession.open<Shop>(s._ID, { store }))!
    s.a = 1
    other.b = 2
    await Promise.all([s.store(), other.store()])
    expect(await stored(store, s._ID)).toEqual({ a: 1, b: 2 })
  })
})
