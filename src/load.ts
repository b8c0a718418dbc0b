import type { Image } from './contracts/driver.ts'
import { InvalidIdError } from './errors.ts'
import type { OpenStore } from './open-store.ts'
import { isExpired, newRecord } from './record.ts'
import { type IdOrigin, SessionState } from './session-state.ts'
import type { QueryObject } from './web/query.ts'

/** An id that somebody asks for. One from a client is not to be trusted. */
export interface WantedId {
  readonly id: string
  readonly from: 'program' | 'client'
}

/** The id that a program passed. 0, '0' and '' are false in Perl and mean none. */
export function programId(id: string | number | undefined): WantedId | undefined {
  const text = String(id ?? '')
  return text === '' || text === '0' ? undefined : { id: text, from: 'program' }
}

/** The id in a request's cookie or, failing that, in its form field. */
export function clientId(query: QueryObject, name: string): WantedId | undefined {
  const value = query.cookie?.(name) || query.param(name)
  const id: unknown = Array.isArray(value) ? value[0] : value
  return typeof id === 'string' && id !== '' && id !== '0' ? { id, from: 'client' } : undefined
}

/**
 * The session under this id; a new one when there is none. A new session gets the id that the program asked for, and
 * one that a client asked for only if the store adopts unknown ids: else anybody could choose another's id (session
 * fixation).
 *
 * @throws InvalidIdError when the program's id does not suit the driver
 * @throws DamagedRecordError
 */
export async function loadState(store: OpenStore, wanted: WantedId | undefined): Promise<SessionState> {
  if (!wanted) return newState(store, await store.idGenerator.generate(), 'generated')
  if (!isPossible(store, wanted)) return loadState(store, undefined)
  const found = await findState(store, wanted.id)
  if (found) return found
  const isAdopted = wanted.from === 'program' || store.options.adoptUnknownIds === true
  return isAdopted ? newState(store, wanted.id, 'given') : loadState(store, undefined)
}

function isPossible({ records, logger }: OpenStore, { id, from }: WantedId): boolean {
  try {
    records.checkId(id)
    return true
  } catch (error) {
    if (from === 'program' || !(error instanceof InvalidIdError)) throw error
    logger.warn(`Refusing an id that a client sent: ${error.message}`)
    return false
  }
}

async function findState(store: OpenStore, id: string): Promise<SessionState | undefined> {
  const { records, rules, logger } = store
  for (;;) {
    const stored = await records.retrieve(id)
    if (!stored) return undefined
    const { image } = stored
    const record = records.thaw(id, stored)
    if (!record) return newState(store, id, 'given', image)
    const now = rules.now()
    const state = new SessionState(record, rules, false, 'given', image)
    if (isExpired(record, now)) {
      logger.warn(`Expiring id: ${id}`)
      // Changed means that somebody has just renewed it: look again.
      if ((await records.removeIf(id, image)) === 'changed') continue
      state.expired = true
      state.markDeleted()
    }
    for (const name of state.access(now)) logger.warn(`Expiring parameter '${name}' of id: ${id}`)
    return state
  }
}

function newState(store: OpenStore, id: string, idOrigin: IdOrigin, image?: Image): SessionState {
  const { rules, newSession } = store
  const now = rules.now()
  const record = newRecord(id, now)
  record.etime = newSession.etime
  if (newSession.deadline !== 0) record.deadline = now + newSession.deadline
  return new SessionState(record, rules, true, idOrigin, image)
}
