import { setTimeout as delay } from 'node:timers/promises'
import type { Image } from '../contracts/driver.ts'
import { type Fingerprint, imageFingerprint } from '../fingerprint.ts'
import type { Copier } from './copier.ts'
import { inParallel } from './in-parallel.ts'
import type { MigrationPass, Settings } from './options.ts'
import type { Tally } from './summary.ts'

/** What is remembered of a record that was copied. */
interface Copied {
  /** The pass in which the source last had it. */
  pass: number
  source: Fingerprint
  expires: number | undefined
  /** What the target has of ours, if anything. */
  target: Fingerprint | undefined
  /** The last second of the session in the target, if it has one. */
  end: number | undefined
}

/** So many sessions may always vanish from the source between two passes; of more than that, half. */
const fewLost = 10

/** Copies everything, and then, in passes, what changes. */
export class Follower {
  readonly #copied = new Map<string, Copied>()
  #pass = 0

  constructor(
    private readonly copier: Copier,
    private readonly settings: Settings,
    private readonly tally: Tally,
  ) {}

  /** Goes on until the signal is aborted. */
  async follow(rest: () => void): Promise<void> {
    const { signal, pause, onPass } = this.settings
    for (;;) {
      const { written } = this.tally
      const isWhole = await this.#copyChanges(this.#pass === 0 ? rest : () => {})
      // Whatever was not come to yet looks as if it were gone.
      const { removed, withheld } = isWhole ? await this.#removeLost() : NOTHING_LOST
      onPass?.({ pass: this.#pass, written: this.tally.written - written, removed, withheld })
      await delay(pause, undefined, { ...(signal && { signal }) }).catch(() => {})
      if (signal?.aborted) return
    }
  }

  #copyChanges(rest: () => void): Promise<boolean> {
    const { concurrency, signal } = this.settings
    this.#pass++
    return inParallel(this.copier.source.ids(), concurrency, (id) => this.#copyIfChanged(id), rest, signal)
  }

  async #copyIfChanged(id: string): Promise<void> {
    const stored = await this.copier.find(id)
    if (!stored) return
    const before = this.#copied.get(id)
    const source = imageFingerprint(stored.image)
    if (before) {
      before.pass = this.#pass
      if (before.source === source && before.expires === stored.expires) return
    }
    const copy = await this.copier.copy(id, stored, isLike(before?.target))
    this.#copied.set(id, {
      pass: this.#pass,
      source,
      expires: stored.expires,
      target: copy ? imageFingerprint(copy.image) : before?.target,
      end: copy ? copy.end : before?.end,
    })
  }

  /** Removes from the target what the source had before this pass and has no longer. */
  async #removeLost(): Promise<Pick<MigrationPass, 'removed' | 'withheld'>> {
    const now = this.copier.now()
    const lost: [id: string, copied: Copied][] = []
    for (const [id, copied] of this.#copied) {
      if (copied.pass === this.#pass) continue
      // What has expired is no loss: any number of those may go at once.
      if (copied.end !== undefined && copied.end < now) this.#copied.delete(id)
      else lost.push([id, copied])
    }
    const left = this.#copied.size - lost.length
    // Rather is the source itself not there, such as a disk that is no longer mounted.
    if (lost.length > 0 && (left === 0 || lost.length > Math.max(fewLost, left))) {
      return { removed: 0, withheld: lost.length }
    }
    const { removed } = this.tally
    for (const [id, { target }] of lost) {
      // A listing may miss what was written meanwhile.
      if (await this.copier.source.retrieve(id)) continue
      this.#copied.delete(id)
      if (target !== undefined && (await this.copier.target.remove(id, isLike(target)))) this.tally.removed++
    }
    return { removed: this.tally.removed - removed, withheld: 0 }
  }
}

const NOTHING_LOST = { removed: 0, withheld: 0 }

function isLike(fingerprint: Fingerprint | undefined): (image: Image) => boolean {
  return (image) => fingerprint !== undefined && imageFingerprint(image) === fingerprint
}
