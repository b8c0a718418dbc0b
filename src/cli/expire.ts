import type { Command } from 'commander'
import { SessionStore } from '../session-store.ts'
import { asJson, examples, storeCommand } from './command.ts'
import { entriesOf } from './entries.ts'
import { counted } from './measures.ts'
import { existingStore, withStore } from './open.ts'
import { jsonText } from './printable.ts'
import type { Terminal } from './terminal.ts'

interface Flags {
  readonly dryRun?: boolean
  readonly json?: boolean
}

export function expire(terminal: Terminal): Command {
  return storeCommand('expire')
    .summary('remove the sessions that have expired')
    .description(
      'Removes every session whose time is over, and says how many went. A record that cannot be read stays. It is ' +
        'something to run every hour or so.',
    )
    .option('--dry-run', 'remove nothing, and say how many would go')
    .option('--json', asJson)
    .addHelpText(
      'after',
      examples(
        'data-session expire --dry-run',
        "data-session expire --type 'driver:File;serialize:Storable' --directory /var/lib/shop/sessions",
      ),
    )
    .action(async ({ dryRun = false, json = false, ...flags }: Flags) => {
      const count = await (dryRun ? countExpired : removeExpired)(flags, terminal)
      const sessions = counted(count, 'session')
      const text = dryRun ? `${sessions} would be removed.\n` : `Removed ${sessions}.\n`
      await terminal.out(json ? `${jsonText({ dryRun, expired: count })}\n` : text)
    })
}

async function removeExpired(flags: object, terminal: Terminal): Promise<number> {
  const store = await SessionStore.open(await existingStore({ ...flags }, terminal))
  try {
    return await store.purge({ signal: terminal.stopped })
  } finally {
    await store.close()
  }
}

function countExpired(flags: object, terminal: Terminal): Promise<number> {
  return withStore({ ...flags }, terminal, async (store) => {
    let count = 0
    for await (const { found } of entriesOf(store, terminal.stopped)) {
      if (found.state === 'expired') count++
    }
    return count
  })
}
