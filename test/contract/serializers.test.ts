import { describe, expect, test } from 'vitest'
import type { Serializer } from '../../src/contracts/serializer.ts'
import type { SerializerSetup } from '../../src/testing/index.ts'
import { serializerContract } from '../../src/testing/index.ts'
import { builtIn, pluginNames, pluginsWithSetup, setupsOf } from './plugins.ts'

test('each setup in test/contract/serializers/ has its serializer', () => {
  expect(pluginNames('serializers')).toEqual(expect.arrayContaining(pluginsWithSetup('serializers')))
})

for (const serializer of pluginNames('serializers')) {
  const create: SerializerSetup['create'] = (context) =>
    builtIn<Serializer>('serializers', serializer, context)
  const setups = await setupsOf<SerializerSetup>('serializers', serializer)
  for (const [kind, setup] of Object.entries(setups)) {
    describe(`${serializer}, ${kind}`, () => {
      for (const { name, run } of serializerContract({ create, ...setup })) test(name, run)
    })
  }
}
