import { examine, type Finding } from '../examine.ts'
import { inTurns } from '../in-turns.ts'
import type { RecordStore } from '../record-store.ts'

/** Why a session that was to be removed was not. */
export type Removal = 'removed' | 'absent' | 'not theirs'

export function countRemoved(removals: ReadonlyMap<string, Removal>): number {
  return [...removals.values()].filter((removal) => removal === 'removed').length
}

/** The records of sessions that have owners. */
export class OwnedRecords {
  constructor(
    private readonly records: RecordStore,
    private readonly now: () => number,
  ) {}

  /** Those of these sessions that are this owner's and have not expired. */
  async alive(owner: string, ids: readonly string[]): Promise<Set<string>> {
    const found = await inTurns(ids, (id) => this.#find(id))
    return new Set(
      ids.filter((_, at) => {
        const finding = found[at]!
        return finding.state === 'alive' && finding.record.owner === owner
      }),
    )
  }

  /** Removes sessions, as long as they are this owner's. */
  async remove(owner: string, ids: readonly string[]): Promise<Map<string, Removal>> {
    const removals = await inTurns(ids, (id) => this.#remove(owner, id))
    return new Map(ids.map((id, at) => [id, removals[at]!]))
  }

  async #remove(owner: string, id: string): Promise<Removal> {
    for (;;) {
      const found = await this.#find(id)
      if (found.state === 'absent') return 'absent'
      // Whose a damaged record is cannot be told.
      if (!('record' in found) || found.record.owner !== owner) return 'not theirs'
      const result = await this.records.removeIf(id, found.image)
      if (result !== 'changed') return result === 'done' ? 'removed' : 'absent'
    }
  }

  /** @throws StorageError, LockTimeoutError: what is not to be had now may be theirs all the same */
  async #find(id: string): Promise<Exclude<Finding, { state: 'unreadable' }>> {
    const found = await examine({ records: this.records, rules: { now: this.now } }, id)
    if (found.state === 'unreadable') throw found.error
    return found
  }
}
