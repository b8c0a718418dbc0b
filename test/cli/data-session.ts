import { mkdtempSync, rmSync } from 'node:fs'
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
    environment: {},
    directory: tmpdir(),
    out: (text) => void (written.out += text),
    err: (text) => void (written.err += text),
    screens: { out: false, err: false },
    columns: 80,
    stopped: new AbortController().signal,
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
