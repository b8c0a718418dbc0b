import type { Image } from '../contracts/driver.ts'
import { StorageError } from '../errors.ts'
import type { Database, Key } from './client.ts'
import { indexKey, minuteLength, placeOf } from './index-keys.ts'

/** A record as it was at a moment. */
export interface StoredRecord {
  readonly image: Image
  /** Whole seconds since 1970; or `NEVER`, or `UNKNOWN`. */
  readonly expires: number
  /** No other state of any record has this number. */
  readonly version: number
}

/** In front of the image: the time of expiry, as a whole number, the highest byte first. */
const prefix = 8

/**
 * Sessions by their ids, and the index of their expiry. Each write is for a record that was read, and is only made if
 * the record is still the same when LMDB makes it: with the write lock held by a thread that waits for nothing.
 */
export class Records {
  /** @param isForeign whether the user has opened the file, in a way that may leave promises to nobody */
  constructor(
    private readonly sessions: Database,
    private readonly index: Database,
    private readonly isForeign: boolean,
  ) {}

  /** The record in the newest commit. */
  find(key: Key): StoredRecord | undefined {
    this.sessions.resetReadTxn()
    const entry = this.sessions.getEntry(key)
    if (!entry) return undefined
    const { value, version = 0 } = entry
    if (value.length < prefix) {
      throw new StorageError(`LMDB has a value that is no session, under ${JSON.stringify(String(key))}`)
    }
    return { image: value.subarray(prefix), expires: readTime(value), version }
  }

  /** In their order, those after the key `after`. */
  keys(after: Key | undefined, limit: number): Iterable<Buffer> {
    this.sessions.resetReadTxn()
    return this.sessions.getKeys({ start: after, exclusiveStart: after !== undefined, limit })
  }

  /** The keys of the index, in their order: from those that expire first on, up to `end`. */
  indexKeys(after: Key | undefined, end: Key | undefined, limit: number): Iterable<Buffer> {
    this.index.resetReadTxn()
    return this.index.getKeys({ start: after, exclusiveStart: after !== undefined, end, limit })
  }

  /** How long the key of a session can be, in bytes. */
  get longestKey(): number {
    return this.index.maxKeySize - minuteLength
  }

  /** Processes that were killed while they read keep pages from being used again. */
  forgetDeadReaders(): void {
    this.sessions.readerCheck()
  }

  add(key: Key, image: Image, expires: number): Promise<boolean> {
    const write = this.sessions.ifNoExists(key, () => {
      this.#put(key, image, expires)
      this.#move(key, undefined, placeOf(expires))
    })
    return this.#claimed(write)
  }

  change(key: Key, record: StoredRecord, image: Image, expires: number): Promise<boolean> {
    const write = this.sessions.ifVersion(key, record.version, () => {
      this.#put(key, image, expires)
      this.#move(key, placeOf(record.expires), placeOf(expires))
    })
    return this.#claimed(write)
  }

  remove(key: Key, record: StoredRecord): Promise<boolean> {
    const write = this.sessions.ifVersion(key, record.version, () => {
      void this.sessions.remove(key)
      this.#move(key, placeOf(record.expires), undefined)
    })
    return this.#claimed(write)
  }

  /**
   * With event turn batching, which the package does by default, it makes a promise for all that one turn of the event
   * loop writes. If the commit fails and nobody has that promise, the process ends; so take it, once it is there.
   */
  #claimed(write: Promise<boolean>): Promise<boolean> {
    if (this.isForeign) setImmediate(() => void this.sessions.committed.then(ignore, ignore))
    return write
  }

  #put(key: Key, image: Image, expires: number): void {
    const value = Buffer.allocUnsafe(prefix + image.length)
    writeTime(value, expires)
    value.set(image, prefix)
    void this.sessions.put(key, value, Math.random())
  }

  /** Most changes leave a record where it is in the index. */
  #move(key: Key, from: number | undefined, to: number | undefined): void {
    if (from === to) return
    if (from !== undefined) void this.index.remove(indexKey(from, key))
    if (to !== undefined) void this.index.put(indexKey(to, key), nothing)
  }
}

const nothing = new Uint8Array(0)

function ignore(): void {}

function readTime(value: Buffer): number {
  return value.readUInt32BE(0) * 2 ** 32 + value.readUInt32BE(4)
}

function writeTime(value: Buffer, time: number): void {
  value.writeUInt32BE(Math.floor(time / 2 ** 32), 0)
  value.writeUInt32BE(time % 2 ** 32, 4)
}
