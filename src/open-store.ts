import type { Driver } from './contracts/driver.ts'
import type { IdGenerator } from './contracts/id-generator.ts'
import type { Logger, PluginOptions } from './contracts/services.ts'
import { type Duration, parseDuration } from './duration.ts'
import { InvalidIdError, InvalidOptionError, SessionError, StorageError } from './errors.ts'
import { type GivenOptions, readOptions, type SessionOptions } from './options.ts'
import { Owners } from './owners/owners.ts'
import { RecordStore } from './record-store.ts'
import type { Plugins } from './registry/build.ts'
import type { StateRules } from './session-state.ts'
import { buildParts } from './store-parts.ts'
import { formatTypeString } from './type-string.ts'

/** One opened type string: everything that sessions of it share. */
export interface OpenStore {
  /** The type string in its normal form. */
  readonly type: string
  readonly options: SessionOptions & PluginOptions
  readonly records: RecordStore
  readonly owners: Owners
  readonly idGenerator: IdGenerator
  readonly rules: StateRules
  /** The lifetimes, in seconds, that a new session starts with; 0 = none. */
  readonly newSession: { readonly etime: number; readonly deadline: number }
  readonly logger: Logger
  /** Says something whatever `verbose` is: what the program asked to see. */
  readonly log: (message: string) => void
  readonly verbose: number
}

/** Reads the options, finds and builds the classes, opens the driver. */
export async function openStore(given: GivenOptions): Promise<OpenStore> {
  const { plugins, options, clock, logger } = await buildParts(readOptions(given))
  const typeString = formatTypeString(plugins.type)
  const shared = options.shared ?? false
  const newSession = { etime: parseDuration(options.expire), deadline: parseDuration(options.deadline) }
  const touchAfter = readTouchAfter(options.touchAfter)
  await openDriver(plugins.driver, typeString)
  try {
    assertIdsFit(plugins, typeString)
  } catch (error) {
    await plugins.driver.close()
    throw error
  }
  // Only an opened driver knows all that it can do.
  const { serializer, layout, idGenerator } = plugins
  const records = new RecordStore(plugins.driver, { serializer, layout, shared })
  const rules: StateRules = {
    serializer,
    parameterExpiry: options.parameterExpiry ?? (shared ? 'sliding' : 'fixed'),
    touchAfter,
    now: () => Math.floor(clock() / 1000),
    thaw: (id, image) => records.thaw(id, { image }),
    isReserved: (name) => records.isReserved(name),
    canTell: records.canTell,
    holds: (image, name, value) => records.holds(image, name, value),
  }
  const { log } = logger
  return {
    type: typeString,
    options,
    records,
    owners: new Owners(records, () => rules.now(), logger),
    idGenerator,
    rules,
    newSession,
    logger,
    log,
    verbose: options.verbose ?? 0,
  }
}

async function openDriver(driver: Driver, typeString: string): Promise<void> {
  try {
    await driver.open?.()
  } catch (cause) {
    if (cause instanceof SessionError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new StorageError(`${typeString} could not be opened: ${reason}`, { cause })
  }
}

/** A driver that cannot hold this generator's ids is refused now, not at the one id in ten that has a slash in it. */
function assertIdsFit({ driver, idGenerator, type }: Plugins, typeString: string): void {
  try {
    driver.checkId?.(idGenerator.hardestId)
  } catch (cause) {
    if (!(cause instanceof InvalidIdError)) throw cause
    throw new InvalidOptionError(
      `${typeString} cannot work: ids made by '${type.id}' do not suit the driver '${type.driver}'. ` +
        `${cause.message}. Ids made by UUID36 or SHA256 suit every driver`,
      { cause },
    )
  }
}

function readTouchAfter(given: Duration | undefined): number | undefined {
  if (given === undefined) return undefined
  const seconds = parseDuration(given)
  if (seconds < 0) throw new InvalidOptionError(`Option 'touchAfter' must not be negative: ${given}`)
  return seconds
}
