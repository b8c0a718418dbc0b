// What the tests of owners share.
import { beforeEach } from 'vitest'
import { type Session, SessionStore } from '../../src/index.ts'
import { TestClock } from '../support/clock.ts'

/** The ids of an owner's sessions, in their order. */
export async function idsOf(store: SessionStore, owner: string): Promise<string[]> {
  const ids: string[] = []
  for await (const session of store.sessionsOf(owner)) ids.push(session.id)
  return ids
}

/** The ids of all sessions, sorted. */
export async function allIds(store: SessionStore): Promise<string[]> {
  const ids: string[] = []
  for await (const id of store.ids()) ids.push(id)
  return ids.sort()
}

/** A session that an owner has for an hour, unless it is used. */
export async function login(store: SessionStore, owner: string, params: object = {}): Promise<Session> {
  const session = await store.create()
  session.owner = owner
  session.expire('1h')
  session.param({ ...params })
  await session.flush()
  return session
}

let stores = 0

/** A store in memory, by a name that another driver may have for it. */
interface Context {
  store: SessionStore
  clock: TestClock
  memoryName: string
}

/** Gives each test a store of its own, with a clock that the test moves. */
export function useStore(): Readonly<Context> {
  const context = {} as Context
  beforeEach(async () => {
    context.clock = new TestClock()
    stores += 1
    context.memoryName = `owners${stores}`
    context.store = await SessionStore.open({
      type: 'driver:Memory;id:UUID34;serialize:JSON',
      memoryName: context.memoryName,
      clock: context.clock.now,
    })
  })
  return context
}
