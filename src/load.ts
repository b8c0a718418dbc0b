import { after } from './after.ts'
import type { Awaitable } from './contracts/awaitable.ts'
import type { Image, StoredImage } from './contracts/driver.ts'
import { InvalidIdError } from './errors.ts'
import type { OpenStore } from './open-store.ts'
import { isExpired } from './record.ts'
import { type IdOrigin, SessionState } from './session-state.ts'
import type { QueryObject } from './web/query.ts'

/** An id that somebody asks for. One from a client is not to be trusted. */
export interface WantedId {
  readonly id: string
  readonly from: 'program' | 'client'
}

/** What the cookie or form field with the id is called when the options do not say. */
export const DEFAULT_NAME = 'CGISESSID'

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
export function loadState(store: OpenStore, wanted: WantedId | undefined): Awaitable<SessionState> {
  if (!wanted || !isPossible(store, wanted)) return generate(store)
  return after(stateUnder(store, wanted.id, true), (found) => {
    if (found) return found
    const isAdopted = wanted.from === 'program' || store.options.adoptUnknownIds === true
    return isAdopted ? newState(store, wanted.id, 'given') : generate(store)
  })
}

/** How a session is looked for that may not be there. */
export interface FindOptions {
  /** Whether this counts as an access, as loading does. Default true. */
  readonly access?: boolean | undefined
}

/**
 * The session under this id, if there is one.
 *
 * @throws InvalidIdError when the program's id does not suit the driver
 * @throws DamagedRecordError
 */
export async function findState(
  store: OpenStore,
  wanted: WantedId,
  { access = true }: FindOptions = {},
): Promise<SessionState | undefined> {
  if (!isPossible(store, wanted)) return undefined
  const state = await stateUnder(store, wanted.id, access)
  return state && !state.isNew && !state.expired ? state : undefined
}

function generate(store: OpenStore): Awaitable<SessionState> {
  const fixed = programId(store.options.id)
  return after(store.idGenerator.generate(), (id) =>
    // With id:Static the session may well be there.
    id === fixed?.id ? loadState(store, fixed) : newState(store, id, 'generated'),
  )
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

function stateUnder(store: OpenStore, id: string, access: boolean): Awaitable<SessionState | undefined> {
  return after(store.records.retrieve(id), (stored) => stored && stateOf(store, id, stored, access))
}

function stateOf(
  store: OpenStore,
  id: string,
  stored: StoredImage,
  access: boolean,
): Awaitable<SessionState | undefined> {
  const { records, rules, logger } = store
  const record = records.thaw(id, stored)
  if (!record) return newState(store, id, 'given', stored.image)
  const now = rules.now()
  const state = new SessionState(record, rules, false, 'given', stored.image)
  if (isExpired(record, now)) return endOf(store, state, stored, access)
  if (!access) return state
  for (const name of state.access(now)) logger.warn(`Expiring parameter '${name}' of id: ${id}`)
  return state
}

async function endOf(
  store: OpenStore,
  state: SessionState,
  { image }: StoredImage,
  access: boolean,
): Promise<SessionState | undefined> {
  const { id } = state.record
  store.logger.warn(`Expiring id: ${id}`)
  // Changed means that somebody has just renewed it: look again.
  if ((await store.records.removeIf(id, image)) === 'changed') return stateUnder(store, id, access)
  if (state.storedOwner !== undefined) await store.owners.forget(state.storedOwner, id)
  state.expired = true
  state.markDeleted()
  state.record.atime = store.rules.now()
  return state
}

function newState(store: OpenStore, id: string, idOrigin: IdOrigin, image?: Image): SessionState {
  const { rules, newSession, records } = store
  const now = rules.now()
  const record = records.newRecord(id, now)
  record.etime = newSession.etime
  if (newSession.deadline !== 0) record.deadline = now + newSession.deadline
  return new SessionState(record, rules, true, idOrigin, image)
}
