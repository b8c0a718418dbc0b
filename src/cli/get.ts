import type { Command } from 'commander'
import { nearest } from '../nearest.ts'
import { expiredParameters } from '../record.ts'
import { examples, storeCommand } from './command.ts'
import { CommandFailure } from './failure.ts'
import { findRecord } from './find.ts'
import { withStore } from './open.ts'
import { plainValue } from './plain-value.ts'
import { jsonText, printableLines, quoted } from './printable.ts'
import type { Terminal } from './terminal.ts'
import { valueText } from './value-text.ts'

export function get(terminal: Terminal): Command {
  return storeCommand('get')
    .summary('print one parameter of a session')
    .description(
      'Prints the value of a parameter: text as it is, anything else as `show` does. Nothing is written, and no ' +
        'access counts.',
    )
    .argument('<id>', 'the id of the session')
    .argument('<name>', 'the name of the parameter')
    .option('--json', 'as JSON, text too')
    .addHelpText(
      'after',
      examples('data-session get 0a1b2c3d4e5f60718293a4b5c6d7e8f9 user', 'data-session get 42 cart --json'),
    )
    .action(async (id: string, name: string, { json = false, ...flags }: { json?: boolean }) => {
      await withStore(flags, terminal, async (store) => {
        const { record } = await findRecord(store, id)
        const { params } = record
        if (!params.has(name)) throw noParameter(id, name, [...params.keys()])
        if (expiredParameters(record, store.rules.parameterExpiry, store.rules.now()).includes(name)) {
          throw new CommandFailure(`The parameter ${quoted(name)} of session ${quoted(id)} has expired`)
        }
        const value = plainValue(params.get(name), name)
        const text = typeof value === 'string' ? printableLines(value) : valueText(value, terminal.columns)
        await terminal.out(`${json ? jsonText(value) : text}\n`)
      })
    })
}

function noParameter(id: string, name: string, names: readonly string[]): CommandFailure {
  const meant = nearest(name, names)
  const hint = meant === undefined ? '' : `; did you mean ${quoted(meant)}?`
  return new CommandFailure(`The session ${quoted(id)} has no parameter ${quoted(name)}${hint}`)
}
