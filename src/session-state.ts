import type { Image } from './contracts/driver.ts'
import type { Serializer } from './contracts/serializer.ts'
import { Delta } from './delta.ts'
import { FreezeError } from './errors.ts'
import { listedUntil } from './owners/listed-until.ts'
import { type Fingerprint, fingerprint } from './fingerprint.ts'
import { isPlainObject } from './hash.ts'
import {
  expiredParameters,
  isExpired,
  keepsAccess,
  type ParameterExpiry,
  removeParameter,
  type SessionRecord,
  setParameterLifetime,
} from './record.ts'
import type { RecordBasis } from './record-store.ts'
import { type Holder, ValuesInHand } from './values-in-hand.ts'

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
  /** Whether a parameter cannot have this name. */
  isReserved(name: string): boolean
  /** Whether `holds` may have an answer. */
  readonly canTell: boolean
  /** Whether a parameter is in an image with this value; `undefined`: only a comparison of what it means tells. */
  holds(image: Image, name: string, value: unknown): boolean | undefined
}

/** What is on its way to storage. */
export interface Changes {
  readonly delta: Delta | undefined
  readonly forced: boolean
  readonly atime: number
  readonly owner: string | undefined
  readonly listedUntil: number
}

/** Where a session's id came from, which decides what a taken id means. */
export type IdOrigin = 'generated' | 'given'

const TOUCH_AFTER_AT_MOST = 60

const NOTHING: ReadonlyMap<string, unknown> = new Map()

/**
 * One session in memory: its record, what was changed, and what storage is known to hold. Does no input or output.
 * Most sessions are only read, so nothing is made for changes before there is one.
 */
export class SessionState implements Holder {
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
  /** The image that `record` comes from, if it differs from that by `delta` only. */
  #basis: Image | undefined
  /** An image that the session had: it is written in the same form again, where a serializer has more than one. */
  #form: Image | undefined
  /** Whose session storage holds, as far as is known. */
  storedOwner: string | undefined
  /** Until when its owner's list knows of the session, in seconds since 1970. */
  listedUntil = 0
  /** Once it is stored, it will ask for a place among its owner's sessions. */
  seeksAdmission = false
  /** There was an access that storage has not heard of. */
  #accessed = false
  /** Storage is to hear of it however short a time ago the last one was. */
  #mustTouch = false
  #delta: Delta | undefined
  #inHand: ValuesInHand | undefined

  constructor(
    record: SessionRecord,
    rules: StateRules,
    isNew: boolean,
    idOrigin: IdOrigin,
    image: Image | undefined,
  ) {
    this.record = record
    this.rules = rules
    this.isNew = isNew
    this.idOrigin = idOrigin
    this.image = image
    this.#basis = image
    this.#form = image
    this.storedAtime = record.atime
    if (image === undefined || record.owner === undefined) return
    this.storedOwner = record.owner
    this.listedUntil = listedUntil(record)
  }

  /** What happens to a record that was just loaded: parameters whose time is over go, the access time moves on. */
  access(now: number): string[] {
    const gone =
      this.record.ptime.size === 0 ? [] : expiredParameters(this.record, this.rules.parameterExpiry, now)
    for (const name of gone) this.clear(name)
    this.record.atime = now
    this.#accessed = true
    return gone
  }

  get isExpiredNow(): boolean {
    return isExpired(this.record, this.rules.now())
  }

  get delta(): Delta {
    this.#delta ??= new Delta()
    return this.#delta
  }

  get #values(): ValuesInHand {
    this.#inHand ??= new ValuesInHand(this)
    return this.#inHand
  }

  get(name: string): unknown {
    const value = this.record.params.get(name)
    // What was set here is compared as a whole anyway.
    if (typeof value === 'object' && value !== null && !this.#delta?.set.has(name))
      this.#values.take(name, value)
    return value
  }

  /** Answers whether the name may be set: reserved ones may not. */
  set(name: string, value: unknown): boolean {
    if (this.rules.isReserved(name)) return false
    // What is inside may still change: that is looked at when it is stored.
    if (!Array.isArray(value) && !isPlainObject(value)) this.#check(name, value)
    const { params } = this.record
    if (!Object.is(params.get(name), value) || !params.has(name)) {
      params.set(name, value)
      this.delta.setParam(name, value)
    }
    return true
  }

  clear(name: string): void {
    this.#inHand?.drop(name)
    if (removeParameter(this.record, name)) this.delta.clearParam(name)
  }

  clearAll(): void {
    for (const name of [...this.record.params.keys(), ...this.record.ptime.keys()]) this.clear(name)
  }

  /** @param owner `undefined`: nobody */
  setOwner(owner: string | undefined): void {
    if (this.record.owner === owner) return
    this.record.owner = owner
    this.delta.owner = owner ?? ''
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
    if (this.rules.isReserved(name) || (lifetime === 0 && !this.record.ptime.has(name))) return
    const since = this.rules.now()
    setParameterLifetime(this.record, name, lifetime, since)
    this.delta.lifetimes.set(name, { lifetime, since })
  }

  /** Whether the program changed anything, deep inside of values included. */
  get hasChanges(): boolean {
    this.#noticeNestedChanges()
    return this.forced || (this.#delta !== undefined && !this.#delta.isEmpty)
  }

  #noticeNestedChanges(): void {
    const { params } = this.record
    for (const name of this.#inHand?.changed(params, this.#delta?.set) ?? []) {
      this.delta.setParam(name, params.get(name))
    }
  }

  /** Whether a flush would write the record: something changed, or the stored access time is too old. */
  get isModified(): boolean {
    return !this.deleted && (this.hasChanges || this.isTouchDue)
  }

  /**
   * There is an access now, and storage is to hear of it with the next flush.
   *
   * @returns for when storage cannot be told: as if there had been none
   */
  accessNow(): () => void {
    const { record, forced } = this
    const { atime } = record
    const accessed = this.#accessed
    record.atime = this.rules.now()
    this.#accessed = true
    this.#mustTouch = true
    return () => {
      record.atime = atime
      this.forced = forced
      this.#accessed = accessed
      this.#mustTouch = false
    }
  }

  get isTouchDue(): boolean {
    if (!this.#accessed || !keepsAccess(this.record)) return false
    if (this.#mustTouch) return true
    const age = this.record.atime - this.storedAtime
    // A negative age: the clock was put back, and what is stored would outlive its time.
    return age < 0 || age >= this.#touchAfter
  }

  get #touchAfter(): number {
    const { touchAfter, parameterExpiry } = this.rules
    if (touchAfter !== undefined) return touchAfter
    const { etime, ptime } = this.record
    let shortest = etime > 0 ? etime : Infinity
    if (parameterExpiry === 'sliding') {
      for (const { lifetime } of ptime.values()) shortest = Math.min(shortest, lifetime)
    }
    return Math.min(TOUCH_AFTER_AT_MOST, Math.floor(shortest / 10))
  }

  /** What the program says with `modified = false`: forget that anything was changed. The values stay. */
  disregardChanges(): void {
    this.#noticeNestedChanges()
    for (const [name, value] of this.#delta?.set ?? []) this.#values.accept(name, value)
    this.#basis = undefined
    this.#accessed = false
    this.#settle()
  }

  /** The changes that are being written. What the program changes while that goes on is for the next time. */
  takeChanges(): Changes {
    const { atime, owner } = this.record
    const until = owner === undefined ? 0 : listedUntil(this.record)
    const taken = { delta: this.#delta, forced: this.forced, atime, owner, listedUntil: until }
    this.#settle()
    return taken
  }

  /** They could not be written: they still have to be. */
  giveBack({ delta, forced }: Changes): void {
    if (delta && this.#delta) delta.add(this.#delta)
    this.#delta = delta ?? this.#delta
    this.forced ||= forced
  }

  /** Storage now holds this session's record with these changes, in these bytes. */
  stored(image: Image, { delta, atime, owner, listedUntil }: Changes): void {
    this.image = image
    this.#basis = image
    this.#form = image
    this.storedAtime = atime
    this.storedOwner = owner
    this.listedUntil = listedUntil
    this.#accessed = false
    this.#mustTouch = false
    for (const [name, value] of delta?.set ?? []) this.#values.stored(name, value)
  }

  #settle(): void {
    this.forced = false
    this.#delta = undefined
  }

  /** Storage now knows of the last access. */
  touched(): void {
    this.storedAtime = this.record.atime
    if (this.storedOwner !== undefined) this.listedUntil = listedUntil(this.record)
    this.#accessed = false
    this.#mustTouch = false
  }

  /** Goes over to a record that somebody else changed, with this session's own changes made to it. */
  rebase(fresh: SessionRecord, image: Image): void {
    this.#delta?.applyTo(fresh)
    this.#inHand?.carryOver(this.record.params, fresh.params, this.#delta?.set)
    fresh.atime = Math.max(fresh.atime, this.record.atime)
    this.record = fresh
    this.#basis = image
    this.#form = image
  }

  /** The same session under a new id, not stored yet. What the program has in hand stays in its hand. */
  under(id: string): SessionState {
    const moved = new SessionState({ ...this.record, id }, this.rules, this.isNew, 'generated', undefined)
    for (const [name, value] of this.record.params) moved.#values.stored(name, value)
    moved.#form = this.#form
    return moved
  }

  /** The program gets no further with this record: it is gone from storage. */
  markDeleted(): void {
    this.clearAll()
    this.deleted = true
  }

  /**
   * The image of this session, once nothing in it would come back changed.
   *
   * @throws FreezeError naming the parameter
   */
  freeze(write: (record: SessionRecord, basis?: RecordBasis) => Image): Image {
    const { serializer } = this.rules
    const changed = this.#delta?.set ?? []
    if (serializer.checkValue) for (const [name, value] of changed) this.#check(name, value)
    try {
      if (this.#basis === undefined) return write(this.record, this.#form && { image: this.#form })
      return write(this.record, { image: this.#basis, changed: this.#delta?.set ?? NOTHING })
    } catch (error) {
      // The serializer knows no parameters: one by one they tell which it was.
      for (const [name, value] of changed) this.fingerprintOf(name, value)
      throw error
    }
  }

  #check(name: string, value: unknown): void {
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return
    if (typeof value === 'function' || typeof value === 'symbol') {
      throw new FreezeError('A session', `a ${typeof value}`, { parameter: name })
    }
    const { serializer } = this.rules
    try {
      if (serializer.checkValue) serializer.checkValue(value)
      else serializer.freeze({ value })
    } catch (cause) {
      throw named(name, cause)
    }
  }

  fingerprintOf(name: string, value: unknown): Fingerprint {
    try {
      return fingerprint(this.rules.serializer, value)
    } catch (cause) {
      throw named(name, cause)
    }
  }

  get canTell(): boolean {
    return this.rules.canTell
  }

  isStored(name: string, value: unknown): boolean | undefined {
    return this.image && this.rules.holds(this.image, name, value)
  }

  storedParams(): ReadonlyMap<string, unknown> | undefined {
    return this.image && this.rules.thaw(this.record.id, this.image)?.params
  }
}

function named(name: string, cause: unknown): unknown {
  if (!(cause instanceof FreezeError)) return cause
  return new FreezeError(cause.format, cause.reason, { parameter: name, cause })
}
