import type { Layout } from '../contracts/layout.ts'
import type { Hash } from '../contracts/serializer.ts'
import { ThawError } from '../errors.ts'
import { isPlainObject, setKey } from '../hash.ts'
import { isReserved, newRecord, type SessionRecord } from '../record.ts'

const ID = '_SESSION_ID'
const ATIME = '_SESSION_ATIME'
const CTIME = '_SESSION_CTIME'
const ETIME = '_SESSION_ETIME'
const PTIME = '_SESSION_PTIME'

// These two are ours. Perl's Data::Session carries them along as it does any key that starts with an underscore.
const DEADLINE = '_SESSION_DEADLINE'
const PARAMETER_DEADLINES = '_SESSION_PDEADLINE'

/** Data::Session's layout: parameters and `_SESSION_*` keys side by side in one hash. */
export default class DataSession implements Layout {
  readonly hasParamsOnTop = true

  read(hash: Hash, id: string): SessionRecord {
    const record = newRecord(id, 0)
    for (const key of Object.keys(hash)) {
      const value = hash[key]
      if (!isReserved(key)) record.params.set(key, value)
      else if (key === ATIME) record.atime = seconds(key, value)
      else if (key === CTIME) record.ctime = seconds(key, value)
      else if (key === ETIME) record.etime = seconds(key, value)
      else if (key === DEADLINE) record.deadline = seconds(key, value)
      else if (key !== ID && key !== PTIME && key !== PARAMETER_DEADLINES) {
        record.extra ??= new Map()
        record.extra.set(key, value)
      }
    }
    readLifetimes(record, hash)
    return record
  }

  write(record: SessionRecord): Hash {
    const lifetimes: Hash = {}
    const deadlines: Hash = {}
    for (const [name, { lifetime, deadline }] of record.ptime) {
      setKey(lifetimes, name, lifetime)
      if (deadline !== undefined) setKey(deadlines, name, [lifetime, deadline])
    }
    const hash: Hash = {
      [ID]: record.id,
      [ATIME]: record.atime,
      [CTIME]: record.ctime,
      [ETIME]: record.etime,
      [PTIME]: lifetimes,
    }
    if (record.deadline !== 0) hash[DEADLINE] = record.deadline
    if (Object.keys(deadlines).length > 0) hash[PARAMETER_DEADLINES] = deadlines
    if (record.extra) for (const [key, value] of record.extra) setKey(hash, key, value)
    for (const [name, value] of record.params) setKey(hash, name, value)
    return hash
  }
}

/** A deadline counts only with the lifetime that it was made for: who changed that did not know of the deadline. */
function readLifetimes(record: SessionRecord, hash: Hash): void {
  const deadlines = hashUnder(hash, PARAMETER_DEADLINES)
  const lifetimes = hashUnder(hash, PTIME)
  for (const name of Object.keys(lifetimes)) {
    const lifetime = seconds(PTIME, lifetimes[name])
    if (lifetime === 0) continue
    const pair: unknown = Object.hasOwn(deadlines, name) ? deadlines[name] : undefined
    const isValid = Array.isArray(pair) && seconds(PARAMETER_DEADLINES, pair[0]) === lifetime
    record.ptime.set(name, {
      lifetime,
      deadline: isValid ? seconds(PARAMETER_DEADLINES, pair[1]) : undefined,
    })
  }
}

function hashUnder(hash: Hash, key: string): Hash {
  const value = hash[key]
  if (value === null || value === undefined) return NOTHING
  if (!isPlainObject(value)) throw new ThawError('DataSession', `${key} is not a hash`)
  return value
}

const NOTHING: Hash = {}

/** A number of seconds as Perl's serializers write it: a number, or its text. A missing one is 0, as in Perl. */
function seconds(key: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return Math.trunc(value)
  if (value === null || value === undefined || value === '') return 0
  if (typeof value === 'bigint' || (typeof value === 'string' && /^[-+]?\d+(\.\d+)?$/.test(value))) {
    return Math.trunc(Number(value))
  }
  throw new ThawError('DataSession', `${key} is not a number of seconds`)
}
