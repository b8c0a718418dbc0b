import { Command, CommanderError, Help, type Option } from 'commander'
import type { MakeCommand } from './command.ts'
import { completion } from './completion.ts'
import { createTable } from './create-table.ts'
import { doctor } from './doctor.ts'
import { expire } from './expire.ts'
import { exitCodes, failureOf } from './failure.ts'
import { get } from './get.ts'
import { ls } from './ls.ts'
import { migrate } from './migrate.ts'
import { newId } from './new-id.ts'
import { plugins } from './plugins.ts'
import { printableLines } from './printable.ts'
import { rm } from './rm.ts'
import { set } from './set.ts'
import { show } from './show.ts'
import { stats } from './stats.ts'
import { Stopped } from './stopped.ts'
import type { Terminal } from './terminal.ts'

/** In the order of the help. */
const commands: readonly MakeCommand[] = [
  ls,
  show,
  stats,
  get,
  set,
  rm,
  expire,
  doctor,
  migrate,
  createTable,
  newId,
  plugins,
  completion,
]

/**
 * The command `data-session`.
 *
 * @param args without the names of the interpreter and the program
 * @returns the exit code: 0 done, 1 it failed, 2 it was called wrongly, 128 and more a signal ended it
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await programOf(terminal).parseAsync(args, { from: 'user' })
    return exitCodes.done
  } catch (error) {
    const { reason } = terminal.stopped as { reason: unknown }
    if (reason instanceof Stopped) return reason.exitCode
    // It has been said already, or was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.misuse
    const { message, exitCode } = failureOf(error)
    terminal.err(printableLines(`data-session: ${message}\n`))
    return exitCode
  }
}

function programOf(terminal: Terminal): Command {
  const program = new Command('data-session')
    .description('Looks after stores of sessions.')
    .configureOutput({
      writeOut: (text) => void terminal.out(text),
      writeErr: (text) => terminal.err(printableLines(text)),
      getOutHelpWidth: () => terminal.columns,
      getErrHelpWidth: () => terminal.columns,
    })
    .configureHelp({ visibleOptions: ownOptionsFirst, groupItems: groupsAsShown })
    .showHelpAfterError('(data-session --help tells more)')
    .exitOverride()
  for (const make of commands) program.addCommand(make(terminal).copyInheritedSettings(program))
  return program
}

/** What a command has for itself goes before the flags that many have. */
function ownOptionsFirst(this: Help, command: Command): Option[] {
  const options = Help.prototype.visibleOptions.call(this, command)
  const isOwn = ({ helpGroupHeading }: Option) => helpGroupHeading === undefined
  return [...options.filter(isOwn), ...options.filter((option) => !isOwn(option))]
}

/** The groups in the order of what is in them, not in that in which flags were added. */
function groupsAsShown<Item extends Command | Option>(
  this: Help,
  _: Item[],
  shown: Item[],
  groupOf: (item: Item) => string,
): Map<string, Item[]> {
  return Help.prototype.groupItems.call(this, shown, shown, groupOf as never) as never
}
