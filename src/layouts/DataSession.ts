import type { Layout } from '../contracts/layout.ts'
import type { Hash } from '../contracts/serializer.ts'
import { ThawError } from '../errors.ts'
import { isPlainObject, setKey } from '../hash.ts'
import { isReserved, newRecord, type ParameterDeadline, type SessionRecord } from '../record.ts'

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
  read(hash: Hash, id: string): SessionRecord {
    const record = newRecord(id, 0)
    for (const key of Object.keys(hash)) {
      const value = hash[key]
      if (!isReserved(key)) record.params.set(key, value)
      else if (key === ATIME) record.atime = seconds(key, value)
      else if (key === CTIME) record.ctime = seconds(key, value)
      else if (key === ETIME) record.etime = seconds(key, value)
      else if (key === DEADLINE) record.deadline = seconds(key, value)
      else if (key === PTIME) record.ptime = lifetimes(value)
      else if (key === PARAMETER_DEADLINES) record.parameterDeadlines = parameterDeadlines(value)
      else if (key !== ID) record.extra.set(key, value)
    }
    return record
  }

  write(record: SessionRecord): Hash {
    const ptime: Hash = {}
    for (const [name, lifetime] of record.ptime) setKey(ptime, name, lifetime)
    const hash: Hash = {
      [ID]: record.id,
      [ATIME]: record.atime,
      [CTIME]: record.ctime,
      [ETIME]: record.etime,
      [PTIME]: ptime,
    }
    if (record.deadline !== 0) hash[DEADLINE] = record.deadline
    if (record.parameterDeadlines.size > 0) {
      const deadlines: Hash = {}
      for (const [name, { lifetime, deadline }] of record.parameterDeadlines) {
        setKey(deadlines, name, [lifetime, deadline])
      }
      hash[PARAMETER_DEADLINES] = deadlines
    }
    for (const [key, value] of record.extra) setKey(hash, key, value)
    for (const [name, value] of record.params) setKey(hash, name, value)
    return hash
  }
}

/** A number of seconds as Perl's serializers write it: a number, or its text. A missing one is 0, as in Perl. */
function seconds(key: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return Math.trunc(value)
  if (value === null || value === undefined || value === '') return 0
  if (typeof value === 'bigint' || (typeof value === 'string' && /^[-+]?\d+(\.\d+)?$/.test(value))) {
    return Math.trunc(Number(value))
  }
  throw new ThawError('DataSession', `${key} is not a number of seconds`)
}

function entriesOf(key: string, value: unknown): [string, unknown][] {
  if (value === null || value === undefined) return []
  if (!isPlainObject(value)) throw new ThawError('DataSession', `${key} is not a hash`)
  return Object.entries(value)
}

function lifetimes(value: unknown): Map<string, number> {
  const map = new Map<string, number>()
  for (const [name, lifetime] of entriesOf(PTIME, value)) {
    const number = seconds(PTIME, lifetime)
    if (number !== 0) map.set(name, number)
  }
  return map
}

function parameterDeadlines(value: unknown): Map<string, ParameterDeadline> {
  const map = new Map<string, ParameterDeadline>()
  for (const [name, pair] of entriesOf(PARAMETER_DEADLINES, value)) {
    if (!Array.isArray(pair))
      throw new ThawError('DataSession', `${PARAMETER_DEADLINES} is not a hash of pairs`)
    map.set(name, {
      lifetime: seconds(PARAMETER_DEADLINES, pair[0]),
      deadline: seconds(PARAMETER_DEADLINES, pair[1]),
    })
  }
  return map
}
