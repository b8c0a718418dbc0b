import { countRemoved, type OwnedRecords } from './owned-records.ts'
import type { AdmissionRule, OwnerIndex } from './owner-index.ts'

/** Owners in a column of the sessions' own table: the driver finds them, and there is nothing to keep. */
export class ColumnOwners implements OwnerIndex {
  constructor(
    private readonly idsOf: (owner: string) => AsyncIterable<string> | Iterable<string>,
    private readonly owned: OwnedRecords,
  ) {}

  async add(): Promise<void> {}

  async drop(): Promise<void> {}

  async missed(): Promise<void> {}

  /**
   * Whoever stores a session looks at all of them after that, and leaves the newest, or the oldest, alone, by the order
   * of the table: so the last one to look leaves as many as there may be, and nobody removes one of these.
   */
  async admit(owner: string, id: string, { limit, whenFull }: AdmissionRule): Promise<boolean> {
    const all = await this.#list(owner)
    if (all.length <= limit) return true
    const alive = await this.owned.alive(owner, all)
    const ids = all.filter((other) => alive.has(other))
    if (whenFull === 'replace') {
      await this.owned.remove(owner, ids.slice(0, Math.max(0, ids.length - limit)))
      return true
    }
    if (ids.indexOf(id) < limit) return true
    await this.owned.remove(owner, [id])
    return false
  }

  async removeAll(owner: string, except: ReadonlySet<string>): Promise<number> {
    const ids = (await this.#list(owner)).filter((id) => !except.has(id))
    return countRemoved(await this.owned.remove(owner, ids))
  }

  async *ids(owner: string): AsyncGenerator<string, void, undefined> {
    yield* this.idsOf(owner)
  }

  async #list(owner: string): Promise<string[]> {
    const ids: string[] = []
    for await (const id of this.idsOf(owner)) ids.push(id)
    return ids
  }
}
