import type {
  ConditionalResult,
  Driver,
  DriverLock,
  IdsOptions,
  Image,
  StoredImage,
} from '../../src/contracts/driver.ts'
import type { ContractContext } from '../../src/testing/index.ts'

export interface MapRecord {
  image: Image
  expires: number | undefined
}

const storages = new Map<string, Map<string, MapRecord>>()

/** Replaced by sabotage: whoever looks into it fails. */
export function breakStorage(storage: string): void {
  storages.get(storage)?.clear()
  brokenStorages.add(storage)
}

const brokenStorages = new Set<string>()

export function dropStorage(storage: string): void {
  storages.delete(storage)
  brokenStorages.delete(storage)
}

/** The shortest driver that keeps the contract, for tests to break. */
export class MapDriver implements Driver {
  constructor(protected readonly context: ContractContext) {}

  protected get records(): Map<string, MapRecord> {
    const { storage } = this.context
    if (brokenStorages.has(storage)) throw this.outage(storage)
    const records = storages.get(storage) ?? new Map<string, MapRecord>()
    storages.set(storage, records)
    return records
  }

  protected outage(storage: string): Error {
    return Object.assign(new Error(`${storage} is broken`, { cause: 'sabotage' }), {
      code: 'ERR_SESSION_STORAGE',
    })
  }

  protected record(image: Image, lifetime: number | undefined): MapRecord {
    return { image: new Uint8Array(image), expires: this.expiry(lifetime) }
  }

  protected expiry(lifetime: number | undefined): number | undefined {
    if (lifetime === undefined) return undefined
    return Math.floor(this.context.clock() / 1000) + (lifetime > 0 ? lifetime : -1)
  }

  retrieve(id: string): StoredImage | undefined | Promise<StoredImage | undefined> {
    const record = this.records.get(id)
    return record && { image: new Uint8Array(record.image), expires: record.expires }
  }

  store(id: string, image: Image, lifetime: number | undefined): void | Promise<void> {
    this.records.set(id, this.record(image, lifetime))
  }

  remove(id: string): boolean {
    return this.records.delete(id)
  }

  *ids({ expiredBefore = Infinity }: IdsOptions = {}): Generator<string, void, undefined> {
    // As they are now: what is stored again may come anew in a map.
    const records = [...this.records]
    for (const [id, { expires }] of records) {
      if (expiredBefore === Infinity || (expires !== undefined && expires < expiredBefore)) yield id
    }
  }

  close(): void {}

  create(id: string, image: Image, lifetime: number | undefined): boolean | Promise<boolean> {
    if (this.records.has(id)) return false
    this.records.set(id, this.record(image, lifetime))
    return true
  }

  replace(
    id: string,
    expected: Image,
    image: Image,
    lifetime: number | undefined,
  ): ConditionalResult | Promise<ConditionalResult> {
    const result = this.compare(id, expected)
    if (result === 'done') this.records.set(id, this.record(image, lifetime))
    return result
  }

  removeIf(id: string, expected: Image): ConditionalResult {
    const result = this.compare(id, expected)
    if (result === 'done') this.records.delete(id)
    return result
  }

  touch(id: string, lifetime: number | undefined): boolean | Promise<boolean> {
    const record = this.records.get(id)
    if (record) record.expires = this.expiry(lifetime)
    return record !== undefined
  }

  purge(now: number): number {
    const expired = [...this.records].filter(([, { expires }]) => expires !== undefined && expires < now)
    for (const [id] of expired) this.records.delete(id)
    return expired.length
  }

  protected compare(id: string, expected: Image): ConditionalResult {
    const record = this.records.get(id)
    if (!record) return 'absent'
    return this.equal(record.image, expected) ? 'done' : 'changed'
  }

  protected equal(one: Image, other: Image): boolean {
    return Buffer.compare(one, other) === 0
  }
}

const locks = new Set<string>()

/** One with locks of its own. */
export class LockingMapDriver extends MapDriver {
  tryLock(id: string): DriverLock | undefined {
    const name = this.lockName(id)
    if (locks.has(name)) return undefined
    locks.add(name)
    return { renew: () => true, release: () => void locks.delete(name) }
  }

  protected lockName(id: string): string {
    return `${this.context.storage} ${id}`
  }

  protected isLocked(id: string): boolean {
    return locks.has(this.lockName(id))
  }
}
