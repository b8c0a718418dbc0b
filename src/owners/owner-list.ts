import { ThawError } from '../errors.ts'

/**
 * Where one session of an owner stands.
 * - 'new': somebody is about to store it, and will then ask for its place among the owner's sessions.
 * - 'live': it is one of them.
 * - 'doomed': it is to be removed, and may have been already.
 */
export type Standing = 'new' | 'live' | 'doomed'

/** One session of an owner. */
export interface Entry {
  readonly id: string
  /** When it was put on the list, in seconds since 1970. */
  readonly since: number
  readonly standing: Standing
}

/** The sessions of one owner, the oldest first. Never changed: each change is another list. */
export interface OwnerList {
  readonly owner: string
  readonly entries: readonly Entry[]
  /** Until when the list is needed, in seconds since 1970; `Infinity` for ever. */
  readonly until: number
}

/** How long, in seconds, a session may be on the list before it is stored, as its writer may still be at it. */
const GRACE = 60

export function emptyList(owner: string): OwnerList {
  return { owner, entries: [], until: 0 }
}

/** Whether so little time has passed that the one who put it on the list may not have stored it yet. */
export function isFresh({ since }: Entry, now: number): boolean {
  return Math.abs(now - since) < GRACE
}

/** The list with this session on it, and needed for as long as the session is. */
export function listed(
  list: OwnerList,
  id: string,
  standing: 'new' | 'live',
  until: number,
  now: number,
): OwnerList {
  const isThere = list.entries.some((entry) => entry.id === id)
  if (isThere && list.until >= until) return list
  const entries = isThere ? list.entries : [...list.entries, { id, since: now, standing }]
  return { ...list, entries, until: Math.max(list.until, until) }
}

/** The list without these sessions. */
export function without(list: OwnerList, ids: ReadonlySet<string>): OwnerList {
  const entries = list.entries.filter(({ id }) => !ids.has(id))
  return entries.length === list.entries.length ? list : { ...list, entries }
}

/** The list with all but these sessions doomed. */
export function doomed(list: OwnerList, except: ReadonlySet<string>): OwnerList {
  return withStanding(list, 'doomed', ({ id, standing }) => standing !== 'doomed' && !except.has(id))
}

/** The list with these sessions, which were doomed and turned out not to be there yet, alive. */
export function spared(list: OwnerList, ids: ReadonlySet<string>): OwnerList {
  return withStanding(list, 'live', ({ id, standing }) => standing === 'doomed' && ids.has(id))
}

function withStanding(list: OwnerList, standing: Standing, isMeant: (entry: Entry) => boolean): OwnerList {
  if (!list.entries.some(isMeant)) return list
  const entries = list.entries.map((entry) => (isMeant(entry) ? { ...entry, standing } : entry))
  return { ...list, entries }
}

/**
 * Those that count against a limit, but for one. A new session does not: it will ask for its place, and then count. If
 * it never does, its writer has died, and it counts as any other.
 */
export function rivals(list: OwnerList, id: string, now: number): Entry[] {
  return list.entries.filter(
    (entry) =>
      entry.id !== id && (entry.standing === 'live' || (entry.standing === 'new' && !isFresh(entry, now))),
  )
}

/**
 * The list with this session as the newest live one; the oldest of its rivals doomed but for `limit - 1`.
 *
 * @param absent rivals that are known not to be there, or not yet: they take nobody's place
 */
export function admitted(
  list: OwnerList,
  id: string,
  limit: number,
  now: number,
  absent: ReadonlySet<string> = new Set(),
): OwnerList {
  const others = rivals(list, id, now).filter((entry) => !absent.has(entry.id))
  const leaving = new Set(others.slice(0, Math.max(0, others.length - (limit - 1))).map((entry) => entry.id))
  const rest = withStanding(list, 'doomed', (entry) => leaving.has(entry.id))
  const since = list.entries.find((entry) => entry.id === id)?.since ?? now
  const entries: Entry[] = rest.entries.filter((entry) => entry.id !== id)
  entries.push({ id, since, standing: 'live' })
  return { ...rest, entries }
}

const standings: readonly Standing[] = ['new', 'live', 'doomed']

/** As a text of ASCII, which every serializer keeps as it is. */
export function formatEntries({ owner, entries }: OwnerList): string {
  const rows = entries.map(({ id, since, standing }) => [id, since, standings.indexOf(standing)])
  return JSON.stringify([owner, ...rows]).replace(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** @throws ThawError */
export function parseEntries(text: unknown): { owner: string; entries: Entry[] } {
  try {
    const [owner, ...rows] = JSON.parse(String(text)) as [unknown, ...unknown[]]
    if (typeof owner === 'string') return { owner, entries: rows.map(readEntry) }
  } catch {
    // It is said below.
  }
  throw new ThawError("list of an owner's sessions", 'it is not as this library writes it')
}

function readEntry(row: unknown): Entry {
  const [id, since, code] = row as unknown[]
  const standing = standings[Number(code)]
  if (typeof id !== 'string' || typeof since !== 'number' || !standing) throw new TypeError('no entry')
  return { id, since, standing }
}
