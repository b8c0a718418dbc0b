import type { Layout } from '../contracts/layout.ts'
import type { Hash } from '../contracts/serializer.ts'
import { setKey } from '../hash.ts'
import { newRecord, type SessionRecord } from '../record.ts'
import { RecordFields } from '../record-fields.ts'
import { BESIDE, readBeside, writeBeside } from '../beside.ts'

/** The one key of Apache::Session since version 1.00. */
const SESSION_ID = '_session_id'

// Those of the versions before.
const ID = '_ID'
const EXPIRES = '_EXPIRES'
const LIFETIME = '_LIFETIME'
const ACCESSED = '_ACCESSED'
const AUTOCOMMIT = '_AUTOCOMMIT'
const LOCK = '_LOCK'

const old = new Set([ID, EXPIRES, LIFETIME, ACCESSED, AUTOCOMMIT, LOCK])

/**
 * Apache::Session's layout: a hash of the program's own with the id in it, and no times. A session that is given a
 * lifetime gets a further key for them. Records of the versions before 1.00, which have times, stay as they are laid
 * out.
 */
export default class ApacheSession implements Layout {
  readonly hasParamsOnTop = true

  isReserved(name: string): boolean {
    return name === SESSION_ID || name === BESIDE || old.has(name)
  }

  newRecord(id: string, now: number): SessionRecord {
    const record = newRecord(id, now)
    record.timeless = true
    return record
  }

  read(hash: Hash, id: string): SessionRecord {
    const fields = new RecordFields('ApacheSession', hash)
    const record = newRecord(id, 0)
    const isOld = Object.hasOwn(hash, ID)
    for (const key of Object.keys(hash)) {
      if (isOld && old.has(key)) {
        record.extra ??= new Map()
        record.extra.set(key, hash[key])
      } else if (key !== SESSION_ID && key !== BESIDE) record.params.set(key, hash[key])
    }
    readBeside(record, 'ApacheSession', hash, isOld ? ['idle lifetime'] : [])
    if (isOld) {
      record.atime = fields.seconds(ACCESSED)
      record.etime = fields.seconds(LIFETIME)
    } else record.timeless = true
    return record
  }

  write(record: SessionRecord): Hash {
    const hash: Hash = {}
    if (record.extra) for (const [key, value] of record.extra) setKey(hash, key, value)
    const isOld = Object.hasOwn(hash, ID)
    hash[isOld ? ID : SESSION_ID] = record.id
    if (isOld) {
      hash[ACCESSED] = record.atime
      hash[LIFETIME] = record.etime
      hash[EXPIRES] = record.atime + record.etime
    }
    writeBeside(record, hash, isOld ? ['idle lifetime'] : [])
    for (const [name, value] of record.params) setKey(hash, name, value)
    return hash
  }
}
