import type { SessionRecord } from '../record.ts'
import type { Hash } from './serializer.ts'

/** How a record lies in its hash: two pure functions. */
export interface Layout {
  /** Whether every parameter lies at the top of the hash, under its own name. */
  readonly hasParamsOnTop?: boolean

  /** The record in this hash. What the layout does not know goes into `extra` and comes back unchanged. */
  read(hash: Hash, id: string): SessionRecord

  /** The hash of this record. */
  write(record: SessionRecord): Hash
}
