import { type CompleteDriver, completeDriver } from './complete-driver.ts'
import type { Awaitable } from './contracts/awaitable.ts'
import type {
  ConditionalResult,
  Driver,
  DriverLock,
  IdsOptions,
  Image,
  StoredImage,
} from './contracts/driver.ts'
import type { Layout } from './contracts/layout.ts'
import type { Hash, Serializer } from './contracts/serializer.ts'
import { DamagedRecordError, InvalidIdError } from './errors.ts'
import { isPlainObject } from './hash.ts'
import { isHidden } from './hidden-ids.ts'
import { leaveOut } from './leave-out.ts'
import {
  expiresAt,
  isReserved,
  moveAccess,
  newRecord,
  type SessionRecord,
  settleParameterDeadlines,
} from './record.ts'

/** A record as it was found, with the bytes it was found in. */
export interface LoadedRecord {
  readonly record: SessionRecord
  readonly image: Image
}

/** An image that a record had, and which parameters now differ from what it holds; undefined: any may. */
export interface RecordBasis {
  readonly image: Image
  readonly changed?: ReadonlyMap<string, unknown>
}

/** How records become images in this store. */
export interface RecordFormat {
  readonly serializer: Serializer
  readonly layout: Layout
  /** Somebody else writes here too: nothing beside the image counts. */
  readonly shared: boolean
}

/** Records under ids: a driver, a serializer and a layout put together. */
export class RecordStore {
  readonly #driver: CompleteDriver
  readonly #format: RecordFormat
  /** Whether the time of expiry can be moved without writing the image. */
  readonly canTouch: boolean

  /** Whether the driver has locks of its own. */
  readonly canLock: boolean

  /** Whether `holds` may have an answer. */
  readonly canTell: boolean

  constructor(driver: Driver, format: RecordFormat) {
    this.#driver = completeDriver(driver)
    this.#format = format
    this.canTell = format.serializer.holds !== undefined && format.layout.hasParamsOnTop === true
    this.canLock = driver.tryLock !== undefined
    this.canTouch = driver.touch !== undefined && !format.shared
  }

  get serializer(): Serializer {
    return this.#format.serializer
  }

  get layout(): Layout {
    return this.#format.layout
  }

  /** Of a driver that can tell by itself: the ids of an owner's sessions. */
  get idsOf(): ((owner: string) => AsyncIterable<string> | Iterable<string>) | undefined {
    const driver = this.#driver
    return driver.idsOf && ((owner) => driver.idsOf!(owner))
  }

  /** Whether somebody else who writes here gives sessions owners, too. */
  get hasForeignOwners(): boolean {
    return this.#format.shared && this.#format.layout.hasForeignOwners === true
  }

  /** Whether a parameter cannot have this name. */
  isReserved(name: string): boolean {
    const { layout } = this.#format
    return layout.isReserved ? layout.isReserved(name) : isReserved(name)
  }

  /** A record with nothing in it. */
  newRecord(id: string, now: number): SessionRecord {
    return this.#format.layout.newRecord?.(id, now) ?? newRecord(id, now)
  }

  checkId(id: string): void {
    if (isHidden(id)) throw new InvalidIdError(`${JSON.stringify(id)} is an id that the store uses itself`)
    this.#driver.checkId?.(id)
  }

  /** The bytes under an id, if any. */
  retrieve(id: string): Awaitable<StoredImage | undefined> {
    return this.#driver.retrieve(id)
  }

  /**
   * What the bytes mean, with `atime` as late as a touch has moved it. `undefined` for an empty record: a Perl
   * process has just created it, or died doing so.
   *
   * @throws DamagedRecordError
   */
  thaw(id: string, { image, expires }: StoredImage): SessionRecord | undefined {
    if (image.length === 0) return undefined
    const record = this.#read(id, image)
    settleParameterDeadlines(record)
    this.heedTouch(record, expires)
    return record
  }

  /**
   * Moves the `atime` of a record, as its image has it, to where a touch has moved it since then. Answers whether one
   * has.
   *
   * @param expires when the record expires, as the driver has it
   */
  heedTouch(record: SessionRecord, expires: number | undefined): boolean {
    const own = expiresAt(record)
    const isTouched =
      !this.#format.shared && expires !== undefined && own !== undefined && expires > own && record.etime > 0
    if (isTouched) moveAccess(record, expires)
    return isTouched
  }

  #read(id: string, image: Image): SessionRecord {
    try {
      const hash: unknown = this.#format.serializer.thaw(image)
      if (!isPlainObject(hash)) throw new TypeError('the record is not a hash')
      return this.#format.layout.read(hash, id)
    } catch (cause) {
      throw new DamagedRecordError(id, cause)
    }
  }

  /** @param basis where this record comes from: what it has in common with that may be copied from there */
  freeze(record: SessionRecord, basis?: RecordBasis): Image {
    const { serializer, layout } = this.#format
    const hash = this.hashOf(record)
    if (!basis || !serializer.refreeze) return serializer.freeze(hash)
    const { params } = record
    const changed = layout.hasParamsOnTop === true ? basis.changed : undefined
    return serializer.refreeze(
      hash,
      basis.image,
      (key) => changed !== undefined && params.has(key) && !changed.has(key),
    )
  }

  /** Whether a parameter is in this image with this value; `undefined`: the serializer cannot tell. */
  holds(image: Image, name: string, value: unknown): boolean | undefined {
    return this.canTell ? this.#format.serializer.holds?.(image, name, value) : undefined
  }

  /** The record as its layout lays it out. */
  hashOf(record: SessionRecord): Hash {
    return this.#format.layout.write(record)
  }

  /** The record as it would come back from storage: without what its layout has no place for. */
  asKept(record: SessionRecord): SessionRecord {
    const { layout } = this.#format
    return layout.read(layout.write(record), record.id)
  }

  create(id: string, image: Image, lifetime: number | undefined): Awaitable<boolean> {
    return this.#driver.create(id, image, lifetime)
  }

  replace(
    id: string,
    expected: Image,
    image: Image,
    lifetime: number | undefined,
  ): Awaitable<ConditionalResult> {
    return this.#driver.replace(id, expected, image, lifetime)
  }

  remove(id: string): Awaitable<boolean> {
    return this.#driver.remove(id)
  }

  removeIf(id: string, expected: Image): Awaitable<ConditionalResult> {
    return this.#driver.removeIf(id, expected)
  }

  /** To be called only if `canTouch`. */
  touch(id: string, lifetime: number | undefined): Awaitable<boolean> {
    return this.#driver.touch!(id, lifetime)
  }

  /** To be called only if `canLock`. */
  tryLock(id: string): Awaitable<DriverLock | undefined> {
    return this.#driver.tryLock!(id)
  }

  /** The ids of sessions. */
  ids(options?: IdsOptions): AsyncIterable<string> | Iterable<string> {
    return leaveOut(this.allIds(options), isHidden)
  }

  /** Those of what the store keeps for itself as well. */
  allIds(options?: IdsOptions): AsyncIterable<string> | Iterable<string> {
    return this.#driver.ids(options)
  }

  /** Whether the driver knows what has expired. */
  get canPurge(): boolean {
    return this.#driver.purge !== undefined && !this.#format.shared
  }

  /** Removes what the driver knows to have expired, without reading it. */
  async purgeKnown(now: number): Promise<number> {
    return this.canPurge ? this.#driver.purge!(now) : 0
  }

  async close(): Promise<void> {
    await this.#driver.close()
  }
}
