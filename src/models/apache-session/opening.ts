import { ConflictError, IdGeneratorError, InvalidIdError, SessionGoneError } from '../../errors.ts'
import type { SessionLock } from '../../locks/session-lock.ts'
import type { Session } from '../../session.ts'
import { SessionStore } from '../../session-store.ts'
import { newId } from './new-id.ts'
import type { Opened } from './open-session.ts'
import type { Settings } from './settings.ts'

/** A session in the store, and the lock on it. */
type Held = Pick<Opened, 'session' | 'lock'>

/** A new session, stored at once. */
export async function makeNew(settings: Settings): Promise<Opened> {
  return (await inStore(settings, (store) => create(store, settings)))!
}

/** The session of this id; `undefined` when there is none. */
export function openOld(id: string, settings: Settings): Promise<Opened | undefined> {
  return inStore(settings, (store) => find(store, id, settings))
}

async function inStore(
  { store, autocommit, onError }: Settings,
  work: (store: SessionStore) => Promise<Held | undefined>,
): Promise<Opened | undefined> {
  const ownStore = store instanceof SessionStore ? undefined : await SessionStore.open(store)
  let held: Held | undefined
  try {
    held = await work(ownStore ?? (store as SessionStore))
    return held && { ...held, ownStore, autocommit, onError }
  } finally {
    if (!held) await ownStore?.close()
  }
}

/** @throws IdGeneratorError when every id that was tried is taken */
async function create(store: SessionStore, settings: Settings): Promise<Held> {
  for (let attempt = 0; attempt < settings.maxAttempts; attempt++) {
    const id = newId(settings)
    const held = await locked(store, id, settings, () => createUnder(store, id, settings))
    if (held) return held
  }
  throw new IdGeneratorError(
    `No free session id in ${settings.maxAttempts} attempts: make them longer than ${settings.idLength} digits, ` +
      'or look at the random source',
  )
}

async function createUnder(
  store: SessionStore,
  id: string,
  { newLifetime, usualLifetime }: Settings,
): Promise<Session | undefined> {
  let session = await store.load(id)
  // Loading has removed it.
  if (session.expired) session = await store.load(id)
  if (!session.isNew) return undefined
  session.expire(newLifetime ?? (session.etime || usualLifetime))
  session.modified = true
  try {
    await session.flush('error')
    return session
  } catch (error) {
    if (error instanceof ConflictError) return undefined
    throw error
  }
}

function find(store: SessionStore, id: string, settings: Settings): Promise<Held | undefined> {
  return locked(store, id, settings, async () => {
    const session = await store.find(id)
    if (!session) return undefined
    if (settings.lifetime !== undefined) session.expire(settings.lifetime)
    // The access counts, and the lifetime.
    await session.flush()
    return session
  }).catch((error: unknown) => {
    // An id that no session of this store can have, and it may have come from anywhere; or one that was there just now.
    if (error instanceof InvalidIdError || error instanceof SessionGoneError) return undefined
    throw error
  })
}

/** What `work` finds, with the lock on it if one is wanted; without a session nothing stays locked. */
async function locked(
  store: SessionStore,
  id: string,
  { lock: how }: Settings,
  work: () => Promise<Session | undefined>,
): Promise<Held | undefined> {
  const lock: SessionLock | undefined = how && (await store.lock(id, how))
  let session: Session | undefined
  try {
    session = await work()
    return session && { session, lock }
  } finally {
    if (!session) await lock?.release()
  }
}
