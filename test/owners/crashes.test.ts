import { describe, expect, test } from 'vitest'
import Memory from '../../drivers/Memory.ts'
import { Registry, type Session, SessionStore } from '../../src/index.ts'
import { TestClock } from '../support/clock.ts'

const writes = new Set<string | symbol>(['store', 'create', 'replace', 'remove', 'removeIf', 'touch'])

/** How many more writes get through before the process dies, and nothing does any more. */
let writesLeft = Infinity

class Death extends Error {}

/** Memory that outlives the processes that use it. */
class Mortal extends Memory {
  constructor(...given: ConstructorParameters<typeof Memory>) {
    super(...given)
    return new Proxy(this, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name)
        if (typeof value !== 'function' || name === 'close') return value
        return (...parameters: unknown[]): unknown => {
          if (writes.has(name)) writesLeft -= 1
          if (writesLeft < 0) throw new Death('the process has died')
          return Reflect.apply(value, target, parameters)
        }
      },
    })
  }
}

const registry = new Registry().register('driver', 'Mortal', Mortal)
let names = 0

/** Each step as a program would do it, on a store where alice has two sessions; it may die anywhere. */
const steps: Record<string, (store: SessionStore, first: string) => Promise<unknown>> = {
  'a login': async (store) => {
    const session = await store.create()
    session.owner = 'alice'
    await session.flush()
  },
  'a session of another owner': async (store, first) => {
    const session = await store.load(first)
    session.owner = 'bob'
    await session.flush()
  },
  'a new id and another owner': async (store, first) =>
    (await store.load(first)).regenerate({ owner: 'bob' }),
  'a new id': async (store, first) => (await store.load(first)).regenerate(),
  'a longer life': async (store, first) => {
    const session = await store.load(first)
    session.expire('30d')
    await session.flush()
  },
  'a logout': async (store, first) => (await store.load(first)).delete(),
  'a logout everywhere': async (store) => store.deleteOwner('alice'),
  'a logout everywhere else': async (store, first) => store.deleteOwner('alice', { except: first }),
  'an only session': async (store) => admitOne(store),
  'one of two sessions': async (store) => admitOne(store, 2),
}

async function admitOne(store: SessionStore, limit = 1): Promise<Session> {
  const session = await store.create()
  session.owner = 'alice'
  await session.admit({ limit })
  return session
}

/** The ids of the sessions that really have this owner. */
async function ownedBy(store: SessionStore, owner: string): Promise<string[]> {
  const ids: string[] = []
  for await (const id of store.ids()) {
    if ((await store.find(id, { access: false }))?.owner === owner) ids.push(id)
  }
  return ids.sort()
}

async function found(store: SessionStore, owner: string): Promise<string[]> {
  const ids: string[] = []
  for await (const session of store.sessionsOf(owner)) ids.push(session.id)
  return ids.sort()
}

/** Does a step with so many writes allowed, and hands over what is left. Answers whether the step came to its end. */
async function dieAfter(
  count: number,
  step: (store: SessionStore, first: string) => Promise<unknown>,
  look: (store: SessionStore, clock: TestClock) => Promise<void>,
): Promise<boolean> {
  const clock = new TestClock()
  const options = {
    type: 'driver:Mortal;id:UUID34;serialize:JSON',
    memoryName: `mortal${++names}`,
    registry,
    clock: clock.now,
  }
  writesLeft = Infinity
  const before = await SessionStore.open(options)
  const ids: string[] = []
  for (let session = 0; session < 2; session++) ids.push((await admitOne(before, 2)).id)
  clock.advance(1000)

  writesLeft = count
  let isWhole = true
  try {
    await step(await SessionStore.open(options), ids[0]!)
  } catch (error) {
    if (!(error instanceof Death)) throw error
  }
  isWhole = writesLeft >= 0
  writesLeft = Infinity
  await look(await SessionStore.open(options), clock)
  return isWhole
}

async function atEveryWrite(
  step: (store: SessionStore, first: string) => Promise<unknown>,
  look: (store: SessionStore, clock: TestClock) => Promise<void>,
): Promise<void> {
  let count = 0
  while (!(await dieAfter(count, step, look))) count += 1
  expect(count).toBeGreaterThan(0)
}

describe.each(Object.entries(steps))('after %s that ended anywhere', (_, step) => {
  test("an owner's sessions are all found, and no others", () =>
    atEveryWrite(step, async (store) => {
      for (const owner of ['alice', 'bob']) {
        const all = await found(store, owner)
        // What was doomed is gone by then.
        expect(all).toEqual(await ownedBy(store, owner))
      }
    }))

  test('a logout everywhere leaves none', () =>
    atEveryWrite(step, async (store) => {
      for (const owner of ['alice', 'bob']) {
        await store.deleteOwner(owner)
        expect(await ownedBy(store, owner)).toEqual([])
      }
    }))

  test('the next one to be the only one is', () =>
    atEveryWrite(step, async (store, clock) => {
      clock.advance(100)
      const only = await admitOne(store)
      expect(await ownedBy(store, 'alice')).toEqual([only.id])
    }))

  test('what is left on the list goes from it in time', () =>
    atEveryWrite(step, async (store, clock) => {
      clock.advance(100)
      await found(store, 'alice')
      await store.deleteOwner('alice')
      clock.advance(100)
      await found(store, 'alice')
      await store.deleteOwner('bob')
      expect(await ownedBy(store, 'alice')).toEqual([])
    }))
})
