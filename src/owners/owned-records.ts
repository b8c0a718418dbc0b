import { DamagedRecordError } from '../errors.ts'
import { inTurns } from '../in-turns.ts'
import { isExpired } from '../record.ts'
import type { RecordStore } from '../record-store.ts'

/** Why a session that was to be removed was not. */
export type Removal = 'removed' | 'absent' | 'not theirs'

/** The records of sessions that have owners. */
export class OwnedRecords {
  constructor(
    private readonly records: RecordStore,
    private readonly now: () => number,
  ) {}

  /** Those of these sessions that are this owner's and have not expired. */
  async alive(owner: string, ids: readonly string[]): Promise<Set<string>> {
    const found = await inTurns(ids, async (id) => {
      const stored = await this.records.retrieve(id)
      const record = stored && this.#thaw(id, stored)
      return record?.owner === owner && !isExpired(record, this.now())
    })
    return new Set(ids.filter((_, at) => found[at]))
  }

  /** Removes sessions, as long as they are this owner's. */
  async remove(owner: string, ids: readonly string[]): Promise<Map<string, Removal>> {
    const removals = await inTurns(ids, (id) => this.#remove(owner, id))
    return new Map(ids.map((id, at) => [id, removals[at]!]))
  }

  async #remove(owner: string, id: string): Promise<Removal> {
    for (;;) {
      const stored = await this.records.retrieve(id)
      if (!stored) return 'absent'
      if (this.#thaw(id, stored)?.owner !== owner) return 'not theirs'
      const result = await this.records.removeIf(id, stored.image)
      if (result !== 'changed') return result === 'done' ? 'removed' : 'absent'
    }
  }

  #thaw(id: string, stored: Parameters<RecordStore['thaw']>[1]): ReturnType<RecordStore['thaw']> {
    try {
      return this.records.thaw(id, stored)
    } catch (error) {
      // Whose it is cannot be told.
      if (error instanceof DamagedRecordError) return undefined
      throw error
    }
  }
}
