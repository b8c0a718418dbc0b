import { Command, CommanderError } from 'commander'
import { createTable } from './create-table.ts'
import { exitCodes, failureOf } from './failure.ts'
import { readStoreOptions, storeFlags } from './store-flags.ts'
import type { Terminal } from './terminal.ts'

/**
 * The command `data-session`.
 *
 * @param args without the names of the interpreter and the program
 * @returns the exit code: 0 done, 1 it failed, 2 it was called wrongly
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await commands(terminal).parseAsync(args, { from: 'user' })
    return exitCodes.done
  } catch (error) {
    // It has been said already, or was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.misuse
    const { message, exitCode } = failureOf(error)
    terminal.err(`data-session: ${message}\n`)
    return exitCode
  }
}

function commands(terminal: Terminal): Command {
  const program = new Command('data-session')
    .description('Looks after stores of sessions')
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showHelpAfterError('(data-session --help tells more)')
    .exitOverride()

  const create = program
    .command('create-table')
    .summary("print the SQL that makes a driver's table, or run it")
    .description(
      'Prints the SQL that makes the table for the sessions, and an index on their expiry. Nothing is connected to, ' +
        'unless --run says so: that makes what is missing and leaves alone what is there.',
    )
    .option('--run', 'make the table')
    .addHelpText(
      'after',
      `
Examples:
  data-session create-table --type driver:Pg | psql shop
  data-session create-table --type driver:SQLite --data-source sessions.sqlite --run`,
    )
    .action(async ({ run = false, ...flags }: { run?: boolean }) => {
      await createTable(readStoreOptions(flags, terminal.environment), run, terminal)
    })
  for (const flag of storeFlags()) create.addOption(flag)
  return program
}
