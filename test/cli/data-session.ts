import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { run } from '../../src/cli/program.ts'
import type { Terminal } from '../../src/cli/terminal.ts'

export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A terminal that leads to a pipe, in a folder without configuration. */
export const pipe: Terminal = {
  environment: {},
  directory: import.meta.dirname,
  out: () => {},
  err: () => {},
  screens: { out: false, err: false },
  columns: 80,
  stopped: new AbortController().signal,
}

/**
 * Runs the command line in this process.
 *
 * @param args a text of arguments with spaces between them, or a list of arguments
 * @param given what is to be otherwise than on a pipe, in a folder without configuration
 */
export async function dataSession(
  args: string | readonly string[],
  given: Partial<Omit<Terminal, 'err'>> = {},
): Promise<Outcome> {
  const written = { out: '', err: '' }
  const code = await run(typeof args === 'string' ? args.split(' ').filter(Boolean) : args, {
    ...pipe,
    out: (text) => void (written.out += text),
    err: (text) => void (written.err += text),
    ...given,
  })
  return { code, ...written }
}

/** A folder that goes with the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'data-session-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

const fixtures = join(import.meta.dirname, '..', 'fixtures')

/** A copy of a folder of `test/fixtures`. */
export function copyOf(name: string): string {
  const folder = join(newFolder(), name)
  cpSync(join(fixtures, name), folder, { recursive: true })
  return folder
}

/** A folder with a configuration in which time stands still. */
export function configured(options: Readonly<Record<string, unknown>>, now: number): string {
  const folder = newFolder()
  const text = `export default { ...${JSON.stringify(options)}, clock: () => ${now * 1000} }\n`
  writeFileSync(join(folder, 'data-session.config.mjs'), text)
  return folder
}

/** All that can be seen of a folder from outside: what is in the files, and when they were changed. */
export function stateOf(folder: string): unknown {
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const { mtimeMs, mode } = statSync(join(folder, name))
      return [name, mtimeMs, mode, readFileSync(join(folder, name), 'base64')]
    })
}

/** The documents of an output with one on each line. */
export function jsonLines(text: string): unknown[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown)
}
