import type { IdGenerator } from '../../../src/contracts/id-generator.ts'
import type { IdGeneratorSetup } from '../../../src/testing/index.ts'
import { builtIn } from '../plugins.ts'

export const setups: Record<string, IdGeneratorSetup> = {
  'with an id': {
    kind: 'constant',
    create: (context) => builtIn<IdGenerator>('id-generators', 'Static', context, { id: 'the one/ID' }),
  },
}
