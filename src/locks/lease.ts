import { randomUUID } from 'node:crypto'
import type { Awaitable } from '../contracts/awaitable.ts'
import type { ConditionalResult, DriverLock, Image, StoredImage } from '../contracts/driver.ts'
import { DamagedRecordError } from '../errors.ts'
import { hiddenId } from '../hidden-ids.ts'
import type { SessionRecord } from '../record.ts'
import type { RecordStore } from '../record-store.ts'
import type { LockRules } from './lock-rules.ts'

/** Seconds after which the record of a holder that died may be cleared away. Nobody waits for that. */
const LIFETIME = 60

const HOLDER = 'holder'
const LEASE = 'lease'
const RENEWALS = 'renewals'

/** What somebody found under the lock's id, and how long to believe that the holder is alive. */
interface Sight {
  readonly image: Image
  /** By the monotonic clock. */
  readonly since: number
  readonly lease: number
}

/** One who wants a session's lock by way of a record, as storage has no lock that could be held. */
export class LeaseClaim {
  readonly #slip: Slip
  #seen: Sight | undefined

  /** @param lease in milliseconds */
  constructor(records: RecordStore, rules: LockRules, id: string, lease: number) {
    this.#slip = new Slip(records, rules, hiddenId('lock', id), lease)
  }

  /**
   * Tries once. A record that has stayed the same for as long as its holder said is that of a dead one; the time is
   * taken here, as no clock of another machine counts.
   */
  async tryTake(): Promise<Lease | undefined> {
    const slip = this.#slip
    const { records, rules, id, lifetime } = slip
    const begun = rules.monotonic()
    const seen = this.#seen
    // The first time there most likely is none.
    const stored = seen && (await records.retrieve(id))
    if (!stored) {
      const image = slip.image(0)
      if (await records.create(id, image, lifetime)) return new Lease(slip, image, begun)
      return this.#note(await records.retrieve(id), begun)
    }
    if (Buffer.compare(stored.image, seen.image) !== 0) return this.#note(stored, begun)
    if (rules.monotonic() - seen.since < seen.lease) return undefined
    const image = slip.image(0)
    const result = await records.replace(id, stored.image, image, lifetime)
    return result === 'done' ? new Lease(slip, image, begun) : undefined
  }

  /** Remembers the record of another holder. */
  #note(stored: StoredImage | undefined, begun: number): Lease | undefined {
    this.#seen = undefined
    if (!stored) return undefined
    const slip = this.#slip
    const theirs = slip.read(stored)
    // A driver that has asked twice, since the first answer was lost.
    if (slip.isOurs(theirs)) return new Lease(slip, stored.image, begun)
    const lease = Number(theirs?.params.get(LEASE))
    this.#seen = { ...stored, since: slip.rules.monotonic(), lease: lease > 0 ? lease : slip.lease }
    return undefined
  }
}

/** A session's lock, held by a record that is renewed. */
export class Lease implements DriverLock {
  readonly #slip: Slip
  #image: Image
  /** When the last renewal began: nobody can have seen it before. */
  #since: number
  #renewals = 0

  constructor(slip: Slip, image: Image, since: number) {
    this.#slip = slip
    this.#image = image
    this.#since = since
  }

  /** Whether somebody else may have taken it, since it was not renewed in time. */
  get isOver(): boolean {
    return this.#slip.rules.monotonic() - this.#since >= this.#slip.lease
  }

  async renew(): Promise<boolean> {
    const begun = this.#slip.rules.monotonic()
    const image = this.#slip.image((this.#renewals += 1))
    try {
      const { records, id, lifetime } = this.#slip
      const result = await this.#ifOurs((ours) => records.replace(id, ours, image, lifetime))
      if (result !== 'done') return false
    } catch (error) {
      if (this.isOver) throw error
      return true
    }
    this.#image = image
    this.#since = begun
    return true
  }

  async release(): Promise<void> {
    const { records, id } = this.#slip
    await this.#ifOurs((ours) => records.removeIf(id, ours))
  }

  /** A renewal that failed may have been done all the same: then the record is another one, and ours. */
  async #ifOurs(write: (ours: Image) => Awaitable<ConditionalResult>): Promise<ConditionalResult> {
    const result = await write(this.#image)
    if (result !== 'changed') return result
    const { records, id } = this.#slip
    const stored = await records.retrieve(id)
    return stored && this.#slip.isOurs(this.#slip.read(stored)) ? write(stored.image) : 'changed'
  }
}

/** What one holder writes under the id of a lock. */
class Slip {
  readonly lifetime: number
  readonly #holder = randomUUID()

  constructor(
    readonly records: RecordStore,
    readonly rules: LockRules,
    readonly id: string,
    readonly lease: number,
  ) {
    this.lifetime = Math.max(LIFETIME, Math.ceil((2 * lease) / 1000))
  }

  /** Another one after each renewal, so that those who wait see that the holder is alive. */
  image(renewals: number): Image {
    const record = this.records.newRecord(this.id, this.rules.now())
    record.etime = this.lifetime
    record.params.set(HOLDER, this.#holder)
    record.params.set(LEASE, this.lease)
    record.params.set(RENEWALS, renewals)
    return this.records.freeze(record)
  }

  /** `undefined` for what is no record of a lock. */
  read(stored: StoredImage): SessionRecord | undefined {
    try {
      return this.records.thaw(this.id, stored)
    } catch (error) {
      if (error instanceof DamagedRecordError) return undefined
      throw error
    }
  }

  isOurs(record: SessionRecord | undefined): boolean {
    return record?.params.get(HOLDER) === this.#holder
  }
}
