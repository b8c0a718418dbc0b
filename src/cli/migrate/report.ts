import { addsUp, type MigrationSummary } from '../../migrate/summary.ts'
import { CommandFailure } from '../failure.ts'
import { counted, countText, durationText } from '../measures.ts'
import { printable } from '../printable.ts'

/** The summary, for people. */
export function textOf(summary: MigrationSummary, quarantine: string): string {
  const { dryRun, read, written, replaced, present, differing, skipped, expired, empty } = summary
  const { quarantined, vanished, removed, verified, different, dropped, seconds } = summary
  const rows: [name: string, count: number, remark?: string][] = [
    ['Read', read, `in ${durationText(Math.ceil(seconds))}`],
    [dryRun ? 'To be written' : 'Written', written, some(replaced, 'in place of an older one')],
    ['Already there', present, some(differing, 'other than in the source, and left so')],
    ['Skipped', skipped, [some(expired, 'expired'), some(empty, 'empty')].filter(Boolean).join(', ')],
    [dryRun ? 'For quarantine' : 'In quarantine', quarantined, quarantined > 0 && !dryRun ? quarantine : ''],
  ]
  if (vanished > 0) rows.push(['Vanished', vanished, 'between being listed and being read'])
  if (removed > 0) rows.push(['Removed', removed, 'from the target, as from the source'])
  if (verified > 0 || different > 0) rows.push(['Verified', verified, some(different, 'different')])
  for (const [name, count] of Object.entries(dropped)) {
    rows.push(['Left out', count, `${printable(name)}, which the target's layout has no place for`])
  }
  const width = Math.max(...rows.map(([, count]) => countText(count).length))
  return rows
    .map(([name, count, remark]) => {
      const text = remark ? `  (${remark})` : ''
      return `${name.padEnd(15)}${countText(count).padStart(width)}${text}\n`
    })
    .join('')
}

function some(count: number, what: string): string {
  return count === 0 ? '' : `${countText(count)} ${what}`
}

/**
 * Makes a failure of what is not as it should be.
 *
 * @throws CommandFailure
 */
export function judge(summary: MigrationSummary): void {
  const { different } = summary
  if (!addsUp(summary)) throw new CommandFailure('The counts do not add up: this is a fault of the program')
  if (different > 0) {
    throw new CommandFailure(
      `${counted(different, 'session')} came back from the target otherwise than written`,
    )
  }
}
