import { expiresAt, type SessionRecord } from '../record.ts'

/** In seconds. Lists are not rewritten more often than this for sessions that go on. */
const DAY = 86_400

/**
 * Until when an owner's list with this session on it is needed at least, in seconds since 1970; `Infinity` for ever. It
 * moves on in steps as long as the idle lifetime, so that most accesses, which move the end of the session, leave the
 * list as it is.
 */
export function listedUntil(record: SessionRecord): number {
  const end = expiresAt(record)
  if (end === undefined) return Infinity
  const step = Math.max(record.etime, DAY)
  return (Math.floor(end / step) + 1) * step
}
