import { expect, test } from 'vitest'
import { pluginNames, pluginsWithSetup } from './plugins.ts'
import { onServers, runDriverContracts } from './run-driver-contracts.ts'

const drivers = pluginsWithSetup('drivers')

test('each driver has its setup in test/contract/drivers/, and each setup its driver', () => {
  expect(drivers).toEqual(pluginNames('drivers'))
  expect(drivers).toEqual(expect.arrayContaining([...onServers]))
})

await runDriverContracts(drivers.filter((driver) => !onServers.includes(driver)))
