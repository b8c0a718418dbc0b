import type { Command } from 'commander'
import { SessionStore } from '../session-store.ts'
import { tableSql } from '../table-sql.ts'
import { examples, storeCommand } from './command.ts'
import { storeOptions } from './store-flags.ts'
import type { Terminal } from './terminal.ts'

export function createTable(terminal: Terminal): Command {
  return storeCommand('create-table')
    .summary("print the SQL that makes a driver's table, or run it")
    .description(
      'Prints the SQL that makes the table for the sessions, and an index on their expiry. Nothing is connected to, ' +
        'unless --run says so: that makes what is missing and leaves alone what is there.',
    )
    .option('--run', 'make the table')
    .addHelpText(
      'after',
      examples(
        'data-session create-table --type driver:Pg | psql shop',
        'data-session create-table --type driver:SQLite --data-source sessions.sqlite --run',
      ),
    )
    .action(async ({ run = false, ...flags }: { run?: boolean }) => {
      const options = await storeOptions(flags, terminal)
      const statements = await tableSql(options)
      if (run) {
        // Opening makes what is not there.
        const store = await SessionStore.open(options)
        await store.close()
        await terminal.out('The table is there.\n')
      } else {
        await terminal.out(statements.map((sql) => `${sql};\n`).join(''))
      }
    })
}
