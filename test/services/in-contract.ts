import { afterAll } from 'vitest'
import { type DriverSetup, driverContract } from '../../src/testing/index.ts'
import { isMissing, type ServiceName } from './installed.ts'

/**
 * One server for the tests of a file, started when it is first asked for and stopped after the last test.
 * To be called while the file is loaded.
 */
export function onePerFile<T extends { stop(): Promise<void> }>(start: () => Promise<T>): () => Promise<T> {
  let started: Promise<T> | undefined
  afterAll(async () => (await started)?.stop())
  return () => (started ??= start())
}

/** The setups of a driver's contract; without its server all cases are skipped, and say why. */
export function withService(
  name: ServiceName,
  setups: Readonly<Record<string, DriverSetup>>,
): Record<string, DriverSetup> {
  return unlessMissing(isMissing(name) ? name : undefined, setups)
}

/** @param missing what is not installed, and needed for the setups */
export function unlessMissing(
  missing: string | undefined,
  setups: Readonly<Record<string, DriverSetup>>,
): Record<string, DriverSetup> {
  if (missing === undefined) return { ...setups }
  const reason = `${missing} is not installed`
  return { [`for want of ${missing}`]: { create: unused, without: leavingOut(reason) } }
}

/** The cases of the contract that are left out, for this reason: by default all. */
export function leavingOut(
  reason: string,
  isLeftOut: (group: string) => boolean = () => true,
): Record<string, string> {
  const cases = driverContract({ create: unused }).filter(({ group }) => isLeftOut(group))
  return Object.fromEntries(cases.map(({ name }) => [name, reason]))
}

function unused(): never {
  throw new Error('No case was to need a driver')
}
