import type { Image } from '../contracts/driver.ts'
import type { Clock } from '../contracts/services.ts'

/** One record: its place in the order of use is between `older` and `newer`. */
export interface PooledImage {
  readonly id: string
  /** How many records the pool had made before this one. */
  readonly serial: number
  image: Buffer
  expires: number | undefined
  older: PooledImage | undefined
  newer: PooledImage | undefined
}

/** Milliseconds between two looks for what has expired. */
const SWEEP_INTERVAL = 60_000

/**
 * The records of all memory stores of one name: found by id, listed in the order in which they were made, dropped
 * in the order in which they were last used.
 */
export class ImagePool {
  /** The bytes of all images. */
  bytes = 0
  private readonly records = new Map<string, PooledImage>()
  private made = 0
  private oldest: PooledImage | undefined
  private newest: PooledImage | undefined
  /** No record expires before this second, so that nobody need look for one until then. */
  private soonest = Infinity
  private timer: NodeJS.Timeout | undefined

  get size(): number {
    return this.records.size
  }

  /** Finding a record counts as using it. */
  find(id: string): PooledImage | undefined {
    const record = this.records.get(id)
    if (record !== undefined && record !== this.newest) {
      this.unlink(record)
      this.link(record)
    }
    return record
  }

  add(id: string, image: Image): PooledImage {
    const record: PooledImage = {
      id,
      serial: this.made,
      image: copyOf(image),
      expires: undefined,
      older: undefined,
      newer: undefined,
    }
    this.made += 1
    this.bytes += image.length
    this.records.set(id, record)
    this.link(record)
    return record
  }

  overwrite(record: PooledImage, image: Image): void {
    this.bytes += image.length - record.image.length
    if (image.length === record.image.length) record.image.set(image)
    else record.image = copyOf(image)
  }

  setExpiry(record: PooledImage, expires: number | undefined, clock: Clock): void {
    record.expires = expires
    if (expires === undefined) return
    if (expires < this.soonest) this.soonest = expires
    this.timer ??= setInterval(() => this.sweep(Math.floor(clock() / 1000)), SWEEP_INTERVAL).unref()
  }

  delete(record: PooledImage): void {
    this.records.delete(record.id)
    this.unlink(record)
    this.bytes -= record.image.length
  }

  /** Drops what expires before `now`; answers how many those were. */
  sweep(now: number): number {
    if (this.soonest >= now && this.size > 0) return 0
    const before = this.records.size
    let soonest = Infinity
    for (const record of this.records.values()) {
      if (record.expires === undefined || record.expires > soonest) continue
      if (record.expires < now) this.delete(record)
      else soonest = record.expires
    }
    this.soonest = soonest
    if (soonest === Infinity) {
      clearInterval(this.timer)
      this.timer = undefined
    }
    return before - this.records.size
  }

  /** Drops what has expired if there is too much, and then what was not used for longest. */
  shrink(maxSessions: number, maxBytes: number, clock: Clock): void {
    if (this.size <= maxSessions && this.bytes <= maxBytes) return
    this.sweep(Math.floor(clock() / 1000))
    while (this.oldest !== undefined && (this.size > maxSessions || this.bytes > maxBytes)) {
      this.delete(this.oldest)
    }
  }

  /** Ends before what is made after it began, also under an id that was listed and removed meanwhile. */
  *ids(expiredBefore: number): Generator<string, void, undefined> {
    const { made } = this
    for (const { id, serial, expires } of this.records.values()) {
      if (serial >= made) return
      if (expiredBefore === Infinity || (expires !== undefined && expires < expiredBefore)) yield id
    }
  }

  private link(record: PooledImage): void {
    record.older = this.newest
    record.newer = undefined
    if (this.newest === undefined) this.oldest = record
    else this.newest.newer = record
    this.newest = record
  }

  private unlink({ older, newer }: PooledImage): void {
    if (older === undefined) this.oldest = newer
    else older.newer = newer
    if (newer === undefined) this.newest = older
    else newer.older = older
  }
}

/** Memory of its own: a slice of node's shared pool would keep all of that alive. */
function copyOf(image: Image): Buffer {
  const copy = Buffer.allocUnsafeSlow(image.length)
  copy.set(image)
  return copy
}

const pools = new Map<string, { readonly pool: ImagePool; users: number }>()

export function joinPool(name: string): ImagePool {
  const entry = pools.get(name) ?? { pool: new ImagePool(), users: 0 }
  entry.users += 1
  pools.set(name, entry)
  return entry.pool
}

/** The records stay for whoever joins next; only an empty pool is forgotten. */
export function leavePool(name: string): void {
  const entry = pools.get(name)
  if (entry === undefined) return
  entry.users -= 1
  if (entry.users === 0 && entry.pool.size === 0) pools.delete(name)
}
