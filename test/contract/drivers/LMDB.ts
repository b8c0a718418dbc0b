import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type RootDatabase, open } from 'lmdb'
import { afterAll } from 'vitest'
import type { Driver } from '../../../src/contracts/driver.ts'
import type { PluginOptions } from '../../../src/contracts/services.ts'
import type { DriverSetup } from '../../../src/testing/index.ts'
import { builtIn } from '../plugins.ts'
import { fastScratchFolder } from '../scratch.ts'

const root = fastScratchFolder()
const pathOf = (storage: string) => join(root, `${storage}.lmdb`)

const opened: RootDatabase[] = []
afterAll(() => Promise.all(opened.map((database) => database.close())))

function setup(options: (storage: string) => PluginOptions): DriverSetup {
  return {
    offers: ['create', 'replace', 'removeIf', 'touch', 'purge'],
    // More than two pages, for listing, and than two batches, for purging, of 1,000.
    records: 2100,
    create: (context) =>
      builtIn<Driver>('drivers', 'LMDB', context, { timeout: 30_000, ...options(context.storage) }),
    destroy: (storage) => {
      for (const end of ['', '-lock']) rmSync(pathOf(storage) + end, { recursive: true, force: true })
    },
    without: { outage: 'what is mapped into memory cannot be taken away without ending the process' },
  }
}

const inFile = (storage: string) => ({ dataSource: pathOf(storage) })

export const setups: Record<string, DriverSetup> = {
  'by default': { ...setup(inFile), heavy: true },
  'in a folder': setup((storage) => ({ dataSource: `${pathOf(storage)}/` })),
  'with a database handed in': setup((storage) => {
    const database = open(pathOf(storage), { compression: true, cache: true })
    opened.push(database)
    return { cache: database, tableName: 'web sessions' }
  }),
  'shared with others': {
    ...setup((storage) => ({ ...inFile(storage), shared: true })),
    offers: ['create', 'replace', 'removeIf'],
  },
}
