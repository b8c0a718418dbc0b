import { type Command, Option } from 'commander'
import type { PluginOptions } from '../contracts/services.ts'
import { InvalidOptionError } from '../errors.ts'
import { examine } from '../examine.ts'
import { type OpenStore, openStore } from '../open-store.ts'
import type { SessionOptions } from '../options.ts'
import { parseTypeString } from '../type-string.ts'
import { asJson, examples, readCount, storeCommand } from './command.ts'
import { adviseOptions, remarksOn } from './doctor/advice.ts'
import { Diagnostician } from './doctor/diagnosis.ts'
import { Findings } from './doctor/findings.ts'
import { surveyFolder } from './doctor/folder.ts'
import { type Place, placeOf } from './doctor/locate.ts'
import { openAnyhow } from './doctor/open-anyhow.ts'
import { type Report, reportFields, reportText } from './doctor/report.ts'
import { entriesOf, idsOf } from './entries.ts'
import { reasonOf } from './entry-fields.ts'
import { CommandFailure } from './failure.ts'
import { counted, countText } from './measures.ts'
import { jsonText } from './printable.ts'
import { flagOptions, storeOptions } from './store-flags.ts'
import type { Terminal } from './terminal.ts'

type Options = SessionOptions & PluginOptions

interface Flags {
  readonly sample: number
  readonly all?: boolean
  readonly json?: boolean
}

export function doctor(terminal: Terminal): Command {
  return storeCommand('doctor')
    .summary('find out what a store really holds, and what opens it')
    .description(
      'Looks at the records of a store, of which nothing has to be known but where it is, and tells by counts which ' +
        'format, layout, text encoding and ids they have, which are damaged and why, and which options open it. Nothing ' +
        'is written.',
    )
    .argument('[where]', 'a folder, a database file, a URL, or a data source of Perl')
    .addOption(
      new Option('-n, --sample <count>', 'how many records to look at').argParser(readCount).default(10_000),
    )
    .option('--all', 'look at all of them')
    .option('--json', asJson)
    .addHelpText(
      'after',
      examples(
        'data-session doctor /var/lib/shop/sessions',
        'data-session doctor sessions.sqlite --all',
        "data-session doctor 'dbi:Pg:dbname=shop' --table-name carts",
        'data-session doctor sessions.sqlite --json | jq .options > data-session.config.json',
      ),
    )
    .action(async (where: string | undefined, { sample, all, json = false, ...flags }: Flags) => {
      const given =
        where === undefined ? await storeOptions({ ...flags }, terminal) : flagOptions({ ...flags })
      const report = await examineStore(placeOf(where, given, terminal.directory), given, {
        most: all ? Infinity : sample,
        terminal,
      })
      await terminal.out(json ? `${jsonText(reportFields(report))}\n` : reportText(report, terminal))
      const { damaged, unreadable, records } = report.findings
      if (damaged + unreadable > 0) {
        throw new CommandFailure(
          `${countText(damaged + unreadable)} of ${counted(records, 'record')} cannot be read`,
        )
      }
    })
}

interface Extent {
  readonly most: number
  readonly terminal: Terminal
}

async function examineStore(place: Place, given: Options, extent: Extent): Promise<Report> {
  const { stopped } = extent.terminal
  const { directory, fileName } = { ...place.options, ...given }
  const folder =
    place.driver === 'File' && directory !== undefined && fileName === undefined
      ? await surveyFolder(directory, stopped)
      : undefined
  const { type: _, ...known } = given
  const opened = await openAnyhow(
    { ...place, options: { ...place.options, ...folder?.options } },
    known,
    stopped,
  )
  const findings = new Findings()
  let complete: boolean
  try {
    complete = await diagnoseAll(opened.store, findings, extent)
  } finally {
    await opened.store.records.close()
  }
  const { driver = place.driver } = parseTypeString(opened.store.type)
  const options = adviseOptions(driver, opened.options, findings)
  const remarks = remarksOn(findings, options)
  let check: Report['check']
  try {
    check = await readAll(options, extent)
  } catch (error) {
    if (!(error instanceof InvalidOptionError)) throw error
    remarks.push(`The store does not open with these options: ${error.message}`)
  }
  return { driver, complete, findings, others: folder?.others, options, check, remarks }
}

/** Answers whether that was all. */
async function diagnoseAll(
  store: OpenStore,
  findings: Findings,
  { most, terminal }: Extent,
): Promise<boolean> {
  const diagnostician = await Diagnostician.create()
  for await (const id of idsOf(store, terminal.stopped)) {
    if (findings.records === most) return false
    const found = await examine(store, id)
    if (found.state === 'unreadable') findings.addUnreadable(id, reasonOf(found.error))
    else if (found.state === 'empty') findings.addEmpty()
    else if ('image' in found) findings.add(id, diagnostician.diagnose(id, found.image))
  }
  return true
}

/** Proves the advice. */
async function readAll(options: Options, { most, terminal }: Extent): Promise<Report['check']> {
  const store = await openStore({ ...options, mustExist: true })
  let [looked, readable, expired] = [0, 0, 0]
  try {
    for await (const { found } of entriesOf(store, terminal.stopped)) {
      if (looked++ === most) break
      if ('record' in found) readable++
      if (found.state === 'expired') expired++
    }
  } finally {
    await store.records.close()
  }
  return { readable, expired }
}
