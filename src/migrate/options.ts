import { type Duration, parseDuration } from '../duration.ts'
import { InvalidOptionError } from '../errors.ts'

/** What `migrate` may be told. */
export interface MigrateOptions {
  /** How many records are under way at a time. Default 16. */
  readonly concurrency?: number | undefined
  /** Write nothing, neither sessions nor quarantine: only count what would become of each record. Default false. */
  readonly dryRun?: boolean | undefined
  /** Read back each record from the target and compare it with the source's. Default false. */
  readonly verify?: boolean | undefined
  /** Leave out sessions that have expired. Default false. */
  readonly skipExpired?: boolean | undefined
  /**
   * Replace a record of the target that differs from the source's if its last access was earlier. Default false: what
   * the target has stays.
   */
  readonly overwriteOlder?: boolean | undefined
  /** A folder for the records that cannot be migrated; made when it is needed. Default: they are only reported. */
  readonly quarantine?: string | undefined
  /**
   * Go on, in passes, to bring to the target what changes in the source, until `signal` is aborted. Needs memory for
   * each session, some 200 bytes. Default false.
   */
  readonly follow?: boolean | undefined
  /** How long `follow` waits between two passes. Default 2 seconds. */
  readonly interval?: Duration | undefined
  /** Ends the migration after the records that are under way. Beginning again goes on where it ended. */
  readonly signal?: AbortSignal | undefined
  /** Called again and again. The records of the source are counted for this, at the beginning. */
  readonly onProgress?: ((progress: MigrationProgress) => void) | undefined
  /** Called for each record that does not get to the target, or does not come back from there as it should. */
  readonly onProblem?: ((problem: MigrationProblem) => void) | undefined
  /** Called after each pass of `follow`. */
  readonly onPass?: ((pass: MigrationPass) => void) | undefined
}

export interface MigrationProgress {
  /** Records that something has become of. */
  readonly done: number
  /** Records in all, as they were counted at the beginning. */
  readonly total: number
}

export interface MigrationProblem {
  readonly id: string
  /** 'quarantined': it was not written. 'different': verification found something else than it should. */
  readonly kind: 'quarantined' | 'different'
  readonly reason: string
}

export interface MigrationPass {
  /** 1 for the first, which copies all that is there. */
  readonly pass: number
  /** Written in this pass. */
  readonly written: number
  /** Removed from the target in this pass. */
  readonly removed: number
  /** So many have vanished from the source at once that none was removed from the target. */
  readonly withheld: number
}

/** The options with their defaults. */
export interface Settings extends MigrateOptions {
  readonly concurrency: number
  /** In milliseconds. */
  readonly pause: number
}

/** @throws InvalidOptionError */
export function readMigrateOptions(options: MigrateOptions): Settings {
  const { concurrency = 16, interval = 2, follow, dryRun } = options
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new InvalidOptionError(`concurrency must be a whole number from 1 on, not ${String(concurrency)}`)
  }
  const seconds = parseDuration(interval)
  if (seconds < 0) throw new InvalidOptionError(`interval must not be negative: ${interval}`)
  if (follow && dryRun) throw new InvalidOptionError('follow and dryRun do not go together')
  return { ...options, concurrency, pause: seconds * 1000 }
}
