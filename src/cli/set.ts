import type { Command } from 'commander'
import { InvalidOptionError } from '../errors.ts'
import { SessionStore } from '../session-store.ts'
import { asJson, examples, storeCommand } from './command.ts'
import { CommandFailure } from './failure.ts'
import { findRecord, noSession } from './find.ts'
import { existingStore, withStore } from './open.ts'
import { jsonText, quoted } from './printable.ts'
import type { Terminal } from './terminal.ts'

interface Flags {
  readonly text?: boolean
  readonly json?: boolean
}

export function set(terminal: Terminal): Command {
  return storeCommand('set')
    .summary('set one parameter of a session')
    .description(
      'Sets a parameter of a session that is there. It is an access of the session, as by a program. What another ' +
        'program changes at the same time is kept.',
    )
    .argument('<id>', 'the id of the session')
    .argument('<name>', 'the name of the parameter')
    .argument('<value>', 'the value, as JSON')
    .option('--text', 'the value is text as it stands, not JSON')
    .option('--json', asJson)
    .addHelpText(
      'after',
      examples(
        'data-session set 0a1b2c3d4e5f60718293a4b5c6d7e8f9 visits 7',
        `data-session set 0a1b2c3d4e5f60718293a4b5c6d7e8f9 cart '["apple", "pear"]'`,
        'data-session set 0a1b2c3d4e5f60718293a4b5c6d7e8f9 name --text Zoë',
      ),
    )
    .action(async (id: string, name: string, given: string, { text, json, ...flags }: Flags) => {
      const value = text ? given : readJson(given)
      // To load a session that has expired would remove it.
      await withStore(flags, terminal, async (store) => {
        const { state } = await findRecord(store, id)
        if (state === 'expired') throw new CommandFailure(`The session ${quoted(id)} has expired`)
        if (store.records.isReserved(name)) {
          throw new InvalidOptionError(`A parameter of this store cannot be called ${quoted(name)}`)
        }
      })
      const store = await SessionStore.open(await existingStore(flags, terminal))
      try {
        await store.update(id, (session) => {
          if (session.isNew) throw noSession(id)
          session.param(name, value)
        })
      } finally {
        await store.close()
      }
      if (json) await terminal.out(`${jsonText({ id, name, value })}\n`)
    })
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new InvalidOptionError(`The value is not JSON: ${quoted(text)}. If it is text, say --text`)
  }
}
