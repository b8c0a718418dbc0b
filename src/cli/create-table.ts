import type { GivenOptions } from '../options.ts'
import { SessionStore } from '../session-store.ts'
import { tableSql } from '../table-sql.ts'
import type { Terminal } from './terminal.ts'

/** @param run whether to make the table, rather than print what makes it */
export async function createTable(options: GivenOptions, run: boolean, terminal: Terminal): Promise<void> {
  const statements = await tableSql(options)
  if (run) {
    // Opening makes what is not there.
    const store = await SessionStore.open(options)
    await store.close()
    terminal.out('The table is there.\n')
  } else {
    terminal.out(statements.map((sql) => `${sql};\n`).join(''))
  }
}
