/**
 * What a stored session means, and every rule of time. Times are whole seconds since 1970; lifetimes are whole
 * seconds, 0 = never. Something has expired when its time lies strictly in the past: at exactly that second it lives,
 * unless the record's layout says otherwise.
 */
export interface SessionRecord {
  id: string
  /** Last access. */
  atime: number
  /** Creation. */
  ctime: number
  /** The session's idle lifetime, counted from `atime`. Negative: expired at the next opening. */
  etime: number
  /** The time after which the session ends however often it is used; 0 = none. */
  deadline: number
  /** Lifetimes of parameters. */
  ptime: Map<string, ParameterLifetime>
  params: Map<string, unknown>
  /** Whose session it is, in the program's own words; nobody's without. */
  owner: string | undefined
  /** What else was in the record under reserved keys; it goes back unchanged. */
  extra: Map<string, unknown> | undefined
  /** Lifetimes are over when they have passed, not a second later. So it is in CGI::Session. */
  endsAtOnce: boolean
  /** A parameter's lifetime stays when the parameter goes, for the next one of that name. So it is in CGI::Session. */
  lifetimesStay: boolean
  /** There are no times in it, unless something in it has a lifetime. */
  timeless: boolean
}

export interface ParameterLifetime {
  readonly lifetime: number
  /** When it ends, if it was this library that set it. */
  readonly deadline: number | undefined
}

/**
 * How a parameter's lifetime counts. 'fixed': from the moment it was set, so that it ends. 'sliding': from the last
 * access, as in Data::Session, so that a session in use keeps its parameters for ever.
 */
export type ParameterExpiry = 'fixed' | 'sliding'

/** Names that start with an underscore are not the program's own. */
export function isReserved(name: string): boolean {
  return name.charCodeAt(0) === 0x5f
}

export function newRecord(id: string, now: number): SessionRecord {
  return {
    id,
    atime: now,
    ctime: now,
    etime: 0,
    deadline: 0,
    ptime: new Map(),
    params: new Map(),
    owner: undefined,
    extra: undefined,
    endsAtOnce: false,
    lifetimesStay: false,
    timeless: false,
  }
}

/** The last second in which something lives that lives so long after a time. */
function lastSecond({ endsAtOnce }: SessionRecord, since: number, lifetime: number): number {
  return since + lifetime - (endsAtOnce ? 1 : 0)
}

/**
 * The last second of the session, by its idle lifetime or its deadline, whichever is nearer; `undefined` for one that
 * never expires.
 */
export function expiresAt(record: SessionRecord): number | undefined {
  const idle = record.etime === 0 ? undefined : lastSecond(record, record.atime, record.etime)
  if (record.deadline === 0) return idle
  return idle === undefined ? record.deadline : Math.min(idle, record.deadline)
}

export function isExpired(record: SessionRecord, now: number): boolean {
  const end = expiresAt(record)
  return end !== undefined && end < now
}

/** Whether something ends, some time. */
export function hasLifetimes({ etime, deadline, ptime }: SessionRecord): boolean {
  return etime !== 0 || deadline !== 0 || ptime.size > 0
}

/** Whether storage is to hear of an access. */
export function keepsAccess(record: SessionRecord): boolean {
  return !record.timeless || hasLifetimes(record)
}

/** Moves the time of access to where that must have been for the session to have this last second. */
export function moveAccess(record: SessionRecord, expires: number): void {
  const atime = expires - lastSecond(record, 0, record.etime)
  record.atime = Math.max(record.atime, atime)
}

/** Sets or, with 0, removes a parameter's lifetime, which counts from `now`. */
export function setParameterLifetime(
  record: SessionRecord,
  name: string,
  lifetime: number,
  now: number,
): void {
  if (lifetime === 0) record.ptime.delete(name)
  else record.ptime.set(name, { lifetime, deadline: now + lifetime })
}

/**
 * Gives every parameter lifetime that has no deadline one, counted from the last stored access: what a Perl program
 * set begins to count when it was last seen there.
 */
export function settleParameterDeadlines(record: SessionRecord): void {
  for (const [name, { lifetime, deadline }] of record.ptime) {
    if (deadline === undefined && record.params.has(name)) {
      record.ptime.set(name, { lifetime, deadline: record.atime + lifetime })
    }
  }
}

/** Leaves only what Data::Session knows of: lifetimes that count from the last access. */
export function dropParameterDeadlines(record: SessionRecord): void {
  for (const [name, { lifetime }] of record.ptime) record.ptime.set(name, { lifetime, deadline: undefined })
}

/** The parameters whose lifetime has ended. */
export function expiredParameters(record: SessionRecord, expiry: ParameterExpiry, now: number): string[] {
  const names: string[] = []
  for (const [name, { lifetime, deadline }] of record.ptime) {
    if (record.lifetimesStay && !record.params.has(name)) continue
    const end =
      expiry === 'fixed' && deadline !== undefined ? deadline : lastSecond(record, record.atime, lifetime)
    if (end < now) names.push(name)
  }
  return names
}

/** Removes a parameter, and its lifetime unless that stays. Answers whether there was anything. */
export function removeParameter(record: SessionRecord, name: string): boolean {
  const stays = record.lifetimesStay ? record.ptime.get(name) : undefined
  if (stays) {
    record.ptime.set(name, { lifetime: stays.lifetime, deadline: undefined })
    return record.params.delete(name)
  }
  const hadLifetime = record.ptime.delete(name)
  return record.params.delete(name) || hadLifetime
}
