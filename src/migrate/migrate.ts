import type { GivenOptions } from '../options.ts'
import { Copier } from './copier.ts'
import { Follower } from './follow.ts'
import { inParallel } from './in-parallel.ts'
import { type MigrateOptions, readMigrateOptions, type Settings } from './options.ts'
import { openSides } from './sides.ts'
import type { Source } from './source.ts'
import { type MigrationSummary, Tally } from './summary.ts'

/**
 * Copies all sessions of a store into another one, with their ids, times and lifetimes. The source is only read.
 *
 * A record that the target has already stays, unless it is older and `overwriteOlder` is set; so a migration that was
 * interrupted, however that was, is simply begun again. What cannot be copied, such as a damaged record, is put into
 * `quarantine`, and the rest is copied.
 *
 * @param from options of the store to read, as for `SessionStore.open`; it must be there
 * @param to options of the store to write
 * @throws InvalidOptionError, TypeStringError, UnknownPluginError, MissingPackageError, MissingStorageError
 * @throws StorageError when one of the stores fails altogether
 */
export async function migrate(
  from: GivenOptions,
  to: GivenOptions,
  options: MigrateOptions = {},
): Promise<MigrationSummary> {
  const settings = readMigrateOptions(options)
  const { dryRun = false, follow, concurrency, signal } = settings
  const sides = await openSides(from, to, dryRun)
  try {
    const tally = new Tally()
    const copier = new Copier(sides, settings, tally)
    const rest = await progressOf(copier.source, settings, tally)
    if (follow) {
      await new Follower(copier, settings, tally).follow(rest)
      return tally.summary(dryRun, true)
    }
    const copy = async (id: string): Promise<void> => {
      const stored = await copier.find(id)
      if (stored) await copier.copy(id, stored, isNobodys)
    }
    const complete = await inParallel(copier.source.ids(), concurrency, copy, rest, signal)
    return tally.summary(dryRun, complete)
  } finally {
    await sides.close()
  }
}

const isNobodys = (): boolean => false

/** What tells `onProgress` how far it is. */
async function progressOf(
  source: Source,
  { onProgress, signal }: Settings,
  tally: Tally,
): Promise<() => void> {
  if (!onProgress) return () => {}
  let total = 0
  for await (const _ of source.ids()) {
    if (signal?.aborted) break
    total++
  }
  onProgress({ done: 0, total })
  return () => onProgress({ done: tally.done, total })
}
