import { onTestFinished } from 'vitest'
import {
  type AnyParams,
  ApacheSession,
  type ApacheSessionOptions,
  type HashSessions,
  type SessionOptions,
  SessionStore,
} from '../../../src/index.ts'
import { TestClock } from '../../support/clock.ts'

export const TYPE = 'driver:Memory;id:MD5;serialize:JSON;layout:ApacheSession'

/** Sessions in a store of the test's own, with a clock that the test moves. */
export async function newSessions<Data extends object = AnyParams>(
  options: ApacheSessionOptions = {},
  ofStore: SessionOptions = {},
): Promise<{ sessions: HashSessions<Data>; store: SessionStore; clock: TestClock }> {
  const clock = new TestClock()
  const store = await SessionStore.open({
    type: TYPE,
    memoryName: `hash ${Math.random()}`,
    clock: clock.now,
    ...ofStore,
  })
  onTestFinished(() => store.close())
  return { sessions: ApacheSession.on<Data>(store, options), store, clock }
}

/** What storage has under an id, by another way than through the model. */
export async function stored(store: SessionStore, id: string): Promise<AnyParams | undefined> {
  const session = await store.find(id, { access: false })
  return session && Object.fromEntries(session.param().map((name) => [name, session.param(name)]))
}
