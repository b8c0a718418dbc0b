import type { Awaitable } from '../contracts/awaitable.ts'
import type { Image } from '../contracts/driver.ts'
import type { SessionError } from '../errors.ts'

export type Key = Uint8Array

/** Records, while those who write are locked out. */
export interface ReadableRecords {
  get(key: Key): Awaitable<Buffer | undefined>
}

/** Records, while everybody else is locked out. */
export interface WritableRecords {
  get(key: Key): Buffer | undefined
  /** Answers whether it did. */
  put(key: Key, image: Image, onlyIfNew?: boolean): boolean
  /** Answers whether there was one. */
  remove(key: Key): boolean
}

/** Keys in the order of the database, page by page. */
export interface KeyPages {
  /** The next keys, or `undefined` at the end. */
  next(): Promise<Buffer[] | undefined>
}

/** How one gets at the records of a database that others use at the same time. */
export interface Access {
  /**
   * Waits until it is let in, as long as it is `wanted`, does the work, and leaves. When it is not wanted any more the
   * work is not done.
   */
  read(wanted: () => boolean, work: (records: ReadableRecords) => Awaitable<void>): Promise<void>
  /** The same. What the work wrote is there for others, and as safe as was asked for, when this is over. */
  write(wanted: () => boolean, work: (records: WritableRecords) => void): Promise<void>
  /** The same, for going through the keys. With `after` from the first key behind it on. */
  list(wanted: () => boolean, work: (pages: KeyPages) => Promise<void>, after?: Key): Promise<void>
  /** Whether `list` knows what is behind a key that is gone, or else begins at the start. */
  readonly ordered: boolean
  /** What is wrong when a call was not let in within so many milliseconds. */
  tooLate(timeout: number): SessionError
  close(): Promise<void>
}
