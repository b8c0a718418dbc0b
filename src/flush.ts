import { setTimeout as pause } from 'node:timers/promises'
import type { Image } from './contracts/driver.ts'
import { ConflictError, SessionGoneError } from './errors.ts'
import type { ConflictPolicy } from './options.ts'
import { dropParameterDeadlines, expiresAt, isExpired, newRecord } from './record.ts'
import type { RecordStore } from './record-store.ts'
import type { SessionState } from './session-state.ts'

/** What flushing needs besides the session. */
export interface FlushTarget {
  readonly records: RecordStore
  readonly onConflict: ConflictPolicy
}

// Each lost race means that somebody else's write got through, so this many in a row is no contention but a fault.
const ATTEMPTS = 1000

/**
 * Brings storage up to date with one session: the record when something changed, only the access time when that has
 * become too old, nothing otherwise. Answers whether anything was written.
 *
 * @throws SessionGoneError when somebody else removed the session meanwhile: it is not brought back.
 * @throws ConflictError when somebody else changed it and `onConflict` is 'error', or when a generated id is taken.
 */
export async function flush(state: SessionState, target: FlushTarget): Promise<boolean> {
  if (state.deleted) return false
  if (state.hasChanges) {
    await write(state, target)
    return true
  }
  return state.isTouchDue ? touch(state, target.records) : false
}

async function write(state: SessionState, target: FlushTarget): Promise<void> {
  const { records } = target
  const { id } = state.record
  let expected = state.image
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const image = freeze(state, records)
    const lifetime = lifetimeOf(state)
    if (expected === undefined) {
      if (await records.create(id, image, lifetime)) return state.stored(image)
      if (state.idOrigin === 'generated') {
        throw new ConflictError(id, `The new id ${JSON.stringify(id)} is taken by another session`)
      }
    } else {
      const result = await records.replace(id, expected, image, lifetime)
      if (result === 'done') return state.stored(image)
      if (result === 'absent') throw new SessionGoneError(id)
    }
    if (attempt > 0) await pause(Math.random() * Math.min(attempt, 20))
    expected = await meetTheOther(state, target)
  }
  throw new ConflictError(id)
}

/** Somebody else's record is there: what to do about it, and the bytes that the next attempt expects. */
async function meetTheOther(state: SessionState, target: FlushTarget): Promise<Image | undefined> {
  const { records, onConflict } = target
  const { id } = state.record
  if (onConflict === 'error') throw new ConflictError(id)
  const theirs = await records.retrieve(id)
  if (!theirs) {
    if (state.image === undefined) return undefined
    throw new SessionGoneError(id)
  }
  if (onConflict === 'merge') {
    const fresh = records.thaw(id, theirs) ?? newRecord(id, state.record.ctime)
    if (isExpired(fresh, state.rules.now())) throw new SessionGoneError(id)
    state.rebase(fresh)
  }
  return theirs.image
}

async function touch(state: SessionState, records: RecordStore): Promise<boolean> {
  const { id, etime } = state.record
  // Without an idle lifetime the time of expiry says nothing about the last access: only the image can.
  const isWritten =
    records.canTouch && etime > 0
      ? await records.touch(id, lifetimeOf(state))
      : state.image !== undefined && (await rewrite(state, records, state.image))
  // When it is gone, or somebody else has just written it, there is nothing left to say.
  state.touched()
  return isWritten
}

async function rewrite(state: SessionState, records: RecordStore, expected: Image): Promise<boolean> {
  const image = freeze(state, records)
  const result = await records.replace(state.record.id, expected, image, lifetimeOf(state))
  if (result === 'done') state.stored(image)
  return result === 'done'
}

function freeze(state: SessionState, records: RecordStore): Image {
  if (state.rules.parameterExpiry === 'sliding') dropParameterDeadlines(state.record)
  return state.freeze((record) => records.freeze(record))
}

function lifetimeOf(state: SessionState): number | undefined {
  const end = expiresAt(state.record)
  return end === undefined ? undefined : end - state.rules.now()
}
