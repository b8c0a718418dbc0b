import { isDeepStrictEqual } from 'node:util'
import type { PluginOptions } from '../contracts/services.ts'
import { InvalidOptionError, MissingStorageError } from '../errors.ts'
import { openStore } from '../open-store.ts'
import { type GivenOptions, readOptions, type SessionOptions } from '../options.ts'
import { Owners } from '../owners/owners.ts'
import { RecordStore } from '../record-store.ts'
import { buildParts } from '../store-parts.ts'
import { AbsentDriver } from './absent-driver.ts'
import { HeldClock } from './held-clock.ts'

/** What a migration needs of a store. */
export interface Side {
  readonly records: RecordStore
  readonly owners: Owners
  readonly options: SessionOptions & PluginOptions
  /** Whether it keeps when the lifetimes of parameters end: not where they count from the last access. */
  readonly keepsParameterDeadlines: boolean
  /** In seconds since 1970. */
  now(): number
}

/** Both stores, open. */
export interface Sides {
  readonly from: Side
  readonly to: Side
  /** The clock of the target. */
  readonly clock: HeldClock
  close(): Promise<void>
}

/**
 * Opens both stores. The source must be there; nothing is made or changed in it.
 *
 * @throws InvalidOptionError when both are the same
 * @throws MissingStorageError
 */
export async function openSides(from: GivenOptions, to: GivenOptions, dryRun: boolean): Promise<Sides> {
  if (isDeepStrictEqual(readOptions(from), readOptions(to))) {
    throw new InvalidOptionError('Source and target of the migration are the same store')
  }
  const source = await openSide({ ...from, mustExist: true })
  try {
    const clock = new HeldClock(readOptions(to).clock ?? Date.now)
    const options = { ...to, clock: clock.now }
    const target = await (dryRun ? openDry(options) : openSide(options))
    const close = async (): Promise<void> => {
      await target.records.close()
      await source.records.close()
    }
    return { from: source, to: target, clock, close }
  } catch (error) {
    await source.records.close()
    throw error
  }
}

async function openSide(given: GivenOptions): Promise<Side> {
  const { records, owners, options, rules } = await openStore(given)
  return {
    records,
    owners,
    options,
    keepsParameterDeadlines: rules.parameterExpiry === 'fixed',
    now: () => rules.now(),
  }
}

/** A target that is not made when it is not there. */
async function openDry(given: GivenOptions): Promise<Side> {
  try {
    return await openSide({ ...given, mustExist: true })
  } catch (error) {
    if (!(error instanceof MissingStorageError)) throw error
  }
  const { plugins, options, clock, logger } = await buildParts(readOptions(given))
  const { serializer, layout, driver } = plugins
  const records = new RecordStore(new AbsentDriver(driver), { serializer, layout, shared: false })
  const now = (): number => Math.floor(clock() / 1000)
  return { records, owners: new Owners(records, now, logger), options, keepsParameterDeadlines: true, now }
}
