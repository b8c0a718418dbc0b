import type { Layout } from '../contracts/layout.ts'
import type { Hash } from '../contracts/serializer.ts'
import { setKey } from '../hash.ts'
import { lifetimesOf, OwnLifetimes, ownLifetimes } from '../parameter-lifetimes.ts'
import { newRecord, type SessionRecord } from '../record.ts'
import { RecordFields } from '../record-fields.ts'

const ID = '_SESSION_ID'
const ATIME = '_SESSION_ATIME'
const CTIME = '_SESSION_CTIME'
const ETIME = '_SESSION_ETIME'
const REMOTE_ADDR = '_SESSION_REMOTE_ADDR'
/** CGI::Session's lifetimes of parameters. */
const EXPIRE_LIST = '_SESSION_EXPIRE_LIST'
/** Data::Session's. A program that uses it can open the same sessions. */
const PTIME = '_SESSION_PTIME'
/** Ours. */
const DEADLINE = '_SESSION_DEADLINE'
/** Ours. */
const OWNER = '_SESSION_OWNER'

const NOT_EXTRA = new Set([ID, ATIME, CTIME, ETIME, EXPIRE_LIST, PTIME, DEADLINE, OWNER, OwnLifetimes.key])

/**
 * CGI::Session's layout: parameters and `_SESSION_*` keys side by side in one hash; other names may start with an
 * underscore. Lifetimes end a second earlier than Data::Session's, and those of parameters are in
 * `_SESSION_EXPIRE_LIST`. Data::Session's `_SESSION_PTIME` is kept in step with that, so that neither module misses
 * what the other one, or this library, has set.
 */
export default class CGISession implements Layout {
  readonly hasParamsOnTop = true

  isReserved(name: string): boolean {
    return name.startsWith('_SESSION_')
  }

  newRecord(id: string, now: number): SessionRecord {
    const record = emptyRecord(id, now)
    // As the module writes it where there is no web server.
    record.extra = new Map([[REMOTE_ADDR, '']])
    return record
  }

  read(hash: Hash, id: string): SessionRecord {
    const fields = new RecordFields('CGISession', hash)
    const record = emptyRecord(id, 0)
    record.atime = fields.seconds(ATIME)
    record.ctime = fields.seconds(CTIME)
    record.etime = fields.seconds(ETIME)
    record.deadline = fields.seconds(DEADLINE)
    record.owner = fields.owner(OWNER)
    const extra = new Map<string, unknown>()
    for (const key of Object.keys(hash)) {
      if (!this.isReserved(key)) record.params.set(key, hash[key])
      else if (!NOT_EXTRA.has(key)) extra.set(key, hash[key])
    }
    readLifetimes(record, fields)
    if (extra.size > 0) record.extra = extra
    return record
  }

  write(record: SessionRecord): Hash {
    const hash: Hash = { [ID]: record.id, [ATIME]: record.atime, [CTIME]: record.ctime }
    if (record.etime !== 0) hash[ETIME] = record.etime
    if (record.deadline !== 0) hash[DEADLINE] = record.deadline
    if (record.owner !== undefined) hash[OWNER] = record.owner
    if (record.extra) for (const [key, value] of record.extra) setKey(hash, key, value)
    if (record.ptime.size > 0) {
      hash[EXPIRE_LIST] = lifetimesOf(record)
      hash[PTIME] = lifetimesOf(record)
      hash[OwnLifetimes.key] = ownLifetimes(record, true)
    }
    for (const [name, value] of record.params) setKey(hash, name, value)
    return hash
  }
}

function emptyRecord(id: string, now: number): SessionRecord {
  const record = newRecord(id, now)
  record.endsAtOnce = true
  record.lifetimesStay = true
  return record
}

/**
 * Of the two lists, which we wrote alike, the one that is no longer as we wrote it was changed since then. If both
 * are, CGI::Session's counts.
 */
function readLifetimes(record: SessionRecord, fields: RecordFields): void {
  const [list, other, own] = [
    fields.hashUnder(EXPIRE_LIST),
    fields.hashUnder(PTIME),
    new OwnLifetimes(fields),
  ]
  for (const name of new Set([...Object.keys(list), ...Object.keys(other)])) {
    const listed = fields.secondsIn(at(list, name), EXPIRE_LIST)
    const written = own.lifetimeOf(name)
    const lifetime = listed === written ? fields.secondsIn(at(other, name), PTIME) : listed
    if (lifetime !== 0) record.ptime.set(name, own.with(name, lifetime))
  }
}

function at(hash: Hash, name: string): unknown {
  return Object.hasOwn(hash, name) ? hash[name] : undefined
}
