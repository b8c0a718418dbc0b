import { Command, CommanderError } from 'commander'
import type { MakeCommand } from './command.ts'
import { createTable } from './create-table.ts'
import { exitCodes, failureOf } from './failure.ts'
import type { Terminal } from './terminal.ts'

/** In the order of the help. */
const commands: readonly MakeCommand[] = [createTable]

/**
 * The command `data-session`.
 *
 * @param args without the names of the interpreter and the program
 * @returns the exit code: 0 done, 1 it failed, 2 it was called wrongly
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await programOf(terminal).parseAsync(args, { from: 'user' })
    return exitCodes.done
  } catch (error) {
    // It has been said already, or was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.misuse
    const { message, exitCode } = failureOf(error)
    terminal.err(`data-session: ${message}\n`)
    return exitCode
  }
}

function programOf(terminal: Terminal): Command {
  const program = new Command('data-session')
    .description('Looks after stores of sessions')
    .configureOutput({ writeOut: (text) => void terminal.out(text), writeErr: terminal.err })
    .showHelpAfterError('(data-session --help tells more)')
    .exitOverride()
  for (const make of commands) {
    const command = make(terminal).copyInheritedSettings(program)
    program.addCommand(command)
  }
  return program
}
