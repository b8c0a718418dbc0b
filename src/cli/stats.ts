import type { Command } from 'commander'
import { expiresAt } from '../record.ts'
import { bars } from './bars.ts'
import { asJson, examples, storeCommand } from './command.ts'
import { entriesOf, type Entry } from './entries.ts'
import { countText, roughDuration, sizeText } from './measures.ts'
import { withStore } from './open.ts'
import { paintFor } from './paint.ts'
import { jsonText } from './printable.ts'
import { SizeHistogram } from './size-histogram.ts'
import { spanNames, spanOf } from './spans.ts'
import type { Terminal } from './terminal.ts'

export function stats(terminal: Terminal): Command {
  return storeCommand('stats')
    .summary('count the sessions, and tell how large and how old they are')
    .description(
      'Reads every session and tells how many there are, how large, how old, and when they will expire. It takes the ' +
        'same memory for a million as for ten. Nothing is written, and no access counts.',
    )
    .option('--json', asJson)
    .addHelpText('after', examples('data-session stats', "data-session stats --json | jq '.states.expired'"))
    .action(async ({ json = false, ...flags }: { json?: boolean }) => {
      await withStore(flags, terminal, async (store) => {
        const tally = new Tally(store.rules.now())
        for await (const entry of entriesOf(store, terminal.stopped)) tally.add(entry)
        await terminal.out(json ? `${jsonText(tally)}\n` : textOf(tally, terminal))
      })
    })
}

/** Counts by name, in the order of the names. */
type Counts = Record<string, number>

const zeros = (names: readonly string[]): Counts => Object.fromEntries(names.map((name) => [name, 0]))

class Tally {
  readonly states = zeros(['alive', 'expired', 'empty', 'damaged', 'unreadable'])
  readonly sizes = new SizeHistogram()
  readonly created = zeros([...spanNames, 'unknown'])
  readonly used = zeros([...spanNames, 'unknown'])
  readonly expires = zeros(['expired', ...spanNames, 'never'])
  sessions = 0
  /** Seconds since the creation of the youngest and the oldest. */
  youngest = Infinity
  oldest = -Infinity

  constructor(private readonly now: number) {}

  add({ found }: Entry): void {
    this.sessions++
    increase(this.states, found.state)
    if ('image' in found) this.sizes.add(found.image.length)
    if (!('record' in found)) return
    const { record } = found
    increase(this.created, this.#spanSince(record.ctime))
    increase(this.used, this.#spanSince(record.atime))
    if (record.ctime !== 0) {
      this.youngest = Math.min(this.youngest, this.now - record.ctime)
      this.oldest = Math.max(this.oldest, this.now - record.ctime)
    }
    const end = expiresAt(record)
    if (found.state === 'expired') increase(this.expires, 'expired')
    else increase(this.expires, end === undefined ? 'never' : spanOf(end - this.now))
  }

  #spanSince(time: number): string {
    return time === 0 ? 'unknown' : spanOf(this.now - time)
  }

  toJSON(): object {
    const { sessions, states, sizes, youngest, oldest, created, used, expires } = this
    const { count, total, min, median, max } = sizes
    return {
      sessions,
      states,
      bytes: count === 0 ? null : { min, median, max, total },
      age: oldest < youngest ? null : { youngest, oldest },
      created,
      used,
      expires,
    }
  }
}

function increase(counts: Counts, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1
}

function textOf(tally: Tally, terminal: Terminal): string {
  const { sessions, states, sizes, youngest, oldest } = tally
  const { heading, bad } = paintFor(terminal)
  const others = Object.entries(states).filter(([state, count]) => state !== 'alive' && count > 0)
  const parts = others.map(([state, count]) => {
    const text = `${countText(count)} ${state}`
    return state === 'expired' ? text : bad(text)
  })
  const lines = [
    `${heading('sessions')}  ${countText(sessions)}${parts.length === 0 ? '' : `, of them ${parts.join(', ')}`}`,
  ]
  if (sizes.count > 0) {
    const { min, median, max, total } = sizes
    lines.push(
      `${heading('size')}      ${sizeText(min)} to ${sizeText(max)}, median ${sizeText(median)}, ` +
        `together ${sizeText(total)}`,
    )
  }
  if (oldest >= youngest) {
    lines.push(`${heading('age')}       ${roughDuration(youngest)} to ${roughDuration(oldest)}`)
  }
  if (sessions > 0) {
    for (const [title, counts] of [
      ['expire within', tally.expires],
      ['were created within', tally.created],
      ['were used within', tally.used],
    ] as const) {
      lines.push('', heading(title), ...bars(Object.entries(counts), terminal))
    }
  }
  return `${lines.join('\n')}\n`
}
