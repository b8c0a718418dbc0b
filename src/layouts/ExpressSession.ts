import type { Layout } from '../contracts/layout.ts'
import type { Hash } from '../contracts/serializer.ts'
import { ThawError } from '../errors.ts'
import { setKey } from '../hash.ts'
import { newRecord, type SessionRecord } from '../record.ts'
import { RecordFields } from '../record-fields.ts'
import { BESIDE, readBeside, writeBeside } from '../beside.ts'

const COOKIE = 'cookie'
const MAX_AGE = 'originalMaxAge'
/** session-file-store's: when the session was last used, in milliseconds. It takes one without for expired. */
const LAST_ACCESS = '__lastAccess'

/** In milliseconds: JavaScript has no later one. */
const LAST_DATE = 8.64e15

/** express-session's own defaults. */
const NEW_COOKIE: Hash = { originalMaxAge: null, expires: null, httpOnly: true, path: '/' }

/**
 * The layout of express-session, as connect-redis, connect-pg-simple, session-file-store and their like keep it:
 * parameters beside a `cookie` that has the lifetime, in milliseconds, and the end, as a date.
 */
export default class ExpressSession implements Layout {
  readonly hasParamsOnTop = true

  isReserved(name: string): boolean {
    return name === COOKIE || name === LAST_ACCESS || name === BESIDE
  }

  newRecord(id: string, now: number): SessionRecord {
    const record = newRecord(id, now)
    record.extra = new Map([[LAST_ACCESS, undefined]])
    return record
  }

  read(hash: Hash, id: string): SessionRecord {
    const record = newRecord(id, 0)
    const fields = new RecordFields('ExpressSession', hash)
    const cookie = fields.hashUnder(COOKIE)
    const extra = new Map<string, unknown>()
    for (const key of Object.keys(hash)) {
      if (!this.isReserved(key)) record.params.set(key, hash[key])
      else if (key !== BESIDE) extra.set(key, hash[key])
    }
    record.extra = extra
    record.timeless = !extra.has(LAST_ACCESS)
    record.atime = Math.floor(fields.seconds(LAST_ACCESS) / 1000)
    record.etime = lifetimeOf(cookie)
    const end = endOf(cookie)
    readBeside(record, 'ExpressSession', hash, ['idle lifetime'])
    if (end !== undefined) {
      // express-session moves the end by the lifetime at each request. Without one it stays.
      if (record.etime === 0) record.deadline = end
      else record.atime = end - record.etime
    }
    return record
  }

  write(record: SessionRecord): Hash {
    const { atime, etime, deadline, extra, params } = record
    const cookie = (extra?.get(COOKIE) ?? NEW_COOKIE) as Hash
    const end = etime === 0 ? deadline : atime + etime
    const hash: Hash = {
      [COOKIE]: {
        ...cookie,
        // It may have had fractions of a second.
        originalMaxAge:
          etime === lifetimeOf(cookie) ? (cookie[MAX_AGE] ?? null) : etime === 0 ? null : etime * 1000,
        expires: end === 0 ? null : new Date(Math.min(end * 1000, LAST_DATE)).toISOString(),
      },
    }
    if (extra?.has(LAST_ACCESS)) hash[LAST_ACCESS] = atime * 1000
    writeBeside(record, hash, ['idle lifetime'])
    for (const [name, value] of params) setKey(hash, name, value)
    return hash
  }
}

/** In whole seconds, not less than was promised. */
function lifetimeOf(cookie: Hash): number {
  const lifetime = cookie[MAX_AGE] ?? 0
  if (typeof lifetime === 'number' && Number.isFinite(lifetime)) return Math.ceil(lifetime / 1000)
  throw new ThawError('ExpressSession', `${MAX_AGE} is not a number of milliseconds`)
}

/** The last second of the session, if there is one. */
function endOf({ expires }: Hash): number | undefined {
  // `false` says the same, to old versions.
  if (expires === null || expires === undefined || expires === false) return undefined
  const end =
    expires instanceof Date ? expires.getTime() : Date.parse(typeof expires === 'string' ? expires : '')
  if (!Number.isNaN(end)) return Math.floor(end / 1000)
  throw new ThawError('ExpressSession', 'the expires of the cookie is not a date')
}
