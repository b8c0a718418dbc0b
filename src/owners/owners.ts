import type { Awaitable } from '../contracts/awaitable.ts'
import type { Logger } from '../contracts/services.ts'
import { InvalidOptionError } from '../errors.ts'
import type { SessionRecord } from '../record.ts'
import type { RecordStore } from '../record-store.ts'
import type { SessionState } from '../session-state.ts'
import { Turns } from '../turns.ts'
import { checkOwner } from './check-owner.ts'
import { ColumnOwners } from './column-owners.ts'
import { listedUntil } from './listed-until.ts'
import { ListedOwners } from './listed-owners.ts'
import { OwnedRecords } from './owned-records.ts'
import type { AdmissionRule, OwnerIndex } from './owner-index.ts'
import { ScannedOwners } from './scanned-owners.ts'

/** The owners of a store's sessions, kept in step with the sessions as these are stored and removed. */
export class Owners {
  readonly #index: OwnerIndex
  /** Whoever asks for a place here waits for the others here: they would be in each other's way. */
  readonly #admissions = new Turns()

  constructor(
    records: RecordStore,
    now: () => number,
    private readonly logger: Logger,
  ) {
    this.#index = indexFor(records, now)
  }

  /** Before a session is stored: whoever looks for its owner's sessions will find it. */
  prepare(state: SessionState): Awaitable<void> {
    const { owner, id } = state.record
    if (owner === undefined) return
    const until = listedUntil(state.record)
    if (owner === state.storedOwner && until <= state.listedUntil) return
    return this.#index.add(owner, id, state.seeksAdmission ? 'new' : 'live', until)
  }

  /** Before a record is stored that is no open session's. */
  list(record: SessionRecord): Awaitable<void> {
    const { owner, id } = record
    if (owner !== undefined) return this.#index.add(owner, id, 'live', listedUntil(record))
  }

  /** A session is not this owner's any more, or is gone. */
  async forget(owner: string, id: string): Promise<void> {
    try {
      await this.#index.drop(owner, [id])
    } catch (error) {
      // That session is not found there anyway.
      this.logger.warn(`The sessions of ${JSON.stringify(owner)}: ${String(error)}`)
    }
  }

  /** Gives a session that is stored its place. Answers whether it got one; if not, it is removed. */
  async admit(record: SessionRecord, rule: AdmissionRule): Promise<boolean> {
    const { owner, id } = record
    if (owner === undefined || rule.limit === Infinity) return true
    const until = listedUntil(record)
    return this.#admissions.take(owner, () => this.#index.admit(owner, id, rule, until))
  }

  /** @throws InvalidOptionError */
  async removeAll(owner: string, except: ReadonlySet<string>): Promise<number> {
    return this.#index.removeAll(mustBeOne(owner), except)
  }

  /**
   * What `find` gives for each of an owner's sessions, the oldest first; `undefined` says that there is none.
   *
   * @throws InvalidOptionError
   */
  async *sessionsOf<T>(owner: string, find: (id: string) => Promise<T | undefined>): AsyncGenerator<T> {
    const missed: string[] = []
    for await (const id of this.#index.ids(mustBeOne(owner))) {
      const session = await find(id)
      if (session === undefined) missed.push(id)
      else yield session
    }
    if (missed.length > 0) await this.#index.missed(owner, missed)
  }
}

function indexFor(records: RecordStore, now: () => number): OwnerIndex {
  const owned = new OwnedRecords(records, now)
  if (records.idsOf) return new ColumnOwners(records.idsOf, owned)
  const lists = new ListedOwners(records, owned, now)
  return records.hasForeignOwners ? new ScannedOwners(lists, records, owned) : lists
}

function mustBeOne(owner: string): string {
  const checked = checkOwner(owner)
  if (checked === undefined) throw new InvalidOptionError('The owner of sessions must be named')
  return checked
}
