/** What became of one record of the source. */
export type Fate = 'created' | 'replaced' | 'identical' | 'differing' | 'expired' | 'empty' | 'quarantined'

/** What became of all of them. `read = written + present + skipped + quarantined`. */
export interface MigrationSummary {
  /** Records that were looked at. */
  readonly read: number
  readonly written: number
  /** Of those written: how many took the place of an older record. */
  readonly replaced: number
  /** Records of which the target has one already. */
  readonly present: number
  /** Of those present: how many are another record than the source's, and were left as they are. */
  readonly differing: number
  readonly skipped: number
  /** Of those skipped: sessions that have expired. */
  readonly expired: number
  /** Of those skipped: records without a byte, which are no sessions. */
  readonly empty: number
  readonly quarantined: number
  /** Listed, and gone before they could be read. They are not among those read. */
  readonly vanished: number
  /** Removed from the target, because the source removed them. Only with `follow`. */
  readonly removed: number
  /** Records that came back from the target as they should. Only with `verify`. */
  readonly verified: number
  /** Records that did not. */
  readonly different: number
  /** What the target's layout has no place for, and in how many records it was left out. */
  readonly dropped: Readonly<Record<string, number>>
  readonly dryRun: boolean
  /** Whether all was done. Not when it was stopped, except for `follow`, which has no other end. */
  readonly complete: boolean
  readonly seconds: number
}

/** Whether something has become of each record that was read. */
export function addsUp({ read, written, present, skipped, quarantined }: MigrationSummary): boolean {
  return read === written + present + skipped + quarantined
}

/** Names that a record may have dropped are its own, so that there could be any number of them. */
const mostNames = 100
const furtherNames = 'further names'

/** Counts. */
export class Tally {
  readonly #start = performance.now()
  readonly #fates: Record<Fate, number> = {
    created: 0,
    replaced: 0,
    identical: 0,
    differing: 0,
    expired: 0,
    empty: 0,
    quarantined: 0,
  }
  readonly #dropped = new Map<string, number>()
  read = 0
  vanished = 0
  removed = 0
  verified = 0
  different = 0

  count(fate: Fate, dropped: readonly string[]): void {
    this.#fates[fate]++
    for (const name of dropped) {
      const known = this.#dropped.has(name) || this.#dropped.size < mostNames ? name : furtherNames
      this.#dropped.set(known, (this.#dropped.get(known) ?? 0) + 1)
    }
  }

  /** Listed records that are settled, one way or the other. */
  get done(): number {
    return this.read + this.vanished
  }

  get written(): number {
    return this.#fates.created + this.#fates.replaced
  }

  summary(dryRun: boolean, complete: boolean): MigrationSummary {
    const { replaced, identical, differing, expired, empty, quarantined } = this.#fates
    const { read, written, vanished, removed, verified, different } = this
    return {
      read,
      written,
      replaced,
      present: identical + differing,
      differing,
      skipped: expired + empty,
      expired,
      empty,
      quarantined,
      vanished,
      removed,
      verified,
      different,
      dropped: Object.fromEntries(this.#dropped),
      dryRun,
      complete,
      seconds: (performance.now() - this.#start) / 1000,
    }
  }
}
