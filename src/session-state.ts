import type { Image } from './contracts/driver.ts'
import type { Serializer } from './contracts/serializer.ts'
import { Delta } from './delta.ts'
import { FreezeError } from './errors.ts'
import { isPlainObject } from './hash.ts'
import { type Fingerprint, fingerprint } from './fingerprint.ts'
import {
  expiredParameters,
  isExpired,
  isReserved,
  type ParameterExpiry,
  removeParameter,
  type SessionRecord,
  setParameterLifetime,
} from './record.ts'

/** The rules that one store has for all its sessions. */
export interface StateRules {
  readonly serializer: Serializer
  readonly parameterExpiry: ParameterExpiry
  /** Seconds; `undefined` = a tenth of the idle lifetime, at most 60. */
  readonly touchAfter: number | undefined
  /** Seconds since 1970. */
  now(): number
  /** What an image of this store means. */
  thaw(id: string, image: Image): SessionRecord | undefined
}

/** Where a session's id came from, which decides what a taken id means. */
export type IdOrigin = 'generated' | 'given'

const TOUCH_AFTER_AT_MOST = 60

const AS_STORED = Symbol('as stored')

/** One session in memory: its record, what was changed, and what storage is known to hold. Does no input or output. */
export class SessionState {
  record: SessionRecord
  readonly rules: StateRules
  readonly idOrigin: IdOrigin
  readonly isNew: boolean
  /** The bytes that storage held when it was last read or written here; none for a session never stored. */
  image: Image | undefined
  deleted = false
  expired = false
  /** The access time that storage is known to hold. */
  storedAtime: number
  /** Set by the program to force a write; nothing else sets it. */
  forced = false
  /** There was an access that storage has not heard of. */
  #accessed = false
  readonly delta = new Delta()
  /**
   * Objects that the program has in hand and may change at any time, as they were when storage last had them;
   * `AS_STORED`: as they are in `image`, which is not looked into before it has to be.
   */
  readonly #exposed = new Map<string, Fingerprint | typeof AS_STORED>()

  constructor(
    record: SessionRecord,
    rules: StateRules,
    found: { isNew: boolean; image?: Image; idOrigin: IdOrigin },
  ) {
    this.record = record
    this.rules = rules
    this.isNew = found.isNew
    this.image = found.image
    this.idOrigin = found.idOrigin
    this.storedAtime = record.atime
  }

  /** What happens to a record that was just loaded: parameters whose time is over go, the access time moves on. */
  access(): string[] {
    const now = this.rules.now()
    const gone = expiredParameters(this.record, this.rules.parameterExpiry, now)
    for (const name of gone) this.clear(name)
    this.record.atime = now
    this.#accessed = true
    return gone
  }

  get isExpiredNow(): boolean {
    return isExpired(this.record, this.rules.now())
  }

  get(name: string): unknown {
    const value = this.record.params.get(name)
    if (isObject(value) && !this.#exposed.has(name) && !this.delta.set.has(name)) {
      this.#exposed.set(name, fingerprint(this.rules.serializer, value))
    }
    return value
  }

  /** Answers whether the name may be set: reserved ones may not. */
  set(name: string, value: unknown): boolean {
    if (isReserved(name)) return false
    // What is inside may still change: that is looked at when it is stored.
    if (!Array.isArray(value) && !isPlainObject(value)) this.#check(name, value)
    const { params } = this.record
    // An object that is set again may have changed inside: only its fingerprint tells, and it is taken at flush.
    if (!Object.is(params.get(name), value) || !params.has(name)) {
      params.set(name, value)
      this.delta.setParam(name, value)
    }
    return true
  }

  clear(name: string): void {
    this.#exposed.delete(name)
    if (removeParameter(this.record, name)) this.delta.clearParam(name)
  }

  clearAll(): void {
    for (const name of [...this.record.params.keys(), ...this.record.ptime.keys()]) this.clear(name)
  }

  setIdleLifetime(seconds: number): void {
    if (this.record.etime === seconds) return
    this.record.etime = seconds
    this.delta.etime = seconds
  }

  /** @param deadline seconds since 1970, 0 = none. */
  setDeadline(deadline: number): void {
    if (this.record.deadline === deadline) return
    this.record.deadline = deadline
    this.delta.deadline = deadline
  }

  setParameterLifetime(name: string, lifetime: number): void {
    if (isReserved(name) || (lifetime === 0 && !this.record.ptime.has(name))) return
    const since = this.rules.now()
    setParameterLifetime(this.record, name, lifetime, since)
    this.delta.lifetimes.set(name, { lifetime, since })
  }

  /** Adds to the delta what was changed inside of objects that the program has in hand. */
  noticeNestedChanges(): void {
    for (const [name, before] of this.#exposedUnchanged()) {
      const value = this.record.params.get(name)
      if (this.#fingerprint(name, value) !== before) this.delta.setParam(name, value)
    }
  }

  /** What the program has in hand and did not set since storage last had it, with its fingerprint of then. */
  #exposedUnchanged(): [string, Fingerprint | undefined][] {
    const names = [...this.#exposed.keys()].filter((name) => !this.delta.set.has(name))
    const stored = names.some((name) => this.#exposed.get(name) === AS_STORED)
      ? this.rules.thaw(this.record.id, this.image!)
      : undefined
    return names.map((name) => {
      const before = this.#exposed.get(name)
      if (before !== AS_STORED) return [name, before]
      const print = this.#fingerprint(name, stored?.params.get(name))
      this.#exposed.set(name, print)
      return [name, print]
    })
  }

  /** Whether a flush would write the record: something changed, or the stored access time is too old. */
  get isModified(): boolean {
    if (this.deleted) return false
    this.noticeNestedChanges()
    return this.forced || !this.delta.isEmpty || this.isTouchDue
  }

  get isTouchDue(): boolean {
    if (!this.#accessed) return false
    const age = this.record.atime - this.storedAtime
    // A negative age: the clock was put back, and what is stored would outlive its time.
    return age < 0 || age >= this.#touchAfter
  }

  get #touchAfter(): number {
    if (this.rules.touchAfter !== undefined) return this.rules.touchAfter
    const { etime, ptime } = this.record
    const lifetimes = this.rules.parameterExpiry === 'sliding' ? [...ptime.values()] : []
    if (etime > 0) lifetimes.push(etime)
    return Math.min(TOUCH_AFTER_AT_MOST, ...lifetimes.map((lifetime) => Math.floor(lifetime / 10)))
  }

  /** What the program says with `modified = false`: forget that anything was changed. The values stay. */
  disregardChanges(): void {
    this.noticeNestedChanges()
    for (const [name, value] of this.delta.set) {
      if (isObject(value)) this.#exposed.set(name, this.#fingerprint(name, value))
      else this.#exposed.delete(name)
    }
    this.#settle()
  }

  /** Storage now holds this session's record, in these bytes. */
  stored(image: Image): void {
    this.image = image
    this.storedAtime = this.record.atime
    for (const [name, value] of this.delta.set) {
      if (isObject(value)) this.#exposed.set(name, AS_STORED)
      else this.#exposed.delete(name)
    }
    this.#settle()
  }

  /** Storage now knows of the last access. */
  touched(): void {
    this.storedAtime = this.record.atime
    this.#accessed = false
  }

  /**
   * Goes over to a record that somebody else changed, with this session's own changes made to it. Objects that the
   * program has in hand stay the same objects, unless the other changed what is in them.
   */
  rebase(fresh: SessionRecord): void {
    this.delta.applyTo(fresh)
    for (const [name, before] of this.#exposedUnchanged()) {
      const theirs = fresh.params.get(name)
      const isSame =
        typeof theirs === 'object' && theirs !== null && this.#fingerprint(name, theirs) === before
      if (isSame) fresh.params.set(name, this.record.params.get(name))
      else this.#exposed.delete(name)
    }
    fresh.atime = Math.max(fresh.atime, this.record.atime)
    this.record = fresh
  }

  /** The program gets no further with this record: it is gone from storage. */
  markDeleted(): void {
    this.clearAll()
    this.deleted = true
  }

  #settle(): void {
    this.forced = false
    this.#accessed = false
    this.delta.clear()
  }

  /** @throws FreezeError naming the parameter */
  checkChanges(): void {
    for (const [name, value] of this.delta.set) this.#check(name, value)
  }

  #check(name: string, value: unknown): void {
    if (typeof value === 'function' || typeof value === 'symbol') {
      throw new FreezeError('A session', `a ${typeof value}`, { parameter: name })
    }
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return
    try {
      this.rules.serializer.checkValue?.(value)
    } catch (cause) {
      throw named(name, cause)
    }
  }

  #fingerprint(name: string, value: unknown): Fingerprint {
    try {
      return fingerprint(this.rules.serializer, value)
    } catch (cause) {
      throw named(name, cause)
    }
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function named(name: string, cause: unknown): unknown {
  if (!(cause instanceof FreezeError)) return cause
  return new FreezeError(cause.format, cause.reason, { parameter: name, cause })
}
