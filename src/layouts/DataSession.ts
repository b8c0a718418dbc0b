import type { Layout } from '../contracts/layout.ts'
import type { Hash } from '../contracts/serializer.ts'
import { setKey } from '../hash.ts'
import { lifetimesOf, OwnLifetimes, ownLifetimes, setUnlessEmpty } from '../parameter-lifetimes.ts'
import { isReserved, newRecord, type SessionRecord } from '../record.ts'
import { RecordFields } from '../record-fields.ts'

const ID = '_SESSION_ID'
const ATIME = '_SESSION_ATIME'
const CTIME = '_SESSION_CTIME'
const ETIME = '_SESSION_ETIME'
const PTIME = '_SESSION_PTIME'

// Ours. Perl's Data::Session carries it along as it does any key that starts with an underscore.
const DEADLINE = '_SESSION_DEADLINE'
const OWNER = '_SESSION_OWNER'

/** Data::Session's layout: parameters and `_SESSION_*` keys side by side in one hash. */
export default class DataSession implements Layout {
  readonly hasParamsOnTop = true

  read(hash: Hash, id: string): SessionRecord {
    const record = newRecord(id, 0)
    const fields = new RecordFields('DataSession', hash)
    for (const key of Object.keys(hash)) {
      const value = hash[key]
      if (!isReserved(key)) record.params.set(key, value)
      else if (key === ATIME) record.atime = fields.secondsIn(value, key)
      else if (key === CTIME) record.ctime = fields.secondsIn(value, key)
      else if (key === ETIME) record.etime = fields.secondsIn(value, key)
      else if (key === DEADLINE) record.deadline = fields.secondsIn(value, key)
      else if (key === OWNER) record.owner = fields.owner(key)
      else if (key !== ID && key !== PTIME && key !== OwnLifetimes.key) {
        record.extra ??= new Map()
        record.extra.set(key, value)
      }
    }
    readLifetimes(record, fields)
    return record
  }

  write(record: SessionRecord): Hash {
    const hash: Hash = {
      [ID]: record.id,
      [ATIME]: record.atime,
      [CTIME]: record.ctime,
      [ETIME]: record.etime,
      [PTIME]: lifetimesOf(record),
    }
    if (record.deadline !== 0) hash[DEADLINE] = record.deadline
    if (record.owner !== undefined) hash[OWNER] = record.owner
    if (record.ptime.size > 0) setUnlessEmpty(hash, OwnLifetimes.key, ownLifetimes(record, false))
    if (record.extra) for (const [key, value] of record.extra) setKey(hash, key, value)
    for (const [name, value] of record.params) setKey(hash, name, value)
    return hash
  }
}

function readLifetimes(record: SessionRecord, fields: RecordFields): void {
  const lifetimes = fields.hashUnder(PTIME)
  const own = new OwnLifetimes(fields)
  for (const name of Object.keys(lifetimes)) {
    const lifetime = fields.secondsIn(lifetimes[name], PTIME)
    if (lifetime !== 0) record.ptime.set(name, own.with(name, lifetime))
  }
}
