import type { Page } from '../sql/pages.ts'
import type { ExpiryStatements, Statements } from './statements.ts'

const pageSize = 1000

const utf8 = new TextDecoder()

/** The first bytes an id can have to be on a page. */
export const firstId: Uint8Array = new Uint8Array(0)

/** A page of all ids. */
export function readIds({ list }: Statements, from: Uint8Array): Page<Uint8Array> {
  const { ids, last } = list.get(from, pageSize) as { ids: Uint8Array; last: Uint8Array | null }
  return {
    ids: JSON.parse(utf8.decode(ids)) as string[],
    // The next text after any other is that one with a NUL behind it.
    next: last === null ? undefined : Buffer.concat([last, Buffer.of(0)]),
  }
}

/** A row in the index of expiry: those with null come first. */
export interface ExpiryPlace {
  readonly expires: number | null
  readonly rowid: number
}

export const firstPlace: ExpiryPlace = { expires: null, rowid: Number.MIN_SAFE_INTEGER }

/** A page of the ids that have expired as of `now` or may have: those without a time of expiry, then by that time. */
export function readExpiredIds(
  { listUnknown, listExpired }: ExpiryStatements,
  now: number,
  { expires, rowid }: ExpiryPlace,
): Page<ExpiryPlace> {
  const answer =
    expires === null ? listUnknown.get(rowid, pageSize) : listExpired.get(now, expires, rowid, pageSize)
  const rows = JSON.parse(utf8.decode((answer as { rows: Uint8Array }).rows)) as [
    string,
    number,
    number | null,
  ][]
  const last = rows.at(-1)
  if (last) return { ids: rows.map(([id]) => id), next: { rowid: last[1], expires: last[2] } }
  const { MIN_SAFE_INTEGER } = Number
  return {
    ids: [],
    next: expires === null ? { rowid: MIN_SAFE_INTEGER, expires: MIN_SAFE_INTEGER } : undefined,
  }
}
