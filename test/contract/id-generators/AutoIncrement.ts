import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { IdGenerator } from '../../../src/contracts/id-generator.ts'
import type { IdGeneratorSetup } from '../../../src/testing/index.ts'
import { builtIn } from '../plugins.ts'
import { fastScratchFolder } from '../scratch.ts'

const root = fastScratchFolder()
const fileOf = (storage: string) => join(root, `${storage}.id`)

export const setups: Record<string, IdGeneratorSetup> = {
  'by default': {
    kind: 'sequence',
    create: (context) =>
      builtIn<IdGenerator>('id-generators', 'AutoIncrement', context, { idFile: fileOf(context.storage) }),
    destroy: (storage) => rmSync(fileOf(storage), { force: true }),
  },
}
