import { beforeEach, describe, expect, test } from 'vitest'
import {
  InvalidIdError,
  InvalidOptionError,
  type Session,
  SessionGoneError,
  SessionStore,
} from '../../src/index.ts'
import { hiddenId } from '../../src/hidden-ids.ts'
import { TestClock } from '../support/clock.ts'

let clock: TestClock
let store: SessionStore
let names = 0

beforeEach(async () => {
  clock = new TestClock()
  names += 1
  store = await SessionStore.open({
    type: 'driver:Memory;id:UUID34;serialize:JSON',
    memoryName: `owners${names}`,
    clock: clock.now,
  })
})

async function login(owner: string, device = 'phone'): Promise<Session> {
  const session = await store.create()
  session.owner = owner
  session.param('device', device)
  await session.flush()
  return session
}

async function idsOf(owner: string): Promise<string[]> {
  const ids: string[] = []
  for await (const session of store.sessionsOf(owner)) ids.push(session.id)
  return ids
}

async function allIds(): Promise<string[]> {
  const ids: string[] = []
  for await (const id of store.ids()) ids.push(id)
  return ids
}

describe('an owner', () => {
  test('is kept with the session, and nobody without', async () => {
    const session = await login('alice')
    expect((await store.load(session.id)).owner).toBe('alice')
    expect((await store.create()).owner).toBeUndefined()
    session.owner = ''
    expect(session.owner).toBeUndefined()
    await session.flush()
    expect((await store.load(session.id)).owner).toBeUndefined()
  })

  test('is a text of whole characters', async () => {
    const session = await store.create()
    for (const wrong of [1, null, {}, '\ud800']) {
      expect(() => {
        session.owner = wrong as string
      }).toThrow(InvalidOptionError)
    }
    session.owner = 'Zoë 🙂'
    await session.flush()
    expect(await idsOf('Zoë 🙂')).toEqual([session.id])
  })

  test('counts as a change, and goes into what others write meanwhile', async () => {
    const session = await login('alice')
    const mine = await store.load(session.id)
    const theirs = await store.load(session.id)
    theirs.param('seen', 1)
    await theirs.flush()
    mine.owner = 'bob'
    expect(mine.modified).toBe(true)
    await mine.flush()
    const after = await store.load(session.id)
    expect([after.owner, after.param('seen')]).toEqual(['bob', 1])
    expect([await idsOf('alice'), await idsOf('bob')]).toEqual([[], [session.id]])
  })
})

describe('sessionsOf', () => {
  test('gives the sessions of one owner, the oldest first, and no access counts', async () => {
    const first = await login('alice', 'phone')
    await login('bob')
    clock.advance(100)
    const second = await login('alice', 'laptop')
    clock.advance(100)
    const found: [string, unknown, number][] = []
    for await (const session of store.sessionsOf('alice')) {
      found.push([session.id, session.param('device'), session.atime])
      expect(session.modified).toBe(false)
    }
    expect(found).toEqual([
      [first.id, 'phone', clock.seconds - 200],
      [second.id, 'laptop', clock.seconds - 100],
    ])
    expect(await idsOf('nobody')).toEqual([])
  })

  test('takes no owner for another whose name differs in case only', async () => {
    await login('alice')
    expect(await idsOf('Alice')).toEqual([])
  })

  test('leaves out what was deleted, removed, has expired or gone to another owner', async () => {
    const [deleted, removed, expired, given, left] = [
      await login('alice'),
      await login('alice'),
      await login('alice'),
      await login('alice'),
      await login('alice'),
    ]
    await deleted.delete()
    await store.remove(removed.id)
    expired.expire(10)
    await expired.flush()
    given.owner = 'bob'
    await given.flush()
    clock.advance(11)
    expect(await idsOf('alice')).toEqual([left.id])
    expect(await idsOf('bob')).toEqual([given.id])
  })

  test('wants an owner', async () => {
    await expect(idsOf('')).rejects.toThrow(InvalidOptionError)
    await expect(store.deleteOwner('')).rejects.toThrow(InvalidOptionError)
  })
})

describe('deleteOwner', () => {
  test('logs out everywhere, but here', async () => {
    const [here, there, elsewhere] = [await login('alice'), await login('alice'), await login('alice')]
    const other = await login('bob')
    expect(await store.deleteOwner('alice', { except: here })).toBe(2)
    expect(await store.find(there.id)).toBeUndefined()
    expect((await allIds()).sort()).toEqual([here.id, other.id].sort())
    elsewhere.param('late', 1)
    await expect(elsewhere.flush()).rejects.toThrow(SessionGoneError)
    expect(await idsOf('alice')).toEqual([here.id])
    expect(await store.deleteOwner('alice')).toBe(1)
    expect(await store.deleteOwner('alice')).toBe(0)
  })

  test('takes ids and sessions that stay', async () => {
    const [a, b, c] = [await login('alice'), await login('alice'), await login('alice')]
    expect(await store.deleteOwner('alice', { except: [a.id, b] })).toBe(1)
    expect(await idsOf('alice')).toEqual([a.id, b.id])
    expect(await store.find(c.id)).toBeUndefined()
    expect(await store.deleteOwner('alice', { except: b.id })).toBe(1)
  })

  test('leaves alone what has another owner by now', async () => {
    const session = await login('alice')
    const stale = await store.load(session.id)
    session.owner = 'bob'
    await session.flush()
    stale.param('late', 1)
    await stale.flush()
    expect(await store.deleteOwner('alice')).toBe(0)
    expect((await store.find(session.id))?.owner).toBe('bob')
  })
})

describe('regenerate', () => {
  test('at a login gives the session a new id and an owner in one', async () => {
    const session = await store.create()
    session.param('cart', ['apple'])
    await session.flush()
    const before = session.id
    await session.regenerate({ owner: 'alice' })
    expect(session.id).not.toBe(before)
    expect(await store.find(before)).toBeUndefined()
    const found = await store.find(session.id)
    expect([found?.owner, found?.param('cart')]).toEqual(['alice', ['apple']])
    expect(await idsOf('alice')).toEqual([session.id])
  })

  test('keeps the owner when none is said, and forgets the old id', async () => {
    const session = await login('alice')
    await session.regenerate()
    expect(session.owner).toBe('alice')
    expect(await idsOf('alice')).toEqual([session.id])
    await session.regenerate({ owner: 'bob' })
    expect([await idsOf('alice'), await idsOf('bob')]).toEqual([[], [session.id]])
  })

  test('of a session that was never stored gives it an owner, too', async () => {
    const session = await store.create()
    await session.regenerate({ owner: 'alice' })
    await session.flush()
    expect(await idsOf('alice')).toEqual([session.id])
  })
})

describe('what a store keeps for its owners', () => {
  test('is in no listing, and is no session', async () => {
    const session = await login('alice')
    const hidden = hiddenId('owner', 'alice')
    expect(await allIds()).toEqual([session.id])
    const visited: string[] = []
    await store.traverse((id) => visited.push(id))
    expect(visited).toEqual([session.id])
    await expect(store.load(hidden)).rejects.toThrow(InvalidIdError)
    await expect(store.find(hidden)).rejects.toThrow(InvalidIdError)
    await expect(store.remove(hidden)).rejects.toThrow(InvalidIdError)
    const request = { param: () => hidden }
    expect((await store.load(request)).isNew).toBe(true)
    expect(await store.find(request)).toBeUndefined()
  })

  test('lasts as long as the sessions that are used, and goes with them', async () => {
    const session = await login('alice')
    session.expire('1h')
    await session.flush()
    for (let hour = 0; hour < 100; hour++) {
      clock.advance(3000)
      await (await store.load(session.id)).flush()
      expect(await idsOf('alice')).toEqual([session.id])
      await store.purge()
    }
    expect(await idsOf('alice')).toEqual([session.id])
    clock.advance(3601)
    expect(await store.purge()).toBe(1)
    clock.advance(2 * 86_400)
    expect(await store.purge()).toBe(0)
    expect(await idsOf('alice')).toEqual([])
  })

  test('is not counted when it is purged together with its sessions', async () => {
    const session = await login('alice')
    session.expire('1h')
    await session.flush()
    clock.advance(3 * 86_400)
    expect(await store.purge()).toBe(1)
  })

  test('is gone when the last session is deleted', async () => {
    const session = await login('alice')
    await session.delete()
    clock.advance(1)
    expect(await allIds()).toEqual([])
    expect(await store.purge()).toBe(0)
  })
})
