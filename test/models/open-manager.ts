import { expect, onTestFinished } from 'vitest'
import {
  type SessionFailure,
  type GivenManagerOptions,
  type ManagedSession,
  type NewSession,
  type SessionResult,
  SessionManager,
  type SessionSuccess,
} from '../../src/index.ts'
import { newFolder } from '../cli/data-session.ts'
import { TestClock } from '../support/clock.ts'

/** A manager with a clock that the test moves, closed when the test is over. */
export interface Managed {
  readonly manager: SessionManager
  readonly clock: TestClock
}

/** @param options without any: the database of Concierge::Sessions, in a folder of its own */
export function openManager(options: GivenManagerOptions = {}, clock = new TestClock()): Managed {
  const isElsewhere = 'type' in options || 'storageDir' in options || 'storage_dir' in options
  const manager = new SessionManager({
    clock: clock.now,
    ...(!isElsewhere && { storageDir: newFolder() }),
    ...options,
  })
  onTestFinished(async () => void (await manager.close()))
  return { manager, clock }
}

/** What a call answered that must succeed. */
export async function succeeded<Content extends object>(
  result: SessionResult<Content> | Promise<SessionResult<Content>>,
): Promise<SessionSuccess<Content>> {
  const answer = await result
  if (answer.success) return answer
  return expect.unreachable(`${answer.code} ${answer.message}`)
}

/** What a call answered that must fail. */
export async function failed(result: SessionResult | Promise<SessionResult>): Promise<SessionFailure> {
  const answer = await result
  if (!answer.success) return answer
  return expect.unreachable('it succeeded')
}

export async function newSession(
  manager: SessionManager,
  given: Partial<NewSession<unknown>> = {},
): Promise<ManagedSession<unknown>> {
  return (await succeeded(manager.newSession<unknown>({ userId: 'alice', ...given }))).session
}

/** The data that a session has in storage. */
export async function storedData(manager: SessionManager, id: string): Promise<unknown> {
  return (await succeeded(manager.getSession<unknown>(id))).session.getData().value
}
