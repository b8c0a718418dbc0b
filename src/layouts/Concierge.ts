import type { Layout } from '../contracts/layout.ts'
import type { Hash } from '../contracts/serializer.ts'
import { setKey } from '../hash.ts'
import { newRecord, type SessionRecord } from '../record.ts'
import { RecordFields } from '../record-fields.ts'
import { readTimes, TIMES, writeTimes } from '../times-beside.ts'

const ID = 'session_id'
const USER_ID = 'user_id'
const CREATED_AT = 'created_at'
const LAST_UPDATED = 'last_updated'
const EXPIRES_AT = 'expires_at'
const TIMEOUT = 'session_timeout'
const STATUS = 'status'
const DATA = 'data'

/** What stands for a lifetime or an end in a session that has none. */
const INDEFINITE = 'indefinite'

const NOT_EXTRA = new Set([ID, CREATED_AT, LAST_UPDATED, EXPIRES_AT, TIMEOUT, STATUS, DATA])

const ACTIVE: Hash = { state: 'active', dirty: 0 }

/**
 * Concierge::Sessions' layout: times, owner and status side by side, and the parameters in a hash of their own. What
 * there is no place for goes into the status, as the module's databases have no other column that would hold it.
 */
export default class Concierge implements Layout {
  isReserved(): boolean {
    return false
  }

  read(hash: Hash, id: string): SessionRecord {
    const fields = new RecordFields('Concierge', hash)
    const record = newRecord(id, 0)
    record.ctime = fields.seconds(CREATED_AT)
    record.etime = hash[TIMEOUT] === INDEFINITE ? 0 : fields.seconds(TIMEOUT)
    // The end is what the module goes by; it has fractions of a second, the lifetime has none.
    const end = hash[EXPIRES_AT] === INDEFINITE ? 0 : fields.seconds(EXPIRES_AT)
    record.atime = record.etime !== 0 && end !== 0 ? end - record.etime : fields.seconds(LAST_UPDATED)
    const data = fields.hashUnder(DATA)
    for (const name of Object.keys(data)) record.params.set(name, data[name])
    const extra = new Map(Object.entries(hash).filter(([key]) => !NOT_EXTRA.has(key)))
    const kept = fields.hashUnder(STATUS)
    const { [TIMES]: _, ...status } = kept
    if (Object.hasOwn(hash, STATUS)) extra.set(STATUS, status)
    if (extra.size > 0) record.extra = extra
    readTimes(record, 'Concierge', kept, 'idle lifetime')
    return record
  }

  write(record: SessionRecord): Hash {
    const { id, atime, ctime, etime, params, extra } = record
    const data: Hash = {}
    for (const [name, value] of params) setKey(data, name, value)
    const status = { ...((extra?.get(STATUS) ?? ACTIVE) as Hash) }
    writeTimes(record, status, 'idle lifetime')
    const hash: Hash = {
      [ID]: id,
      [USER_ID]: '',
      [CREATED_AT]: ctime,
      [EXPIRES_AT]: etime === 0 ? INDEFINITE : atime + etime,
      [LAST_UPDATED]: atime,
      [TIMEOUT]: etime === 0 ? INDEFINITE : etime,
      [DATA]: data,
    }
    if (extra) for (const [key, value] of extra) setKey(hash, key, value)
    hash[STATUS] = status
    return hash
  }
}
