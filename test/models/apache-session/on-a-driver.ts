// What Apache::Session's own tests go through for each of its storage classes: t/file.t of 0.17 in 24 steps, t/99file.t
// of 1.94 in nine.
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ApacheSession, LockTimeoutError, SessionGoneError, type SessionStore } from '../../../src/index.ts'
import type { DriverSetup } from '../../../src/testing/index.ts'
import { onStorageOf, type SetupStorage } from '../../contract/store-on-setup.ts'

const type = 'driver:Setup;id:MD5;serialize:JSON;layout:ApacheSession'

interface Kept {
  test: string
  scalar: string
  array: number[]
  hash: Record<string, string>
}

const scalar = 'test123,.;\'[]\\-=<>?:"{}|_+!@#$%^&*()`~/ é 日本 😀'
const array = [1, 2, 3, 4, 5]
const hash = { this: 'that', those: 'these' }

async function oldSuite({ open, clock }: SetupStorage): Promise<void> {
  const [store, another] = [await open({ type }), await open({ type })]
  const sessions = ApacheSession.on<Kept>(store)
  const s = await sessions.new()
  expect(s._EXPIRES).toBe(clock.seconds() + 3600)
  expect(s._LIFETIME).toBeGreaterThan(0)
  expect(s._ID).toMatch(/^[a-f0-9]{16}$/)
  expect(s._AUTOCOMMIT).toBe(true)
  expect(s._ACCESSED).toBe(clock.seconds())
  // string storage, string deletion
  s.test = scalar
  expect(s.test).toBe(scalar)
  delete s.test
  expect(s.test).toBeUndefined()
  // array storage, array iteration, array deletion
  s.array = array
  expect(s.array[0]).toBe(1)
  expect([...s.array]).toEqual(array)
  delete s.array
  expect('array' in s).toBe(false)
  // hash storage, hash iteration, hash key deletion, hash deletion
  s.hash = { ...hash }
  expect(Object.entries(s.hash)).toEqual(Object.entries(hash))
  await s.store()
  delete s.hash['this']
  expect(s.hash).toEqual({ those: 'these' })
  await s.store()
  expect((await opened(another, s._ID)).hash).toEqual({ those: 'these' })
  delete s.hash
  await s.store()
  expect('hash' in (await opened(another, s._ID))).toBe(false)
  // data persistence
  Object.assign(s, { scalar, array, hash: { ...hash } })
  await s.close()
  const old = await opened(another, s._ID)
  expect(old._ID).toBe(s._ID)
  expect({ ...old }).toEqual({ scalar, array, hash })
  // data destruction
  const late = await opened(store, s._ID)
  expect(await old.destroy()).toBe(true)
  expect(await sessions.open(s._ID)).toBeUndefined()
  late.test = 'late'
  await expect(late.store()).rejects.toThrow(SessionGoneError)
  expect(await late.destroy()).toBe(false)
  // an unsafe id is detected
  expect(await sessions.open('../../../../../../../../foo')).toBeUndefined()
}

async function opened(store: SessionStore, id: string) {
  return (await ApacheSession.open<Kept>(id, { store }))!
}

/** What is set is there after each opening, until the session ends. A server does not hear of a clock that is moved. */
async function expiry({ open }: SetupStorage): Promise<void> {
  const store = await open({ type })
  const sessions = ApacheSession.on<Kept>(store, { lifetime: 100 })
  const { _ID: id } = await sessions.new()
  for (let count = 1; count <= 3; count++) {
    const s = (await sessions.open(id, { lifetime: 100 + count }))!
    expect(s.array ?? []).toHaveLength(count - 1)
    s.array ??= []
    s.array.push(count)
    await s.close()
  }
  const s = (await sessions.open(id))!
  expect([s.lifetime, s.array]).toEqual([103, [1, 2, 3]])
  s.lifetime = -1
  await s.close()
  expect(await sessions.open(id)).toBeUndefined()
  expect(await store.find(id)).toBeUndefined()
}

/** A new id that is taken is tried again, whoever took it. */
async function takenId({ open }: SetupStorage): Promise<void> {
  const stores = [await open({ type }), await open({ type })]
  const random = () => {
    let calls = 0
    return (size: number) => new Uint8Array(size).fill(calls++)
  }
  const made = []
  for (const at of [0, 1, 0]) made.push(await ApacheSession.new({ store: stores[at], random: random() }))
  expect(new Set(made.map(({ _ID }) => _ID)).size).toBe(3)
}

/** Several who count under the lock lose nothing, whichever store they use. */
async function counting({ open }: SetupStorage, isWhole: boolean): Promise<void> {
  const store = await open({ type })
  // Without conditional writes of the driver's own, one store knows nothing of another's locks.
  const stores = [store, isWhole ? await open({ type }) : store]
  const patient = { lock: { timeout: 60_000, lease: 60_000 } }
  const first = await ApacheSession.new<{ n: number }>({ store, ...patient })
  const impatient = { store: stores[1], lock: true, timeout: 0 }
  await expect(ApacheSession.open(first._ID, impatient)).rejects.toThrow(LockTimeoutError)
  first.n = 0
  await first.close()
  const count = async (at: number): Promise<void> => {
    await using s = (await ApacheSession.open<{ n: number }>(first._ID, {
      store: stores[at % 2],
      ...patient,
    }))!
    const before = s.n!
    await setImmediate()
    s.n = before + 1
  }
  await Promise.all(Array.from({ length: 6 }, (_, at) => count(at)))
  expect((await ApacheSession.open<{ n: number }>(first._ID, { store }))?.n).toBe(6)
}

/** What hash-style sessions ask of a driver. */
export function hashTests(setup: DriverSetup): void {
  test('the old suite', () => onStorageOf(setup, oldSuite))
  test('expires', () => onStorageOf(setup, expiry))
  test('a new id that is taken', () => onStorageOf(setup, takenId))
  const isWhole = setup.offers === undefined || setup.offers.includes('replace')
  test('counting with the lock', () => onStorageOf(setup, (storage) => counting(storage, isWhole)), 60_000)
}
