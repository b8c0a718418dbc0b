import type { SessionRecord } from '../record.ts'
import type { Hash } from './serializer.ts'

/** How a record lies in its hash: two pure functions, and what goes with them. */
export interface Layout {
  /** Whether every parameter lies at the top of the hash, under its own name. */
  readonly hasParamsOnTop?: boolean

  /** Whether other programs that use this layout give sessions owners. */
  readonly hasForeignOwners?: boolean

  /** Names that parameters cannot have, as the layout needs them. Left out: all that start with an underscore. */
  isReserved?(name: string): boolean

  /** A record of this layout, with nothing in it. Left out: one with times of access and creation. */
  newRecord?(id: string, now: number): SessionRecord

  /** The record in this hash. What the layout does not know goes into `extra` and comes back unchanged. */
  read(hash: Hash, id: string): SessionRecord

  /** The hash of this record. */
  write(record: SessionRecord): Hash
}
