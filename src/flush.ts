import { setTimeout as pause } from 'node:timers/promises'
import { after } from './after.ts'
import type { Awaitable } from './contracts/awaitable.ts'
import type { ConditionalResult, Image } from './contracts/driver.ts'
import { ConflictError, SessionGoneError } from './errors.ts'
import type { ConflictPolicy } from './options.ts'
import { dropParameterDeadlines, expiresAt, isExpired } from './record.ts'
import type { Owners } from './owners/owners.ts'
import type { RecordStore } from './record-store.ts'
import type { SessionState } from './session-state.ts'

/** What flushing needs besides the session. */
export interface FlushTarget {
  readonly records: RecordStore
  readonly owners: Owners
  readonly onConflict: ConflictPolicy
}

// Each lost race means that somebody else's write got through, so this many in a row is no contention but a fault.
const ATTEMPTS = 1000

/**
 * Brings storage up to date with one session: the record when something changed, only the access time when that has
 * become too old, nothing otherwise. Answers whether anything was written; at once, if the driver answers at once.
 *
 * @throws SessionGoneError when somebody else removed the session meanwhile: it is not brought back.
 * @throws ConflictError when somebody else changed it and `onConflict` is 'error', or when a generated id is taken.
 */
export function flush(state: SessionState, target: FlushTarget): Awaitable<boolean> {
  if (state.deleted) return false
  if (!state.hasChanges) return state.isTouchDue ? touch(state, target) : false
  return after(write(state, target, state.image), (result) =>
    result === 'done' ? true : contend(state, target, result),
  )
}

/**
 * Counts an access now and brings storage up to date with it, however short a time ago the last one was. A session that
 * has expired by now is not brought back, unless somebody else used it meanwhile, so that it has not.
 *
 * @throws what `flush` throws
 */
export async function flushAccess(state: SessionState, target: FlushTarget): Promise<boolean> {
  if (state.deleted) return false
  if (state.isExpiredNow) {
    const onConflict = target.onConflict === 'overwrite' ? 'overwrite' : 'merge'
    await meetTheOther(state, { ...target, onConflict }, true)
  }
  const { id, etime } = state.record
  const takeBack = state.accessNow()
  // What was never stored, and what storage has no other place for, goes into the image.
  if (state.image === undefined || !target.records.canTouch || etime === 0) state.forced = true
  try {
    if (await flush(state, target)) return true
    throw new SessionGoneError(id)
  } catch (error) {
    takeBack()
    throw error
  }
}

/** Writes the record if storage still has what is expected: nothing, or these bytes. */
function write(
  state: SessionState,
  target: FlushTarget,
  expected: Image | undefined,
): Awaitable<ConditionalResult> {
  return after(target.owners.prepare(state), () => writePrepared(state, target, expected))
}

function writePrepared(
  state: SessionState,
  { records, owners }: FlushTarget,
  expected: Image | undefined,
): Awaitable<ConditionalResult> {
  const image = freeze(state, records)
  const { id } = state.record
  const lifetime = lifetimeOf(state)
  const changes = state.takeChanges()
  const settle = (result: ConditionalResult | boolean): Awaitable<ConditionalResult> => {
    if (result !== 'done' && result !== true) {
      state.giveBack(changes)
      return result === 'absent' ? 'absent' : 'changed'
    }
    const before = state.storedOwner
    state.stored(image, changes)
    if (before === undefined || before === changes.owner) return 'done'
    return owners.forget(before, id).then(() => 'done')
  }
  const fail = (error: unknown): never => {
    state.giveBack(changes)
    throw error
  }
  try {
    const result =
      expected === undefined
        ? records.create(id, image, lifetime)
        : records.replace(id, expected, image, lifetime)
    return result instanceof Promise ? result.then(settle, fail) : settle(result)
  } catch (error) {
    return fail(error)
  }
}

/** Somebody else was faster: settles with them, and tries again for as long as others are. */
async function contend(state: SessionState, target: FlushTarget, first: ConditionalResult): Promise<true> {
  const { id } = state.record
  if (state.image === undefined && state.idOrigin === 'generated') {
    throw new ConflictError(id, `The new id ${JSON.stringify(id)} is taken by another session`)
  }
  let result = first
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (result === 'done') return true
    if (result === 'absent') throw new SessionGoneError(id)
    if (attempt > 0) await pause(Math.random() * Math.min(attempt, 20))
    result = await write(state, target, await meetTheOther(state, target))
  }
  throw new ConflictError(id)
}

/**
 * Somebody else's record is there: what to do about it, and the bytes that the next attempt expects.
 *
 * @param mustLive it has to be alive for this session to go on
 */
async function meetTheOther(
  state: SessionState,
  target: FlushTarget,
  mustLive = target.onConflict === 'merge',
): Promise<Image | undefined> {
  const { records, onConflict } = target
  const { id } = state.record
  if (onConflict === 'error') throw new ConflictError(id)
  const theirs = await records.retrieve(id)
  if (!theirs) {
    if (state.image === undefined) return undefined
    throw new SessionGoneError(id)
  }
  if (mustLive) {
    const fresh = records.thaw(id, theirs) ?? records.newRecord(id, state.record.ctime)
    if (isExpired(fresh, state.rules.now())) throw new SessionGoneError(id)
    if (onConflict === 'merge') state.rebase(fresh, theirs.image)
  }
  return theirs.image
}

function touch(state: SessionState, target: FlushTarget): Awaitable<boolean> {
  const { id, etime } = state.record
  // Without an idle lifetime the time of expiry says nothing about the last access: only the image can.
  const { records, owners } = target
  const wrote =
    records.canTouch && etime > 0
      ? after(owners.prepare(state), () => records.touch(id, lifetimeOf(state)))
      : after(write(state, target, state.image), (result) => result === 'done')
  return after(wrote, (isWritten) => {
    // When it is gone, or somebody else has just written it, there is nothing left to say.
    state.touched()
    return isWritten
  })
}

function freeze(state: SessionState, records: RecordStore): Image {
  if (state.rules.parameterExpiry === 'sliding') dropParameterDeadlines(state.record)
  return state.freeze((record, basis) => records.freeze(record, basis))
}

function lifetimeOf(state: SessionState): number | undefined {
  const end = expiresAt(state.record)
  return end === undefined ? undefined : end - state.rules.now()
}
