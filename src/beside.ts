import type { Hash } from './contracts/serializer.ts'
import { OwnLifetimes, ownLifetimes } from './parameter-lifetimes.ts'
import type { SessionRecord } from './record.ts'
import { RecordFields } from './record-fields.ts'

/** The key, in hashes that are somebody else's, under which we keep what they have no place for. */
export const BESIDE = '_data_session'

/** What the hash has places for. That is not kept a second time. */
export type Places = readonly ('idle lifetime' | 'owner')[]

/** Puts the owner and the times of a record into its hash, if there are any that the hash has no place for. */
export function writeBeside(record: SessionRecord, hash: Hash, places: Places): void {
  const { atime, ctime, etime, deadline, ptime } = record
  const keepsIdle = !places.includes('idle lifetime')
  const owner = places.includes('owner') ? undefined : record.owner
  if (deadline === 0 && ptime.size === 0 && owner === undefined && (etime === 0 || !keepsIdle)) return
  const times: Hash = keepsIdle ? { ctime, atime, etime } : { ctime }
  if (deadline !== 0) times['deadline'] = deadline
  if (ptime.size > 0) times['ptime'] = ownLifetimes(record, true)
  if (owner !== undefined) times['owner'] = owner
  hash[BESIDE] = times
}

/** Reads them back. */
export function readBeside(record: SessionRecord, layout: string, hash: Hash, places: Places): void {
  const times = new RecordFields(layout, new RecordFields(layout, hash).hashUnder(BESIDE))
  record.ctime = times.seconds('ctime') || record.ctime
  record.deadline = times.seconds('deadline')
  if (!places.includes('idle lifetime')) {
    record.atime = times.seconds('atime')
    record.etime = times.seconds('etime')
  }
  if (!places.includes('owner')) record.owner = times.owner('owner')
  const own = new OwnLifetimes(times, 'ptime')
  for (const name of own.names) record.ptime.set(name, own.with(name, own.lifetimeOf(name)))
}
