import type { Page } from '../pages.ts'
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

/** A place in the index of expiry: the rows without a time come first. */
export interface ExpiryPlace {
  readonly expires: number | null
  readonly rowid: string
}

const beforeAllRows = '-9223372036854775808'

export const firstPlace: ExpiryPlace = { expires: null, rowid: beforeAllRows }

/** A page of the ids that have expired as of `now` or may have: those without a time of expiry, then by that time. */
export function readExpiredIds(
  statements: ExpiryStatements,
  now: number,
  { expires, rowid }: ExpiryPlace,
): Page<ExpiryPlace> {
  return expires === null ? readUnknown(statements, rowid) : readExpired(statements, now, { expires, rowid })
}

function readUnknown({ listUnknown }: ExpiryStatements, from: string): Page<ExpiryPlace> {
  const { ids, last } = listUnknown.get(from, pageSize) as { ids: Uint8Array; last: string | null }
  return {
    ids: JSON.parse(utf8.decode(ids)) as string[],
    next: last === null ? { expires: -Infinity, rowid: beforeAllRows } : { expires: null, rowid: last },
  }
}

function readExpired(
  { listExpired }: ExpiryStatements,
  now: number,
  from: { expires: number; rowid: string },
): Page<ExpiryPlace> {
  const rows = listExpired.all(now, from.expires, from.rowid, pageSize) as {
    id: Uint8Array
    expires: number
    place: string
  }[]
  const last = rows.at(-1)
  return {
    ids: rows.map(({ id }) => utf8.decode(id)),
    next: last && { expires: last.expires, rowid: last.place },
  }
}
