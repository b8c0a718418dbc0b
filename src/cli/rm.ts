import type { Command } from 'commander'
import { InvalidOptionError } from '../errors.ts'
import { SessionStore } from '../session-store.ts'
import { asJson, examples, storeCommand } from './command.ts'
import { CommandFailure } from './failure.ts'
import { noSession } from './find.ts'
import { counted } from './measures.ts'
import { existingStore } from './open.ts'
import { jsonText, quoted } from './printable.ts'
import type { Terminal } from './terminal.ts'

interface Flags {
  readonly json?: boolean
  readonly owner?: string
}

export function rm(terminal: Terminal): Command {
  return storeCommand('rm')
    .summary('remove sessions')
    .description('Removes the sessions with these ids, whatever is in them: damaged ones too.')
    .argument('[id...]', 'the ids of the sessions')
    .option('--owner <owner>', 'instead of ids: all sessions of this owner')
    .option('--json', asJson)
    .addHelpText(
      'after',
      examples(
        'data-session rm 0a1b2c3d4e5f60718293a4b5c6d7e8f9',
        'data-session ls --expired | xargs -d "\\n" data-session rm',
        'data-session rm --owner alice    (logs alice out everywhere)',
      ),
    )
    .action(async (ids: string[], { json = false, owner, ...flags }: Flags) => {
      if ((owner === undefined) === (ids.length === 0)) {
        throw new InvalidOptionError('Which sessions? Give their ids, or --owner and no ids')
      }
      if (owner !== undefined) return removeOwned(owner, json, flags, terminal)
      const removed: string[] = []
      const absent: string[] = []
      const store = await SessionStore.open(await existingStore(flags, terminal))
      try {
        for (const id of ids) {
          terminal.stopped.throwIfAborted()
          ;((await store.remove(id)) ? removed : absent).push(id)
        }
      } finally {
        await store.close()
      }
      await terminal.out(
        json ? `${jsonText({ removed, absent })}\n` : `Removed ${counted(removed.length, 'session')}.\n`,
      )
      const [first, ...more] = absent
      if (first === undefined) return
      if (more.length === 0) throw noSession(first)
      throw new CommandFailure(`There are no sessions ${absent.map(quoted).join(', ')}`)
    })
}

async function removeOwned(
  owner: string,
  json: boolean,
  flags: Readonly<Record<string, unknown>>,
  terminal: Terminal,
): Promise<void> {
  const store = await SessionStore.open(await existingStore(flags, terminal))
  try {
    const count = await store.deleteOwner(owner)
    await terminal.out(json ? `${jsonText({ owner, count })}\n` : `Removed ${counted(count, 'session')}.\n`)
  } finally {
    await store.close()
  }
}
