import type { SessionRecord } from '../record.ts'

const DAY = 86_400

/**
 * When the cookie of a session is to expire, in seconds since 1970: when the session ends if it is not used any more;
 * `undefined`, with the browser, when it never does; in the past when it is over.
 */
export function cookieExpiry(
  { etime, deadline }: SessionRecord,
  isOver: boolean,
  now: number,
): number | undefined {
  if (isOver || etime < 0) return now - DAY
  const end = Math.min(etime > 0 ? now + etime : Infinity, deadline > 0 ? deadline : Infinity)
  return end === Infinity ? undefined : end
}
