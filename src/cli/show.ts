import type { Command } from 'commander'
import { expiredParameters, expiresAt, type SessionRecord } from '../record.ts'
import type { OpenStore } from '../open-store.ts'
import { asJson, examples, storeCommand } from './command.ts'
import type { Entry } from './entries.ts'
import { entryFields, timeIn } from './entry-fields.ts'
import { findRecord } from './find.ts'
import { durationText, roughDuration, sizeText, timeText } from './measures.ts'
import { withStore } from './open.ts'
import { paintFor } from './paint.ts'
import { plainValue } from './plain-value.ts'
import { jsonText, printable } from './printable.ts'
import type { Terminal } from './terminal.ts'
import { valueText } from './value-text.ts'

export function show(terminal: Terminal): Command {
  return storeCommand('show')
    .summary('show a session: its times, lifetimes and parameters')
    .description(
      'Shows all that is known of a session. What Perl has and JavaScript has not is shown as Perl writes it. Nothing ' +
        'is written, and no access counts.',
    )
    .argument('<id>', 'the id of the session')
    .option('--json', asJson)
    .addHelpText(
      'after',
      examples(
        'data-session show 0a1b2c3d4e5f60718293a4b5c6d7e8f9',
        "data-session show 0a1b2c3d4e5f60718293a4b5c6d7e8f9 --json | jq '.params.cart'",
      ),
    )
    .action(async (id: string, { json = false, ...flags }: { json?: boolean }) => {
      await withStore(flags, terminal, async (store) => {
        const found = await findRecord(store, id)
        const entry = { id, found }
        const { record } = found
        const gone = expiredParameters(record, store.rules.parameterExpiry, store.rules.now())
        await terminal.out(
          json
            ? `${jsonText(fieldsOf(entry, record, gone))}\n`
            : textOf(entry, record, gone, store, terminal),
        )
      })
    })
}

function fieldsOf(entry: Entry, record: SessionRecord, gone: readonly string[]): object {
  const entries = [...record.params].map(([name, value]) => [name, plainValue(value, name)])
  const lifetimes = [...record.ptime].map(([name, { lifetime, deadline }]) => [
    name,
    { lifetime, deadline: deadline ?? null, expired: gone.includes(name) },
  ])
  return {
    ...entryFields(entry),
    etime: record.etime,
    deadline: timeIn(record.deadline),
    ptime: Object.fromEntries(lifetimes) as object,
    params: Object.fromEntries(entries) as object,
  }
}

function textOf(
  { id, found }: Entry,
  record: SessionRecord,
  gone: readonly string[],
  { rules }: OpenStore,
  terminal: Terminal,
): string {
  const { heading, bad, quiet } = paintFor(terminal)
  const now = rules.now()
  const ago = (time: number) => {
    if (time === 0) return '-'
    const distance = roughDuration(Math.abs(now - time))
    return `${timeText(time)}  ${quiet(time > now ? `in ${distance}` : `${distance} ago`)}`
  }
  const end = expiresAt(record)
  const facts = [
    ['id', printable(id)],
    ...(record.owner === undefined ? [] : [['owner', printable(record.owner)]]),
    ['state', found.state === 'alive' ? 'alive' : bad(found.state)],
    ['accessed', ago(record.atime)],
    ['created', ago(record.ctime)],
    ['expires', end === undefined ? 'never' : ago(end)],
    ['lifetime', record.etime === 0 ? 'none' : `${durationText(record.etime)} after the last access`],
    ...(record.deadline === 0 ? [] : [['deadline', ago(record.deadline)]]),
    ['size', 'image' in found ? sizeText(found.image.length) : '-'],
  ]
  const lines = facts.map(([name = '', value = '']) => `${heading(name.padEnd(8))}  ${value}`)
  const names = [...record.params.keys()].sort()
  lines.push('', heading(names.length === 0 ? 'no parameters' : 'parameters'))
  for (const name of names) {
    const value = valueText(plainValue(record.params.get(name), name), terminal.columns - 2)
    lines.push(...`${printable(name)} = ${value}`.split('\n').map((line) => `  ${line}`))
    const lifetime = record.ptime.get(name)
    if (lifetime === undefined) continue
    const until = gone.includes(name) ? bad('has expired') : `lifetime ${durationText(lifetime.lifetime)}`
    lines.push(`    ${quiet('↳')} ${until}`)
  }
  return `${lines.join('\n')}\n`
}
