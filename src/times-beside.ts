import type { Hash } from './contracts/serializer.ts'
import { OwnLifetimes, ownLifetimes } from './parameter-lifetimes.ts'
import type { SessionRecord } from './record.ts'
import { RecordFields } from './record-fields.ts'

/** The key, in hashes that are somebody else's, under which we keep times that they have no place for. */
export const TIMES = '_data_session'

/**
 * Which times the hash has places for: 'none', or those of the idle lifetime alone. What it has a place for is not kept
 * a second time.
 */
type Places = 'none' | 'idle lifetime'

/** Puts the times of a record into its hash, if anything in it has a lifetime that the hash has no place for. */
export function writeTimes(record: SessionRecord, hash: Hash, places: Places): void {
  const { atime, ctime, etime, deadline, ptime } = record
  const keepsIdle = places === 'none'
  if (deadline === 0 && ptime.size === 0 && (etime === 0 || !keepsIdle)) return
  const times: Hash = keepsIdle ? { ctime, atime, etime } : { ctime }
  if (deadline !== 0) times['deadline'] = deadline
  if (ptime.size > 0) times['ptime'] = ownLifetimes(record, true)
  hash[TIMES] = times
}

/** Reads them back. */
export function readTimes(record: SessionRecord, layout: string, hash: Hash, places: Places): void {
  const times = new RecordFields(layout, new RecordFields(layout, hash).hashUnder(TIMES))
  record.ctime = times.seconds('ctime') || record.ctime
  record.deadline = times.seconds('deadline')
  if (places === 'none') {
    record.atime = times.seconds('atime')
    record.etime = times.seconds('etime')
  }
  const own = new OwnLifetimes(times, 'ptime')
  for (const name of own.names) record.ptime.set(name, own.with(name, own.lifetimeOf(name)))
}
