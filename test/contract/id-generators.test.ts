import { describe, expect, test } from 'vitest'
import type { IdGenerator } from '../../src/contracts/id-generator.ts'
import type { IdGeneratorSetup } from '../../src/testing/index.ts'
import { idGeneratorContract } from '../../src/testing/index.ts'
import { builtIn, pluginNames, pluginsWithSetup, setupsOf } from './plugins.ts'

test('each setup in test/contract/id-generators/ has its generator', () => {
  expect(pluginNames('id-generators')).toEqual(expect.arrayContaining(pluginsWithSetup('id-generators')))
})

for (const generator of pluginNames('id-generators')) {
  const create: IdGeneratorSetup['create'] = (context) =>
    builtIn<IdGenerator>('id-generators', generator, context)
  const setups = await setupsOf<IdGeneratorSetup>('id-generators', generator)
  for (const [kind, setup] of Object.entries(setups)) {
    describe(`${generator}, ${kind}`, () => {
      for (const { name, run } of idGeneratorContract({ create, ...setup })) test(name, run)
    })
  }
}
