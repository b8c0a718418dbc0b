import { SessionGoneError } from './errors.ts'
import { flush } from './flush.ts'
import type { OpenStore } from './open-store.ts'
import type { SessionState } from './session-state.ts'

/**
 * The session under a new id, stored there before the old record goes if it was stored at all. The session itself when
 * the generator gives the id that it has.
 *
 * @param owner whose it is from now on
 * @throws SessionGoneError when somebody else removed it meanwhile
 */
export async function regenerate(
  { records, owners, idGenerator }: OpenStore,
  before: SessionState,
  owner: string | undefined,
): Promise<SessionState> {
  const old = before.record.id
  const id = await idGenerator.generate()
  if (id === old) {
    before.setOwner(owner)
    return before
  }
  const state = before.under(id)
  state.setOwner(owner)
  if (before.image === undefined) return state
  state.forced = true
  await flush(state, { records, owners, onConflict: 'error' })
  if (!(await records.remove(old))) {
    await records.remove(id)
    throw new SessionGoneError(old)
  }
  if (before.storedOwner !== undefined) await owners.forget(before.storedOwner, old)
  return state
}
