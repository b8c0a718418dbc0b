import type { Image, StoredImage } from '../contracts/driver.ts'
import { DamagedRecordError, StorageError } from '../errors.ts'
import { dropParameterDeadlines, expiresAt, isExpired, type SessionRecord } from '../record.ts'
import { differences } from './differences.ts'
import type { HeldClock } from './held-clock.ts'
import type { Settings } from './options.ts'
import type { Side } from './sides.ts'

/** What is to be written: a record, and its bytes. */
export interface Draft {
  readonly record: SessionRecord
  readonly image: Image
}

export type Written = 'created' | 'replaced' | 'identical' | 'differing'

/** Each attempt that fails means that somebody else has just written the same record. */
const attempts = 100

/** Writes records, where that loses nothing. */
export class Target {
  constructor(
    private readonly side: Side,
    private readonly clock: HeldClock,
    private readonly settings: Pick<Settings, 'dryRun' | 'verify' | 'overwriteOlder'>,
  ) {}

  /**
   * Puts a record there if there is none. One that is there is replaced if it is older and may be: because older ones
   * may be, or because it is still as it was copied.
   *
   * @param isOurs whether these are the bytes that were written there before
   */
  async put({ record, image }: Draft, isOurs: (image: Image) => boolean): Promise<Written> {
    const { records, owners } = this.side
    const { id } = record
    // Before the record, as whenever a session is stored.
    if (!this.settings.dryRun) await owners.list(record)
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (!this.settings.dryRun && (await this.#write(record, (end) => records.create(id, image, end)))) {
        return 'created'
      }
      const there = await records.retrieve(id)
      if (there) {
        const comparison = this.#compare(record, image, there, isOurs)
        if (comparison !== 'replaced') return comparison
      }
      if (this.settings.dryRun) return there ? 'replaced' : 'created'
      if (!there) continue
      const result = await this.#write(record, (end) => records.replace(id, there.image, image, end))
      if (result === 'done') return 'replaced'
    }
    return 'differing'
  }

  /** What the target has of a record otherwise than it should, in words. */
  async check(record: SessionRecord): Promise<string[]> {
    const there = await this.side.records.retrieve(record.id)
    // A driver may drop what has expired.
    if (!there) return isExpired(record, this.side.now()) ? [] : ['it is not there']
    try {
      const found = this.#thaw(record.id, there)
      if (!found) return ['it is empty']
      const end = expiresAt(record)
      const isOver = end !== undefined && end <= this.side.now()
      const isEarly = !isOver && there.expires !== undefined && there.expires < (end ?? Infinity)
      return [...differences(record, found), ...(isEarly ? ['time of expiry'] : [])]
    } catch (error) {
      if (error instanceof DamagedRecordError) return [error.message]
      throw error
    }
  }

  /**
   * Takes a record away that the source has removed, if it still is as it was copied, has not been used here since,
   * and has not simply expired: then its own time has come, here too.
   */
  async remove(id: string, isOurs: (image: Image) => boolean): Promise<boolean> {
    const { records } = this.side
    const there = await records.retrieve(id)
    if (!there || !isOurs(there.image)) return false
    const record = this.#thaw(id, there)
    if (!record || isExpired(record, this.side.now()) || records.heedTouch(record, there.expires))
      return false
    return (await records.removeIf(id, there.image)) === 'done'
  }

  /** What to do about a record that is there: 'replaced' if it is to be. */
  #compare(
    record: SessionRecord,
    image: Image,
    there: StoredImage,
    isOurs: (image: Image) => boolean,
  ): Exclude<Written, 'created'> {
    if (Buffer.compare(there.image, image) === 0) return 'identical'
    const found = this.#thawTheirs(record.id, there)
    // An empty one counts as none.
    if (!found) return 'replaced'
    if (differences(record, found).length === 0) return 'identical'
    this.side.records.heedTouch(found, there.expires)
    const mayReplace =
      (this.settings.overwriteOlder === true && found.atime < record.atime) ||
      (isOurs(there.image) && found.atime <= record.atime)
    return mayReplace ? 'replaced' : 'differing'
  }

  #thawTheirs(id: string, there: StoredImage): SessionRecord | undefined {
    try {
      return this.#thaw(id, there)
    } catch (error) {
      if (!(error instanceof DamagedRecordError)) throw error
      throw new StorageError(`The target has a damaged record under this id, which stays: ${error.message}`)
    }
  }

  /** As the image says. */
  #thaw(id: string, { image }: StoredImage): SessionRecord | undefined {
    const record = this.side.records.thaw(id, { image })
    if (record && !this.side.keepsParameterDeadlines) dropParameterDeadlines(record)
    return record
  }

  #write<T>(record: SessionRecord, write: (lifetime: number | undefined) => T): T {
    return this.clock.hold(() => {
      const end = expiresAt(record)
      return write(end === undefined ? undefined : end - this.side.now())
    })
  }
}
