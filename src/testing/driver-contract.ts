import type { Awaitable } from '../contracts/awaitable.ts'
import type { Driver } from '../contracts/driver.ts'
import { same } from './assertions.ts'
import type { ContractContext } from './context.ts'
import type { ContractCase, Switches } from './contract-case.ts'
import { contractCases } from './contract-case.ts'
import { absence } from './driver/absence.ts'
import { broken } from './driver/broken.ts'
import { bytes } from './driver/bytes.ts'
import { concurrency } from './driver/concurrency.ts'
import { create } from './driver/create.ts'
import { ids } from './driver/ids.ts'
import { lifetime } from './driver/lifetime.ts'
import { heavyListing, listing } from './driver/listing.ts'
import { purge } from './driver/purge.ts'
import { removeIf } from './driver/remove-if.ts'
import { replace } from './driver/replace.ts'
import { runTrial } from './driver/run-trial.ts'
import { touch } from './driver/touch.ts'
import type { Capability, DriverDraft } from './driver/trial.ts'
import { chapter } from './driver/trial.ts'
import { tryLock } from './driver/try-lock.ts'
import { twoDrivers } from './driver/two-drivers.ts'

/** How to get at a driver, and what it is not to be asked for. */
export interface DriverSetup {
  /** A new driver on the storage that the context names, not opened: the suite calls `open` and `close`. */
  create(context: ContractContext): Awaitable<Driver>

  /** Called after each case, with all its drivers closed: free the storage. What it throws fails the case. */
  destroy?(storage: string): Awaitable<void>

  /**
   * Makes this storage unusable for the drivers that are open on it, for as long as the case lasts: stop the server,
   * drop the table. Left out: that an outage is never taken for absence is not tested.
   */
  sabotage?(storage: string): Awaitable<void>

  /** The optional verbs it must offer, no more and no less. Left out: whatever it offers is tested. */
  readonly offers?: readonly Capability[]

  /** Cases and groups to skip, by name, each with the reason. */
  readonly without?: Switches

  /** The longest id of letters and digits that it must take. Default 128, what `id:SHA512` makes. */
  readonly longestId?: number

  /** The largest image it takes, in bytes. Default: no limit, and 1 MiB is what is tested. */
  readonly maxImage?: number

  /** How many records make a long listing: more than its pages or buffers hold. Default 2,500. */
  readonly records?: number

  /** Adds the cases that take long or much: 100,000 records. Default false. */
  readonly heavy?: boolean
}

/**
 * What `Driver` promises, case by case. Optional verbs are tested when the opened driver has them and reported as
 * skipped when not. Each case works on a storage of its own.
 */
export function driverContract(setup: DriverSetup): ContractCase[] {
  const drafts: DriverDraft[] = [
    ...promised(setup),
    ...absence,
    ...bytes,
    ...ids,
    ...listing,
    ...(setup.heavy === true ? heavyListing : []),
    ...lifetime,
    ...create,
    ...replace,
    ...removeIf,
    ...touch,
    ...purge,
    ...tryLock,
    ...concurrency,
    ...twoDrivers,
    ...broken,
  ]
  return contractCases(
    drafts.map((draft) => ({
      group: draft.group,
      title: draft.title,
      body: (name) => runTrial(setup, draft, name),
    })),
    setup.without,
  )
}

const CAPABILITIES: readonly Capability[] = ['create', 'replace', 'removeIf', 'touch', 'purge', 'tryLock']

function promised({ offers }: DriverSetup): DriverDraft[] {
  if (offers === undefined) return []
  return chapter('offers', [], {
    'the optional verbs that the setup names': async ({ driver }) => {
      const found = CAPABILITIES.filter((verb) => driver[verb] !== undefined)
      same(
        found,
        CAPABILITIES.filter((verb) => offers.includes(verb)),
        'the optional verbs of this driver',
      )
    },
  })
}
