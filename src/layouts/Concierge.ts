import type { Layout } from '../contracts/layout.ts'
import type { Hash } from '../contracts/serializer.ts'
import { ThawError } from '../errors.ts'
import { isPlainObject, setKey } from '../hash.ts'
import { isOneValue, ONE_VALUE } from '../one-value.ts'
import { newRecord, type SessionRecord } from '../record.ts'
import { RecordFields } from '../record-fields.ts'
import { BESIDE, readBeside, writeBeside } from '../beside.ts'

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

const NOT_EXTRA = new Set([ID, USER_ID, CREATED_AT, LAST_UPDATED, EXPIRES_AT, TIMEOUT, STATUS, DATA])

/** What `extra` has of these is only how they were written. */
const RECALLED = new Set([USER_ID, DATA])

const ACTIVE: Hash = { state: 'active', dirty: 0 }

/**
 * Concierge::Sessions' layout: times, owner and status side by side, and the parameters in a hash of their own, or a
 * value that is no hash, which is a parameter with the name ''. What there is no place for goes into the status, as
 * the module's databases have no other column that would hold it.
 */
export default class Concierge implements Layout {
  readonly hasForeignOwners = true

  isReserved(): boolean {
    return false
  }

  read(hash: Hash, id: string): SessionRecord {
    const fields = new RecordFields('Concierge', hash)
    if (!Object.hasOwn(hash, ID)) throw new ThawError('Concierge', `it is no session: it has no ${ID}`)
    const record = newRecord(id, 0)
    record.ctime = fields.seconds(CREATED_AT)
    record.owner = fields.owner(USER_ID)
    record.etime = hash[TIMEOUT] === INDEFINITE ? 0 : fields.seconds(TIMEOUT)
    // The end is what the module goes by; it has fractions of a second, the lifetime has none.
    const end = hash[EXPIRES_AT] === INDEFINITE ? 0 : fields.seconds(EXPIRES_AT)
    record.atime = record.etime !== 0 && end !== 0 ? end - record.etime : fields.seconds(LAST_UPDATED)
    const data = fields.value(DATA) ?? {}
    for (const [name, value] of paramsIn(data)) record.params.set(name, value)
    const extra = new Map(Object.entries(hash).filter(([key]) => !NOT_EXTRA.has(key)))
    if (isPlainObject(data) && isOneValue(record.params)) extra.set(DATA, 'hash')
    const kept = fields.hashUnder(STATUS)
    const { [BESIDE]: _, ...status } = kept
    if (Object.hasOwn(hash, STATUS)) extra.set(STATUS, status)
    // A program in Perl may have numbers for its users, or none.
    if (hash[USER_ID] !== (record.owner ?? '')) extra.set(USER_ID, hash[USER_ID])
    if (extra.size > 0) record.extra = extra
    readBeside(record, 'Concierge', kept, ['idle lifetime', 'owner'])
    return record
  }

  write(record: SessionRecord): Hash {
    const { id, atime, ctime, etime, extra } = record
    const status = { ...((extra?.get(STATUS) ?? ACTIVE) as Hash) }
    writeBeside(record, status, ['idle lifetime', 'owner'])
    const hash: Hash = {
      [ID]: id,
      [USER_ID]: ownerOf(record),
      [CREATED_AT]: ctime,
      [EXPIRES_AT]: etime === 0 ? INDEFINITE : atime + etime,
      [LAST_UPDATED]: atime,
      [TIMEOUT]: etime === 0 ? INDEFINITE : etime,
      [DATA]: dataOf(record),
    }
    if (extra) {
      for (const [key, value] of extra) if (!RECALLED.has(key)) setKey(hash, key, value)
    }
    hash[STATUS] = status
    return hash
  }
}

/** The module's data need not be a hash. */
function paramsIn(data: unknown): Iterable<readonly [string, unknown]> {
  return isPlainObject(data) ? Object.entries(data) : [[ONE_VALUE, data]]
}

function dataOf({ params, extra }: SessionRecord): unknown {
  if (isOneValue(params) && !extra?.has(DATA)) return params.get(ONE_VALUE)
  const data: Hash = {}
  for (const [name, value] of params) setKey(data, name, value)
  return data
}

/** In the form that it had, unless it is another one now. */
function ownerOf({ owner, extra }: SessionRecord): unknown {
  if (!extra?.has(USER_ID)) return owner ?? ''
  const before = extra.get(USER_ID)
  const isSame = new RecordFields('Concierge', { [USER_ID]: before }).owner(USER_ID) === owner
  return isSame ? before : (owner ?? '')
}
