import { describe, expect, test } from 'vitest'
import { SessionGoneError, type Session, type SessionStore } from '../../src/index.ts'
import { MinimalDriver } from '../support/minimal-driver.ts'
import { useMinimalStore } from '../support/minimal-store.ts'

const context = useMinimalStore()

/** Two sessions on one id that live a minute, with `a` and `b` in them. */
async function two(): Promise<{ store: SessionStore; one: Session; other: Session }> {
  const store = await context.open()
  const one = await store.create()
  one.param({ a: 1, b: 1 })
  one.expire(60)
  await one.flush()
  return { store, one, other: await store.load(one.id) }
}

describe('expiresAt, ended and isReserved', () => {
  test('tell of idle lifetime and deadline, whichever is nearer', async () => {
    const session = await (await context.open()).create()
    const { seconds } = context.clock
    expect([session.expiresAt, session.ended]).toEqual([undefined, false])
    session.expire(60)
    expect(session.expiresAt).toBe(seconds + 60)
    session.deadline(30)
    expect(session.expiresAt).toBe(seconds + 30)
    context.clock.advance(30)
    expect(session.ended).toBe(false)
    context.clock.advance(1)
    expect([session.ended, session.expired, session.deleted]).toEqual([true, false, false])
  })

  test('names that the layout needs are reserved', async () => {
    const session = await (await context.open()).create()
    expect([session.isReserved('_x'), session.isReserved('x')]).toEqual([true, false])
    const concierge = await (
      await context.open({ type: 'driver:Minimal;id:SHA256;serialize:JSON;layout:Concierge' })
    ).create()
    expect(concierge.isReserved('_x')).toBe(false)
  })
})

describe('touch', () => {
  test('of a session whose time seems to be over goes on if somebody else has used it', async () => {
    const { one, other } = await two()
    context.clock.advance(50)
    other.param('a', 2)
    await other.touch()
    context.clock.advance(50)
    expect(one.ended).toBe(true)
    one.param('b', 2)
    expect(await one.touch()).toBe(true)
    expect([one.ended, one.param('a'), one.param('b')]).toEqual([false, 2, 2])
  })

  test("with 'overwrite' takes nothing over from whom it owes its life to", async () => {
    const { store, one, other } = await two()
    context.clock.advance(50)
    other.param({ a: 2, c: 3 })
    await other.touch()
    context.clock.advance(50)
    one.clear('b')
    expect(await one.touch('overwrite')).toBe(true)
    const stored = await store.load(one.id)
    expect([stored.param(), stored.param('a')]).toEqual([['a'], 1])
  })

  test.each(['merge', 'overwrite'] as const)('does not bring back what is gone: %s', async (onConflict) => {
    const { one, other } = await two()
    context.clock.advance(61)
    one.param('a', 2)
    await expect(one.touch(onConflict)).rejects.toThrow(SessionGoneError)
    await other.delete()
    await expect(one.touch(onConflict)).rejects.toThrow(SessionGoneError)
    expect(MinimalDriver.records.size).toBe(0)
  })

  test('that fails counts as none: times and changes are as before', async () => {
    const { one, other } = await two()
    const { atime, expiresAt } = one
    await other.delete()
    context.clock.advance(10)
    await expect(one.touch()).rejects.toThrow(SessionGoneError)
    expect(one).toMatchObject({ atime, expiresAt, modified: false })
    one.param('a', 2)
    await expect(one.touch()).rejects.toThrow(SessionGoneError)
    expect(one).toMatchObject({ atime, expiresAt, modified: true })
  })
})
