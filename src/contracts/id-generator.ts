import type { Awaitable } from './awaitable.ts'

/** Makes ids for new sessions. */
export interface IdGenerator {
  /** The number of characters of an id; for ids of varying length the original's answer. */
  readonly idLength: number

  /**
   * An id as hard to store as this generator can ever make: the longest, with the most awkward characters. The
   * store shows it to the driver when it opens, so that a pair that cannot work is refused then.
   */
  readonly hardestId: string

  /** A new id. Throws `IdGeneratorError` when there is none to be had. */
  generate(): Awaitable<string>
}
