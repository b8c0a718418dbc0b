import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Driver } from '../../../src/contracts/driver.ts'
import type { PluginOptions } from '../../../src/contracts/services.ts'
import { loadClient } from '../../../src/sqlite/clients.ts'
import type { DriverSetup } from '../../../src/testing/index.ts'
import { builtIn } from '../plugins.ts'
import { fastScratchFolder } from '../scratch.ts'

const root = fastScratchFolder()
const pathOf = (storage: string) => join(root, `${storage}.sqlite`)

function setup(options: PluginOptions, prepare = ''): DriverSetup {
  return {
    offers: ['create', 'replace', 'removeIf', 'touch', 'purge'],
    // More than two pages of 1,000, for listing, and than four batches of 500, for purging.
    records: 2100,
    create: (context) => {
      execute(context.storage, prepare)
      return builtIn<Driver>('drivers', 'SQLite', context, {
        ...options,
        dataSource: pathOf(context.storage),
      })
    },
    sabotage: (storage) => execute(storage, 'drop table sessions'),
    destroy: (storage) => {
      for (const end of ['', '-wal', '-shm', '-journal']) rmSync(pathOf(storage) + end, { force: true })
    },
  }
}

function execute(storage: string, sql: string): void {
  const database = loadClient(undefined)(pathOf(storage))
  database.exec(sql)
  database.close()
}

const madeByPerl = 'create table if not exists sessions (id char(32) not null primary key, a_session text)'

export const setups: Record<string, DriverSetup> = {
  'by default': setup({}),
  'with fsync': setup({ fsync: true }),
  'in a table that Perl made': { ...setup({}, madeByPerl), offers: ['create', 'replace', 'removeIf'] },
  'shared with Perl': { ...setup({ shared: true }), offers: ['create', 'replace', 'removeIf'] },
}
