import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { StoredImage } from '../contracts/driver.ts'
import { DamagedRecordError, LockTimeoutError, StorageError } from '../errors.ts'
import type { RecordStore } from '../record-store.ts'
import type { SessionRecord } from '../record.ts'

/** A record of the source. */
export interface Found {
  readonly image: Uint8Array
  readonly record: SessionRecord
  /** Its last access was later than the image says. */
  readonly isTouched: boolean
}

/** Milliseconds in which a writer without regard for readers, such as a Perl program, has put back what it cut off. */
const unfinished = 20

/** Reads records, and nothing else. */
export class Source {
  constructor(readonly records: RecordStore) {}

  ids(): AsyncIterable<string> | Iterable<string> {
    return this.records.ids()
  }

  /**
   * The bytes of a record; the error when they cannot be read although the store can be.
   *
   * @throws StorageError when the store cannot be read
   */
  async retrieve(id: string): Promise<StoredImage | Error | undefined> {
    try {
      return await this.records.retrieve(id)
    } catch (error) {
      if (!(error instanceof StorageError || error instanceof LockTimeoutError)) throw error
      // Somebody else's file is no reason to stop; a server that is gone is.
      await this.records.retrieve(randomUUID())
      return error
    }
  }

  /**
   * What the bytes mean. What makes no sense is read once more: it may be on its way, or gone.
   *
   * @throws DamagedRecordError
   */
  async read(id: string, stored: StoredImage): Promise<Found | 'empty' | 'vanished'> {
    const first = this.#tryToRead(id, stored)
    if (typeof first === 'object' && !(first instanceof Error)) return first
    await delay(unfinished)
    const again = await this.retrieve(id)
    if (again === undefined) return 'vanished'
    const found = again instanceof Error ? first : this.#tryToRead(id, again)
    if (found instanceof Error) throw found
    return found
  }

  #tryToRead(id: string, { image, expires }: StoredImage): Found | 'empty' | DamagedRecordError {
    try {
      const record = this.records.thaw(id, { image })
      return record ? { image, record, isTouched: this.records.heedTouch(record, expires) } : 'empty'
    } catch (error) {
      if (error instanceof DamagedRecordError) return error
      throw error
    }
  }
}
