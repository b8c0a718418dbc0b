import type { Driver } from '../../contracts/driver.ts'
import { ContractBreach } from '../contract-case.ts'
import { contextOf, fakeClock, newStorage } from '../context.ts'
import type { DriverSetup } from '../driver-contract.ts'
import { CallLog } from './call-log.ts'
import type { Capability, DriverDraft, DriverWith, Trial } from './trial.ts'

/** One case from an empty storage to a clean one. Answers why it does not apply, if so. */
export async function runTrial(
  setup: DriverSetup,
  draft: DriverDraft,
  name: string,
): Promise<string | undefined> {
  const clock = fakeClock()
  const storage = newStorage()
  const log = new CallLog()
  const drivers = new Set<Driver>()

  const another = async () => {
    const driver = log.watch(await setup.create(contextOf(clock, storage)))
    await driver.open?.()
    drivers.add(driver)
    return driver as DriverWith<Capability>
  }
  const close = async (driver: Driver) => {
    drivers.delete(driver)
    await driver.close()
  }
  const sabotage = async () => {
    await setup.sabotage?.(storage)
    return setup.sabotage !== undefined
  }
  const attempt = async () => {
    const driver = await another()
    const missing = draft.needs.filter((verb) => driver[verb] === undefined)
    if (missing.length > 0) return `this driver offers no ${missing.join(', no ')}`
    const limits = {
      longestId: setup.longestId ?? 128,
      maxImage: setup.maxImage,
      records: setup.records ?? 2500,
    }
    const trial: Trial<Capability> = { driver, clock, limits, another, close, sabotage }
    return (await draft.body(trial)) ?? undefined
  }

  // Cleaning up happens whatever went wrong, and must not hide what went wrong first.
  const [outcome] = await Promise.allSettled([attempt()])
  const closings = await Promise.allSettled([...drivers].map(close))
  const [destroyed] = await Promise.allSettled([(async () => setup.destroy?.(storage))()])
  const failed = [outcome, ...closings, destroyed].find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw new ContractBreach(name, failed.reason, String(log))
  return outcome.status === 'fulfilled' ? outcome.value : undefined
}
