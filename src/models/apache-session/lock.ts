import type { SessionStore } from '../../session-store.ts'

/** Stands in until the store has it. */
export interface SessionLock {
  readonly held: boolean
  readonly lost: AbortSignal
  release(): Promise<void>
}

export function lockSession(
  store: SessionStore,
  id: string,
  timeout: number | undefined,
): Promise<SessionLock> {
  const { lock } = store as unknown as {
    lock?: (id: string, options: { timeout?: number }) => Promise<SessionLock>
  }
  if (!lock) throw new Error('no locks yet')
  return lock.call(store, id, timeout === undefined ? {} : { timeout })
}
