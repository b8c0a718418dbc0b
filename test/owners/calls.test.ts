import { afterEach, expect, test, vi } from 'vitest'
import type { SessionStore } from '../../src/index.ts'
import { MinimalDriver } from '../support/minimal-driver.ts'
import { useMinimalStore } from '../support/minimal-store.ts'
import { login } from './sessions.ts'

const context = useMinimalStore()
afterEach(() => vi.restoreAllMocks())

async function calls(work: () => Promise<unknown>): Promise<string[]> {
  MinimalDriver.calls = []
  await work()
  return [...MinimalDriver.calls]
}

async function look(store: SessionStore): Promise<void> {
  for await (const _ of store.sessionsOf('alice')) void _
}

test("it takes as long as the owner's sessions take, however many others there are", async () => {
  const listing = vi.spyOn(MinimalDriver.prototype, 'ids')
  const store = await context.open()
  const here = await login(store, 'alice')
  await login(store, 'alice')
  const before = [
    await calls(() => look(store)),
    await calls(() => login(store, 'alice')),
    await calls(() => store.deleteOwner('alice', { except: here })),
  ]
  for (let other = 0; other < 300; other++) await login(store, `other ${other}`)
  await login(store, 'alice')
  const after = [
    await calls(() => look(store)),
    await calls(() => login(store, 'alice')),
    await calls(() => store.deleteOwner('alice', { except: here })),
  ]
  expect(after).toEqual(before)
  // The list, and each session.
  expect(before[0]).toEqual(['retrieve', 'retrieve', 'retrieve'])
  expect(listing).not.toHaveBeenCalled()
})

test('a session that goes on leaves the list alone, but once a day', async () => {
  const store = await context.open()
  const session = await login(store, 'alice')
  let written = 0
  for (let hour = 0; hour < 48; hour++) {
    context.clock.advance(3000)
    const made = await calls(async () => (await store.load(session.id)).flush())
    written += made.filter((call) => call === 'store').length
  }
  // 40 hours: the session each time, and the list at one or two midnights.
  expect(written - 48).toBeGreaterThanOrEqual(1)
  expect(written - 48).toBeLessThanOrEqual(2)
})

test('a session without an owner costs nothing more', async () => {
  const store = await context.open()
  const made = await calls(async () => {
    const session = await store.create()
    session.param('a', 1)
    await session.flush()
    const again = await store.load(session.id)
    again.param('a', 2)
    await again.flush()
    await again.delete()
  })
  // A minimal driver's conditional writes are made of a look and a write.
  expect(made).toEqual(['retrieve', 'store', 'retrieve', 'retrieve', 'store', 'remove'])
})
