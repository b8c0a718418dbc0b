import { resolve } from 'node:path'
import { Command } from 'commander'
import { migrate as migrateStore } from '../migrate/migrate.ts'
import type { MigrateOptions, MigrationPass } from '../migrate/options.ts'
import { asJson, examples, readCount } from './command.ts'
import { Progress } from './migrate/progress.ts'
import { judge, textOf } from './migrate/report.ts'
import { sideFlags, sideOptions } from './migrate/side-flags.ts'
import { counted, countText } from './measures.ts'
import { jsonText, printable } from './printable.ts'
import type { Terminal } from './terminal.ts'

type Flags = Pick<
  MigrateOptions,
  'dryRun' | 'verify' | 'skipExpired' | 'overwriteOlder' | 'concurrency' | 'follow' | 'interval'
> & { readonly quarantine: string; readonly json?: boolean } & Readonly<Record<string, unknown>>

/** So many records with a problem are named; the quarantine has all. */
const mostNamed = 20

export function migrate(terminal: Terminal): Command {
  const command = new Command('migrate')
    .summary('copy all sessions into another store')
    .description(
      'Copies all sessions of one store into another, with their ids, times and lifetimes. The first is only read. ' +
        'What the second has already stays; so after an interruption the same command goes on where it ended.',
    )
    .option('--dry-run', 'write nothing, and say what would become of the sessions')
    .option('--verify', 'read each session back and compare it')
    .option('--skip-expired', 'leave out sessions that have expired')
    .option('--overwrite-older', 'replace a session that is there and was last used earlier')
    .option('--quarantine <folder>', 'for what cannot be copied', 'data-session-quarantine')
    .option('--follow', 'go on copying what changes, until Ctrl-C')
    .option('--interval <duration>', 'how long --follow waits in between', '2s')
    .option('--concurrency <number>', 'how many sessions are under way at a time', readCount, 16)
    .option('--json', asJson)
    .addHelpText(
      'after',
      examples(
        "data-session migrate --from 'driver:file;serializer:storable' --from-directory /var/lib/shop/sessions \\",
        "    --to 'driver:SQLite;serialize:JSON' --to-data-source sessions.sqlite --verify",
        'DATA_SESSION_TO_PASSWORD=… data-session migrate --from-config old.yaml --to-config new.yaml --follow',
      ),
    )
  for (const flag of [...sideFlags('from'), ...sideFlags('to')]) command.addOption(flag)
  return command.action((flags: Flags) => run(flags, terminal))
}

async function run(flags: Flags, terminal: Terminal): Promise<void> {
  const { dryRun, verify, skipExpired, overwriteOlder, concurrency, follow, interval, json } = flags
  const [from, to] = [await sideOptions('from', flags, terminal), await sideOptions('to', flags, terminal)]
  const quarantine = resolve(terminal.directory, flags.quarantine)
  const progress = new Progress(terminal)
  const tellPass = passTeller(progress)
  let problems = 0
  const summary = await migrateStore(from, to, {
    dryRun,
    verify,
    skipExpired,
    overwriteOlder,
    concurrency,
    follow,
    interval,
    quarantine,
    signal: terminal.stopped,
    onProgress: (at) => progress.show(at),
    onProblem: ({ id, kind, reason }) => {
      if (++problems <= mostNamed) progress.say(printable(`${kind} ${JSON.stringify(id)}: ${reason}`))
    },
    onPass: tellPass,
  }).finally(() => progress.erase())
  if (problems > mostNamed) progress.say(`… and ${counted(problems - mostNamed, 'session')} more`)
  await terminal.out(json ? `${jsonText(summary)}\n` : textOf(summary, quarantine))
  judge(summary)
  if (summary.complete) return
  progress.say('Stopped before the end. The same command goes on from here.')
  terminal.stopped.throwIfAborted()
}

/** Tells what a pass has changed; nothing when that is nothing. */
function passTeller(progress: Progress): (pass: MigrationPass) => void {
  let toldWithheld = 0
  return ({ pass, written, removed, withheld }) => {
    if (pass === 1 || written > 0 || removed > 0) {
      progress.say(`${counted(written, 'session')} written, ${countText(removed)} removed`)
    }
    if (withheld > 0 && withheld !== toldWithheld) {
      progress.say(
        `${counted(withheld, 'session')} vanished from the source at once: none is removed from the target`,
      )
    }
    toldWithheld = withheld
  }
}
