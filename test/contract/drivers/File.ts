import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import type { Driver } from '../../../src/contracts/driver.ts'
import type { PluginOptions } from '../../../src/contracts/services.ts'
import type { DriverSetup } from '../../../src/testing/index.ts'
import { builtIn } from '../plugins.ts'
import { fastScratchFolder } from '../scratch.ts'

const root = fastScratchFolder()
const directoryOf = (storage: string) => join(root, storage, 'around', 'sessions')

/** @param withLocks there is a folder with lock files, beside all storages */
function setup(options: PluginOptions, withLocks = false): DriverSetup {
  return {
    offers: ['create', 'replace', 'removeIf', 'touch'],
    // A folder is read some tens of names at a time.
    records: 500,
    create: (context) =>
      builtIn<Driver>('drivers', 'File', context, {
        ...options,
        directory: directoryOf(context.storage),
        ...(withLocks && { lockDirectory: root }),
      }),

    sabotage: (storage) => {
      rmSync(directoryOf(storage), { recursive: true })
      writeFileSync(directoryOf(storage), 'a file in the place of the folder')
    },

    destroy: (storage) => {
      // No id led out of the folder.
      const around = dirname(directoryOf(storage))
      expect(readdirSync(around)).toEqual(['sessions'])
      expect(readdirSync(dirname(around))).toEqual(['around'])
      rmSync(dirname(around), { recursive: true })
    },
  }
}

export const setups: Record<string, DriverSetup> = {
  'by default': setup({}),
  'in subfolders': setup({ shards: 2, fileName: 's[%s].session' }),
  'with fsync': setup({ fsync: true }),
  'shared with Apache::Session': {
    ...setup({ shared: true }, true),
    offers: ['create', 'replace', 'removeIf', 'tryLock'],
  },
  'shared with Perl': { ...setup({ shared: true }), offers: ['create', 'replace', 'removeIf'] },
}
