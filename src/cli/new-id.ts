import { type Command, Option } from 'commander'
import { parseCgiSessionType } from '../cgi-session-type.ts'
import { buildParts } from '../store-parts.ts'
import { DEFAULT_TYPE, formatTypeString, parseTypeString } from '../type-string.ts'
import { asJsonLines, examples, readCount, storeCommand } from './command.ts'
import { Lines } from './lines.ts'
import { jsonText, printable } from './printable.ts'
import { storeOptions } from './store-flags.ts'
import type { Terminal } from './terminal.ts'

interface Flags {
  readonly number: number
  readonly json?: boolean
}

export function newId(terminal: Terminal): Command {
  return storeCommand('new-id')
    .summary('make ids for new sessions')
    .description(
      'Makes ids with the id generator of the type string. No session is made, and no store is opened; AutoIncrement ' +
        'counts on in its file.',
    )
    .addOption(new Option('-n, --number <count>', 'how many').argParser(readCount).default(1))
    .option('--json', asJsonLines)
    .addHelpText(
      'after',
      examples('data-session new-id --type id:SHA256', 'data-session new-id --type id:UUID36 -n 5'),
    )
    .action(async ({ number, json = false, ...flags }: Flags) => {
      const { type = '', ...options } = await storeOptions(flags, terminal)
      const named = parseCgiSessionType(type) ?? parseTypeString(type)
      // Nothing else of the store is asked for its options.
      const alone = { ...DEFAULT_TYPE, driver: 'Memory', serialize: 'JSON', id: named.id ?? DEFAULT_TYPE.id }
      const { plugins } = await buildParts({ ...options, type: formatTypeString(alone) })
      const lines = new Lines(terminal)
      for (let made = 0; made < number; made++) {
        const id = await plugins.idGenerator.generate()
        await lines.write(json ? jsonText({ id }) : printable(id))
      }
      await lines.end()
    })
}
