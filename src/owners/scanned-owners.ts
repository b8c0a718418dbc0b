import type { RecordStore } from '../record-store.ts'
import type { ListedOwners } from './listed-owners.ts'
import type { OwnedRecords } from './owned-records.ts'
import type { AdmissionRule, OwnerIndex } from './owner-index.ts'

/**
 * Owners in a store where another program gives sessions owners too, and knows of no lists. Before anything is said of
 * an owner, every record is looked at, as that program does it.
 */
export class ScannedOwners implements OwnerIndex {
  constructor(
    private readonly lists: ListedOwners,
    private readonly records: RecordStore,
    private readonly owned: OwnedRecords,
  ) {}

  add(owner: string, id: string, standing: 'new' | 'live', until: number): Promise<void> {
    return this.lists.add(owner, id, standing, until)
  }

  drop(owner: string, ids: readonly string[]): Promise<void> {
    return this.lists.drop(owner, ids)
  }

  missed(owner: string, ids: readonly string[]): Promise<void> {
    return this.lists.missed(owner, ids)
  }

  async admit(owner: string, id: string, rule: AdmissionRule, until: number): Promise<boolean> {
    await this.#scan(owner)
    return this.lists.admit(owner, id, rule, until)
  }

  async removeAll(owner: string, except: ReadonlySet<string>): Promise<number> {
    await this.#scan(owner)
    return this.lists.removeAll(owner, except)
  }

  async *ids(owner: string): AsyncGenerator<string, void, undefined> {
    await this.#scan(owner)
    yield* this.lists.ids(owner)
  }

  async #scan(owner: string): Promise<void> {
    const found: string[] = []
    let some: string[] = []
    const look = async (): Promise<void> => {
      found.push(...(await this.owned.alive(owner, some)))
      some = []
    }
    for await (const id of this.records.ids()) {
      some.push(id)
      if (some.length === 256) await look()
    }
    await look()
    await this.lists.adopt(owner, found)
  }
}
