import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'

/**
 * What the examples have in common: runs one in a new temporary folder, which is removed at the end unless the person
 * said `--keep`, and answers `--help` and wrong arguments (exit code 2).
 *
 * @param about one sentence that says what the example shows
 */
export async function runExample(about: string, run: (folder: string) => Promise<void>): Promise<void> {
  const name = basename(process.argv[1] ?? '')
  const usage = `${about}\n\nUsage: node dist/scripts/${name} [--keep]\n  --keep  leave what was made in its temporary folder`
  const keep = readKeep(usage)
  if (keep === undefined) return
  const folder = mkdtempSync(join(tmpdir(), 'data-session-'))
  try {
    await run(folder)
  } finally {
    if (keep) console.log(`Kept: ${folder}`)
    else rmSync(folder, { recursive: true, force: true })
  }
}

/** Whether to keep what was made; `undefined` when the person has been answered already. */
function readKeep(usage: string): boolean | undefined {
  try {
    const { values } = parseArgs({
      args: process.argv.slice(2),
      options: { keep: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    })
    if (!values.help) return values.keep ?? false
    console.log(usage)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    process.exitCode = 2
  }
  return undefined
}
