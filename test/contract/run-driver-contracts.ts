import { describe, test } from 'vitest'
import type { DriverSetup } from '../../src/testing/index.ts'
import { driverContract } from '../../src/testing/index.ts'
import { lockTests } from './lock-tests.ts'
import { setupsOf } from './plugins.ts'

/** Those whose contract takes minutes, each in a test file of its own, so that they run side by side. */
export const onServers: readonly string[] = ['Redis', 'Pg', 'mysql', 'ODBC', 'Memcached', 'BerkeleyDB']

/** Makes the tests of the contract for each setup of these drivers. */
export async function runDriverContracts(drivers: readonly string[]): Promise<void> {
  for (const driver of drivers) {
    const setups = await setupsOf<DriverSetup>('drivers', driver)
    for (const [kind, setup] of Object.entries(setups)) {
      describe(`${driver}, ${kind}`, () => {
        for (const { name, run } of driverContract(setup as DriverSetup)) test(name, run)
        lockTests(setup as DriverSetup)
      })
    }
  }
}
