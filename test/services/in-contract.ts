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
  return unlessMissing(isMissing(name), name, setups)
}

/** The same for a driver that needs something else. */
export function unlessMissing(
  missing: boolean,
  what: string,
  setups: Readonly<Record<string, DriverSetup>>,
): Record<string, DriverSetup> {
  if (!missing) return { ...setups }
  const create = () => {
    throw new Error(`${what} is not installed`)
  }
  const cases = driverContract({ create }).map(
    (promise) => [promise.name, `${what} is not installed`] as const,
  )
  return { [`for want of ${what}`]: { create, without: Object.fromEntries(cases) } }
}
