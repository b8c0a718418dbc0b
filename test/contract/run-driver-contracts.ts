import { describe, test } from 'vitest'
import type { DriverSetup } from '../../src/testing/index.ts'
import { driverContract } from '../../src/testing/index.ts'
import { hashTests } from '../models/apache-session/on-a-driver.ts'
import { managerTests } from '../models/manager-on-a-driver.ts'
import { ownerTests } from '../owners/on-a-driver.ts'
import { lockTests } from './lock-tests.ts'
import { setupsOf } from './plugins.ts'

/** Those whose contract takes minutes, each in a test file of its own, so that they run side by side. */
export const onServers: readonly string[] = ['Redis', 'Pg', 'mysql', 'ODBC', 'Memcached', 'BerkeleyDB']

/** Makes, for each setup of these drivers, the tests of the contract, and of what stands on it. */
export async function runDriverContracts(drivers: readonly string[]): Promise<void> {
  for (const driver of drivers) {
    const setups = await setupsOf<DriverSetup>('drivers', driver)
    for (const [at, [kind, setup]] of Object.entries(setups).entries()) {
      describe(`${driver}, ${kind}`, () => {
        const contract = driverContract(setup as DriverSetup)
        for (const { name, run } of contract) test(name, run)
        // A setup that leaves these out, for want of a server or to save time, has no more to show.
        const isLeftOut = contract
          .filter(({ group }) => group === 'two drivers')
          .every(({ skipped }) => skipped !== undefined)
        describe.skipIf(isLeftOut)('what stands on it', () => {
          lockTests(setup as DriverSetup)
          ownerTests(setup as DriverSetup)
          managerTests(setup as DriverSetup, driver === 'Redis' && kind !== 'shared with others')
          // What one driver does by its options is not this model's affair.
          if (at === 0) hashTests(setup as DriverSetup)
        })
      })
    }
  }
}
