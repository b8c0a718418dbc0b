import { describe, expect, test } from 'vitest'
import type { DriverSetup } from '../../src/testing/index.ts'
import { driverContract } from '../../src/testing/index.ts'
import { pluginNames, pluginsWithSetup, setupsOf } from './plugins.ts'

test('each driver has its setup in test/contract/drivers/, and each setup its driver', () => {
  expect(pluginsWithSetup('drivers')).toEqual(pluginNames('drivers'))
})

for (const driver of pluginsWithSetup('drivers')) {
  const setups = await setupsOf<DriverSetup>('drivers', driver)
  for (const [kind, setup] of Object.entries(setups)) {
    describe(`${driver}, ${kind}`, () => {
      for (const { name, run } of driverContract(setup as DriverSetup)) test(name, run)
    })
  }
}
