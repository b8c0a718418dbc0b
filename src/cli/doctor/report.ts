import { stringify } from 'yaml'
import type { PluginOptions } from '../../contracts/services.ts'
import type { SessionOptions } from '../../options.ts'
import { counted, countText } from '../measures.ts'
import { paintFor } from '../paint.ts'
import { printable, printableLines } from '../printable.ts'
import { flagsText } from '../store-flags.ts'
import type { Terminal } from '../terminal.ts'
import type { Counts } from './counts.ts'
import type { Findings } from './findings.ts'
import type { FolderSurvey } from './folder.ts'
import type { RecordText } from './text-forms.ts'

/** What `doctor` found out. */
export interface Report {
  readonly driver: string
  /** Whether all records were looked at. */
  readonly complete: boolean
  readonly findings: Findings
  /** Of a folder: what is in it besides. */
  readonly others: FolderSurvey['others'] | undefined
  /** What opens the store. */
  readonly options: SessionOptions & PluginOptions
  /** Of the same records, how many are read with these options; undefined when the store does not open with them. */
  readonly check: { readonly readable: number; readonly expired: number } | undefined
  readonly remarks: readonly string[]
}

const texts: Readonly<Record<RecordText, string>> = {
  ascii: 'ASCII only',
  utf8: 'UTF-8 octets',
  double: 'encoded twice',
  latin1: 'Latin-1',
  characters: 'characters',
  mixed: 'mixed',
}

/** The report as `--json` prints it. */
export function reportFields({
  driver,
  complete,
  findings,
  others,
  options,
  check,
  remarks,
}: Report): object {
  const { records, empty, damaged, unreadable, formats, layouts, texts, ids, damages } = findings
  return {
    driver,
    complete,
    records,
    empty,
    damaged,
    unreadable,
    formats,
    layouts,
    texts,
    ids,
    damages,
    others: others ?? null,
    options: withoutPassword(options),
    check: check ?? null,
    remarks,
  }
}

export function reportText(report: Report, terminal: Terminal): string {
  const { driver, complete, findings, others, check, remarks } = report
  const { heading, bad } = paintFor(terminal)
  const options = withoutPassword(report.options)
  const { records, empty, damaged, unreadable, damages } = findings
  const looked = complete ? countText(records) : `the first ${countText(records)}; --all looks at all of them`
  const lines = [`${heading('driver')}   ${printable(driver)}`, `${heading('records')}  ${looked}`]
  const line = (name: string, text: string) =>
    text !== '' && lines.push(`${heading(name.padEnd(7))}  ${text}`)
  line('format', countsText(findings.formats))
  line('layout', countsText(findings.layouts))
  line(
    'text',
    countsText(findings.texts, (text) => texts[text]),
  )
  line('ids', countsText(findings.ids))
  line('empty', empty === 0 ? '' : countText(empty))
  const broken = damaged + unreadable
  if (broken > 0) {
    lines.push(bad(`damaged  ${countText(broken)}`))
    for (const { id, reason } of damages) lines.push(`  ${printable(id)}  ${printable(reason)}`)
    if (damages.length < broken) lines.push(`  and ${countText(broken - damages.length)} more`)
  }
  if (others) line('besides', besidesText(others))
  if (records > 0) {
    lines.push('', heading('flags'), `  ${printable(flagsText(options))}`)
    lines.push('', heading('data-session.config.yaml'))
    for (const option of stringify(options, { lineWidth: 0 }).trimEnd().split('\n')) {
      lines.push(`  ${printableLines(option)}`)
    }
    lines.push('')
    if (check) {
      const { readable, expired } = check
      lines.push(
        `With these options ${countText(readable)} of ${counted(records, 'record')} can be read; ` +
          `${countText(expired)} of them ${expired === 1 ? 'has' : 'have'} expired.`,
      )
    }
  }
  lines.push(...remarks.map(printable))
  return `${lines.join('\n')}\n`
}

function countsText<Name extends string>(
  counts: Counts<Name>,
  nameOf: (name: Name) => string = (name) => name,
): string {
  return counts.sorted.map(([name, count]) => `${nameOf(name)} ${countText(count)}`).join(', ')
}

function besidesText({ files, links, folders, examples }: FolderSurvey['others']): string {
  const parts = [
    files > 0 ? counted(files, 'other file') : '',
    links > 0 ? counted(links, 'link') : '',
    folders > 0 ? counted(folders, 'folder') : '',
  ].filter((part) => part !== '')
  return parts.length === 0 ? '' : `${parts.join(', ')}: ${examples.map(printable).join(', ')}`
}

/** What is shown may be kept where others read it. */
function withoutPassword(all: SessionOptions & PluginOptions): SessionOptions & PluginOptions {
  const { password: _, ...options } = all
  const { dataSource } = options
  if (typeof dataSource !== 'string') return options
  const hidden = dataSource
    .replace(/^(\w[\w+.-]*:\/\/[^/@:]*:)[^/@]*@/, '$1***@')
    .replace(/\b(password|pass|pwd)=[^;&]*/gi, '$1=***')
  return { ...options, dataSource: hidden }
}
