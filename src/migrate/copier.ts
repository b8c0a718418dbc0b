import type { Image, StoredImage } from '../contracts/driver.ts'
import { DamagedRecordError, FreezeError, InvalidIdError, StorageError } from '../errors.ts'
import { dropParameterDeadlines, expiresAt, isExpired } from '../record.ts'
import type { MigrationProblem, Settings } from './options.ts'
import { Quarantine } from './quarantine.ts'
import { haveSameFormat } from './same-format.ts'
import type { Sides } from './sides.ts'
import { type Found, Source } from './source.ts'
import type { Fate, Tally } from './summary.ts'
import { type Draft, Target } from './target.ts'
import { translate } from './translate.ts'

/** What the target has of a record. */
export interface Copy {
  readonly image: Image
  /** The last second of the session, if it has one. */
  readonly end: number | undefined
}

/** Copies single records, and counts what becomes of them. */
export class Copier {
  readonly source: Source
  readonly target: Target
  /** In seconds since 1970, by the target's clock. */
  readonly now: () => number
  readonly #quarantine: Quarantine | undefined
  readonly #isSameFormat: boolean
  /** Records that could not be read: nothing is said of them twice. */
  readonly #unreadable = new Set<string>()

  constructor(
    private readonly sides: Sides,
    private readonly settings: Settings,
    private readonly tally: Tally,
  ) {
    const { quarantine, dryRun } = settings
    this.source = new Source(sides.from.records)
    this.target = new Target(sides.to, sides.clock, settings)
    this.now = () => sides.to.now()
    this.#quarantine = quarantine === undefined || dryRun ? undefined : new Quarantine(quarantine)
    this.#isSameFormat = haveSameFormat(sides.from, sides.to)
  }

  /** What the source has under an id; undefined when that is nothing, or cannot be read, which has been seen to. */
  async find(id: string): Promise<StoredImage | undefined> {
    const stored = await this.source.retrieve(id)
    if (stored === undefined) this.tally.vanished++
    if (!(stored instanceof Error)) return stored
    if (this.#unreadable.has(id)) return undefined
    this.#unreadable.add(id)
    this.tally.read++
    this.#count('quarantined', [])
    this.#refuse(id, stored, undefined)
    return undefined
  }

  /**
   * Brings a record to the target.
   *
   * @param isOurs whether these are the bytes that were written to the target before
   * @returns what the target has of it now; undefined when that is nothing, or somebody else's
   */
  async copy(id: string, stored: StoredImage, isOurs: (image: Image) => boolean): Promise<Copy | undefined> {
    // Here, and not with what becomes of it: so that the sum says whether something has.
    this.tally.read++
    try {
      return await this.#copy(id, stored, isOurs)
    } catch (error) {
      if (!(await this.#isOfThisRecord(id, error))) throw error
      this.#count('quarantined', [])
      this.#refuse(id, error as Error, stored.image)
      return undefined
    }
  }

  async #copy(id: string, stored: StoredImage, isOurs: (image: Image) => boolean): Promise<Copy | undefined> {
    const { from, to } = this.sides
    to.records.checkId(id)
    const found = await this.source.read(id, stored)
    if (found === 'empty') return this.#count('empty', [])
    if (found === 'vanished') {
      this.tally.read--
      this.tally.vanished++
      return undefined
    }
    if (this.settings.skipExpired && isExpired(found.record, from.now())) return this.#count('expired', [])
    const { draft, dropped } = this.#draft(found)
    const fate = await this.target.put(draft, isOurs)
    this.#count(fate, dropped)
    if (this.settings.verify && !this.settings.dryRun && fate !== 'differing') await this.#verify(draft)
    return fate === 'differing' ? undefined : { image: draft.image, end: expiresAt(draft.record) }
  }

  /** @throws FreezeError */
  #draft({ record, image, isTouched }: Found): { draft: Draft; dropped: readonly string[] } {
    const { from, to } = this.sides
    const isSame = this.#isSameFormat && !isTouched
    const { record: made, dropped } = isSame
      ? { record, dropped: [] }
      : translate(record, from.records, to.records)
    if (!to.keepsParameterDeadlines) dropParameterDeadlines(made)
    return { draft: { record: made, image: isSame ? image : to.records.freeze(made) }, dropped }
  }

  async #verify({ record }: Draft): Promise<void> {
    const differing = await this.target.check(record)
    if (differing.length === 0) {
      this.tally.verified++
      return
    }
    this.tally.different++
    this.#report({ id: record.id, kind: 'different', reason: differing.join(', ') })
  }

  /** Whether an error says something about one record only, so that the others can be copied all the same. */
  async #isOfThisRecord(id: string, error: unknown): Promise<boolean> {
    if ([DamagedRecordError, FreezeError, InvalidIdError].some((kind) => error instanceof kind)) return true
    // Without a cause it is no failure: the driver refuses this record, such as for being too long.
    if (!(error instanceof StorageError) || error.cause !== undefined) return false
    await this.sides.to.records.retrieve(id)
    return true
  }

  #refuse(id: string, error: Error, image: Image | undefined): void {
    this.#quarantine?.put({ id, error, image })
    this.#report({ id, kind: 'quarantined', reason: error.message })
  }

  #report(problem: MigrationProblem): void {
    this.settings.onProblem?.(problem)
  }

  #count(fate: Fate, dropped: readonly string[]): undefined {
    this.tally.count(fate, dropped)
  }
}
