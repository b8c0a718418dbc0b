import type { Command } from 'commander'
import type { Awaitable } from '../contracts/awaitable.ts'
import type { OpenStore } from '../open-store.ts'
import { asJsonLines, examples, storeCommand } from './command.ts'
import { entriesOf, type Entry, idsOf } from './entries.ts'
import { entryFields, ownerOf } from './entry-fields.ts'
import { Lines } from './lines.ts'
import { sizeText, timeText } from './measures.ts'
import { withStore } from './open.ts'
import { type Paint, paintFor } from './paint.ts'
import { jsonText, printable } from './printable.ts'
import type { Terminal } from './terminal.ts'

interface Flags {
  readonly long?: boolean
  readonly expired?: boolean
  readonly owner?: string
  readonly json?: boolean
}

export function ls(terminal: Terminal): Command {
  return storeCommand('ls')
    .summary('list the sessions')
    .description(
      'Lists the ids of all sessions, those that have expired and are still there included. Nothing is written, and ' +
        'no access counts.',
    )
    .option('-l, --long', 'with state, last access, creation, expiry and size')
    .option('--expired', 'only those that have expired')
    .option('--owner <owner>', 'only those of this owner; every record is read')
    .option('--json', asJsonLines)
    .addHelpText(
      'after',
      examples(
        "data-session ls --type 'driver:SQLite;serialize:JSON' --data-source sessions.sqlite --long",
        'data-session ls --long | sort -k2 | head    (in a folder with data-session.config.yaml)',
        'data-session ls --expired --json',
      ),
    )
    .action(async ({ long = false, expired = false, owner, json = false, ...flags }: Flags) => {
      await withStore(flags, terminal, async (store) => {
        const lines = new Lines(terminal)
        if (long || expired || owner !== undefined) {
          const show = json ? jsonOf(long) : long ? longOf(paintFor(terminal)) : idOf
          if (long && !json) await lines.write(heading(paintFor(terminal)))
          await list(store, terminal, (entry) => {
            if (expired && entry.found.state !== 'expired') return
            if (owner !== undefined && ownerOf(entry) !== owner) return
            return lines.write(show(entry))
          })
        } else {
          for await (const id of idsOf(store, terminal.stopped)) {
            await lines.write(json ? jsonText({ id }) : printable(id))
          }
        }
        await lines.end()
      })
    })
}

async function list(
  store: OpenStore,
  { stopped }: Terminal,
  visit: (entry: Entry) => Awaitable<void>,
): Promise<void> {
  for await (const entry of entriesOf(store, stopped)) await visit(entry)
}

const idOf = ({ id }: Entry): string => printable(id)

function jsonOf(long: boolean): (entry: Entry) => string {
  return (entry) => jsonText(long ? entryFields(entry) : { id: entry.id })
}

// The ids come last, being of any length: nobody knows the longest before the end.
const widths = [10, 20, 20, 20, 8] as const

function row(cells: readonly string[], id: string): string {
  const padded = cells.map((cell, at) =>
    at === cells.length - 1 ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
  )
  return `${padded.join('  ')}  ${id}`
}

function heading({ heading }: Paint): string {
  return heading(row(['state', 'accessed', 'created', 'expires', 'size'], 'id'))
}

function longOf(paint: Paint): (entry: Entry) => string {
  return (entry) => {
    const { id, state, atime, ctime, expires, size, reason } = entryFields(entry)
    const isRead = 'record' in entry.found
    const cells = [
      state,
      time(atime),
      time(ctime),
      expires === null && isRead ? 'never' : time(expires),
      size === null ? '-' : sizeText(size),
    ]
    const line = row(cells, printable(reason === undefined ? id : `${id}  (${reason})`))
    if (state === 'alive') return line
    return state === 'expired' ? paint.quiet(line) : paint.bad(line)
  }
}

function time(seconds: number | null): string {
  return seconds === null ? '-' : timeText(seconds)
}
