import { describe, expect, test } from 'vitest'
import { InvalidIdError, InvalidOptionError, SessionGoneError } from '../../src/index.ts'
import { hiddenId } from '../../src/hidden-ids.ts'
import { allIds, idsOf, login, useStore } from './sessions.ts'

const context = useStore()

describe('an owner', () => {
  test('is kept with the session, and nobody without', async () => {
    const session = await login(context.store, 'alice')
    expect((await context.store.load(session.id)).owner).toBe('alice')
    expect((await context.store.create()).owner).toBeUndefined()
    session.owner = ''
    expect(session.owner).toBeUndefined()
    await session.flush()
    expect((await context.store.load(session.id)).owner).toBeUndefined()
  })

  test('is a text of whole characters', async () => {
    const session = await context.store.create()
    for (const wrong of [1, null, {}, '\ud800']) {
      expect(() => {
        session.owner = wrong as string
      }).toThrow(InvalidOptionError)
    }
    session.owner = 'Zoë 🙂'
    await session.flush()
    expect(await idsOf(context.store, 'Zoë 🙂')).toEqual([session.id])
  })

  test('counts as a change, and goes into what others write meanwhile', async () => {
    const session = await login(context.store, 'alice')
    const mine = await context.store.load(session.id)
    const theirs = await context.store.load(session.id)
    theirs.param('seen', 1)
    await theirs.flush()
    mine.owner = 'bob'
    expect(mine.modified).toBe(true)
    await mine.flush()
    const after = await context.store.load(session.id)
    expect([after.owner, after.param('seen')]).toEqual(['bob', 1])
    expect([await idsOf(context.store, 'alice'), await idsOf(context.store, 'bob')]).toEqual([
      [],
      [session.id],
    ])
  })
})

describe('sessionsOf', () => {
  test('gives the sessions of one owner, the oldest first, and no access counts', async () => {
    const first = await login(context.store, 'alice', { device: 'phone' })
    await login(context.store, 'bob')
    context.clock.advance(100)
    const second = await login(context.store, 'alice', { device: 'laptop' })
    context.clock.advance(100)
    const found: [string, unknown, number][] = []
    for await (const session of context.store.sessionsOf('alice')) {
      found.push([session.id, session.param('device'), session.atime])
      expect(session.modified).toBe(false)
    }
    expect(found).toEqual([
      [first.id, 'phone', context.clock.seconds - 200],
      [second.id, 'laptop', context.clock.seconds - 100],
    ])
    expect(await idsOf(context.store, 'nobody')).toEqual([])
  })

  test('takes no owner for another whose name differs in case only', async () => {
    await login(context.store, 'alice')
    expect(await idsOf(context.store, 'Alice')).toEqual([])
  })

  test('leaves out what was deleted, removed, has expired or gone to another owner', async () => {
    const [deleted, removed, expired, given, left] = [
      await login(context.store, 'alice'),
      await login(context.store, 'alice'),
      await login(context.store, 'alice'),
      await login(context.store, 'alice'),
      await login(context.store, 'alice'),
    ]
    await deleted.delete()
    await context.store.remove(removed.id)
    expired.expire(10)
    await expired.flush()
    given.owner = 'bob'
    await given.flush()
    context.clock.advance(11)
    expect(await idsOf(context.store, 'alice')).toEqual([left.id])
    expect(await idsOf(context.store, 'bob')).toEqual([given.id])
  })

  test('wants an owner', async () => {
    await expect(idsOf(context.store, '')).rejects.toThrow(InvalidOptionError)
    await expect(context.store.deleteOwner('')).rejects.toThrow(InvalidOptionError)
  })
})

describe('deleteOwner', () => {
  test('logs out everywhere, but here', async () => {
    const [here, there, elsewhere] = [
      await login(context.store, 'alice'),
      await login(context.store, 'alice'),
      await login(context.store, 'alice'),
    ]
    const other = await login(context.store, 'bob')
    expect(await context.store.deleteOwner('alice', { except: here })).toBe(2)
    expect(await context.store.find(there.id)).toBeUndefined()
    expect(await allIds(context.store)).toEqual([here.id, other.id].sort())
    elsewhere.param('late', 1)
    await expect(elsewhere.flush()).rejects.toThrow(SessionGoneError)
    expect(await idsOf(context.store, 'alice')).toEqual([here.id])
    expect(await context.store.deleteOwner('alice')).toBe(1)
    expect(await context.store.deleteOwner('alice')).toBe(0)
  })

  test('takes ids and sessions that stay', async () => {
    const [a, b, c] = [
      await login(context.store, 'alice'),
      await login(context.store, 'alice'),
      await login(context.store, 'alice'),
    ]
    expect(await context.store.deleteOwner('alice', { except: [a.id, b] })).toBe(1)
    expect(await idsOf(context.store, 'alice')).toEqual([a.id, b.id])
    expect(await context.store.find(c.id)).toBeUndefined()
    expect(await context.store.deleteOwner('alice', { except: b.id })).toBe(1)
  })

  test('leaves alone what has another owner by now', async () => {
    const session = await login(context.store, 'alice')
    const stale = await context.store.load(session.id)
    session.owner = 'bob'
    await session.flush()
    stale.param('late', 1)
    await stale.flush()
    expect(await context.store.deleteOwner('alice')).toBe(0)
    expect((await context.store.find(session.id))?.owner).toBe('bob')
  })
})

describe('regenerate', () => {
  test('at a login gives the session a new id and an owner in one', async () => {
    const session = await context.store.create()
    session.param('cart', ['apple'])
    await session.flush()
    const before = session.id
    await session.regenerate({ owner: 'alice' })
    expect(session.id).not.toBe(before)
    expect(await context.store.find(before)).toBeUndefined()
    const found = await context.store.find(session.id)
    expect([found?.owner, found?.param('cart')]).toEqual(['alice', ['apple']])
    expect(await idsOf(context.store, 'alice')).toEqual([session.id])
  })

  test('keeps the owner when none is said, and forgets the old id', async () => {
    const session = await login(context.store, 'alice')
    await session.regenerate()
    expect(session.owner).toBe('alice')
    expect(await idsOf(context.store, 'alice')).toEqual([session.id])
    await session.regenerate({ owner: 'bob' })
    expect([await idsOf(context.store, 'alice'), await idsOf(context.store, 'bob')]).toEqual([
      [],
      [session.id],
    ])
  })

  test('of a session that was never stored gives it an owner, too', async () => {
    const session = await context.store.create()
    await session.regenerate({ owner: 'alice' })
    await session.flush()
    expect(await idsOf(context.store, 'alice')).toEqual([session.id])
  })
})

describe('what a store keeps for its owners', () => {
  test('is in no listing, and is no session', async () => {
    const session = await login(context.store, 'alice')
    const hidden = hiddenId('owner', 'alice')
    expect(await allIds(context.store)).toEqual([session.id])
    const visited: string[] = []
    await context.store.traverse((id) => visited.push(id))
    expect(visited).toEqual([session.id])
    await expect(context.store.load(hidden)).rejects.toThrow(InvalidIdError)
    await expect(context.store.find(hidden)).rejects.toThrow(InvalidIdError)
    await expect(context.store.remove(hidden)).rejects.toThrow(InvalidIdError)
    const request = { param: () => hidden }
    expect((await context.store.load(request)).isNew).toBe(true)
    expect(await context.store.find(request)).toBeUndefined()
  })

  test('lasts as long as the sessions that are used, and goes with them', async () => {
    const session = await login(context.store, 'alice')
    session.expire('1h')
    await session.flush()
    for (let hour = 0; hour < 100; hour++) {
      context.clock.advance(3000)
      await (await context.store.load(session.id)).flush()
      expect(await idsOf(context.store, 'alice')).toEqual([session.id])
      await context.store.purge()
    }
    expect(await idsOf(context.store, 'alice')).toEqual([session.id])
    context.clock.advance(3601)
    expect(await context.store.purge()).toBe(1)
    context.clock.advance(2 * 86_400)
    expect(await context.store.purge()).toBe(0)
    expect(await idsOf(context.store, 'alice')).toEqual([])
  })

  test('is not counted when it is purged together with its sessions', async () => {
    const session = await login(context.store, 'alice')
    session.expire('1h')
    await session.flush()
    context.clock.advance(3 * 86_400)
    expect(await context.store.purge()).toBe(1)
  })

  test('is gone when the last session is deleted', async () => {
    const session = await login(context.store, 'alice')
    await session.delete()
    context.clock.advance(1)
    expect(await allIds(context.store)).toEqual([])
    expect(await context.store.purge()).toBe(0)
  })
})
