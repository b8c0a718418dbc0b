import { setTimeout as pause } from 'node:timers/promises'
import type { Image } from '../contracts/driver.ts'
import { StorageError } from '../errors.ts'
import { hiddenId } from '../hidden-ids.ts'
import type { RecordStore } from '../record-store.ts'
import { Turns } from '../turns.ts'
import { countRemoved, type OwnedRecords } from './owned-records.ts'
import type { AdmissionRule, OwnerIndex } from './owner-index.ts'
import {
  admitted,
  doomed,
  emptyList,
  formatEntries,
  isFresh,
  listed,
  type OwnerList,
  parseEntries,
  rivals,
  spared,
  without,
} from './owner-list.ts'

/** The parameter of the record that holds the list. */
const SESSIONS = 'sessions'

/** Each attempt that fails means that somebody else's got through, so this many are no contention but a fault. */
const ATTEMPTS = 1000

/** A list as it was found, with the bytes that it was found in. */
interface Found {
  readonly list: OwnerList
  readonly image: Image | undefined
}

/**
 * For each owner a record of the store that lists the sessions. A session is put on the list before it is stored, and
 * taken off when it is gone. Whoever makes others go dooms them on the list first, so that the next one finishes what a
 * crash has left. The record is one like a session's, so that other programs that list the store meet nothing strange.
 */
export class ListedOwners implements OwnerIndex {
  readonly #turns = new Turns()

  constructor(
    private readonly records: RecordStore,
    private readonly owned: OwnedRecords,
    private readonly now: () => number,
  ) {}

  async add(owner: string, id: string, standing: 'new' | 'live', until: number): Promise<void> {
    await this.#change(owner, (list) => listed(list, id, standing, until, this.now()))
  }

  async drop(owner: string, ids: readonly string[]): Promise<void> {
    const gone = new Set(ids)
    await this.#change(owner, (list) => without(list, gone))
  }

  async missed(owner: string, ids: readonly string[]): Promise<void> {
    await this.#change(owner, (list) => {
      const gone = list.entries.filter((entry) => ids.includes(entry.id) && !isFresh(entry, this.now()))
      return without(list, new Set(gone.map(({ id }) => id)))
    })
  }

  async admit(
    owner: string,
    id: string,
    { limit, whenFull }: AdmissionRule,
    until: number,
  ): Promise<boolean> {
    const place = (list: OwnerList, absent?: ReadonlySet<string>): OwnerList =>
      // The list may have been lost, and the session with it.
      admitted(listed(list, id, 'new', until, this.now()), id, limit, this.now(), absent)
    if (limit === 1 && whenFull === 'replace') {
      // It does not matter which of the others are alive.
      await this.#finish(await this.#change(owner, (list) => place(list)))
      return true
    }
    for (;;) {
      const { list } = await this.#read(owner)
      const others = rivals(list, id, this.now())
      const ids = others.map((entry) => entry.id)
      const alive = ids.length >= limit ? await this.owned.alive(owner, ids) : new Set(ids)
      if (whenFull === 'refuse' && alive.size >= limit) {
        await this.#remove(owner, [id])
        return false
      }
      const absent = others.filter((entry) => !alive.has(entry.id))
      const absentIds = new Set(absent.map(({ id }) => id))
      const dead = new Set(absent.filter((entry) => !isFresh(entry, this.now())).map(({ id }) => id))
      const counted = new Set(ids)
      let isStillSo = true
      const changed = await this.#change(owner, (current) => {
        isStillSo =
          whenFull === 'replace' || rivals(current, id, this.now()).every((entry) => counted.has(entry.id))
        return isStillSo ? place(without(current, dead), absentIds) : current
      })
      if (!isStillSo) continue
      await this.#finish(changed)
      return true
    }
  }

  async removeAll(owner: string, except: ReadonlySet<string>): Promise<number> {
    return this.#finish(await this.#change(owner, (list) => doomed(list, except)))
  }

  async *ids(owner: string): AsyncGenerator<string, void, undefined> {
    const { list } = await this.#read(owner)
    await this.#finish(list)
    for (const { id, standing } of list.entries) if (standing !== 'doomed') yield id
  }

  /** Puts sessions that somebody else has stored on the list, as the oldest. */
  async adopt(owner: string, ids: readonly string[]): Promise<void> {
    await this.#change(owner, (list) => {
      const known = new Set(list.entries.map(({ id }) => id))
      const strange = ids.filter((id) => !known.has(id))
      if (strange.length === 0) return list
      const since = this.now()
      const entries = strange.map((id) => ({ id, since, standing: 'live' as const }))
      return { ...list, entries: [...entries, ...list.entries], until: Infinity }
    })
  }

  async #remove(owner: string, ids: readonly string[]): Promise<void> {
    await this.owned.remove(owner, ids)
    await this.drop(owner, ids)
  }

  /** Removes what is doomed. Answers how many sessions went. */
  async #finish({ owner, entries }: OwnerList): Promise<number> {
    const leaving = entries.filter(({ standing }) => standing === 'doomed')
    if (leaving.length === 0) return 0
    const removals = await this.owned.remove(
      owner,
      leaving.map(({ id }) => id),
    )
    const isComing = (entry: (typeof leaving)[number]): boolean =>
      removals.get(entry.id) === 'absent' && isFresh(entry, this.now())
    const coming = new Set(leaving.filter(isComing).map(({ id }) => id))
    const gone = new Set(leaving.map(({ id }) => id).filter((id) => !coming.has(id)))
    await this.#change(owner, (list) => spared(without(list, gone), coming))
    return countRemoved(removals)
  }

  /** Changes a list, as one step however many do it at once. The function may be called several times. */
  #change(owner: string, change: (list: OwnerList) => OwnerList): Promise<OwnerList> {
    return this.#turns.take(owner, async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const found = await this.#read(owner)
        const list = change(found.list)
        if (list === found.list || (await this.#write(list, found.image))) return list
        await pause(Math.random() * Math.min(attempt, 20))
      }
      throw new StorageError(`The list of the sessions of ${JSON.stringify(owner)} changed at every attempt`)
    })
  }

  async #read(owner: string): Promise<Found> {
    const id = hiddenId('owner', owner)
    const stored = await this.records.retrieve(id)
    const record = stored && this.records.thaw(id, stored)
    if (!record) return { list: emptyList(owner), image: stored?.image }
    const list = parseEntries(record.params.get(SESSIONS))
    if (list.owner !== owner) throw new StorageError(`The lists of two owners have the same id ${id}`)
    return { list: { ...list, until: record.deadline || Infinity }, image: stored.image }
  }

  /** Answers whether nobody else was faster. */
  async #write(list: OwnerList, before: Image | undefined): Promise<boolean> {
    const { records } = this
    const { owner, entries, until } = list
    const id = hiddenId('owner', owner)
    if (entries.length === 0)
      return before === undefined || (await records.removeIf(id, before)) !== 'changed'
    const record = records.newRecord(id, this.now())
    if (until !== Infinity) record.deadline = until
    record.params.set(SESSIONS, formatEntries(list))
    const image = records.freeze(record)
    const lifetime = until === Infinity ? undefined : until - this.now()
    if (before === undefined) return records.create(id, image, lifetime)
    return (await records.replace(id, before, image, lifetime)) === 'done'
  }
}
