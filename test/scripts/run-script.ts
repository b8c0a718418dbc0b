import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The path of a built example script. */
export function scriptPath(name: string): string {
  return fileURLToPath(new URL(`../../dist/scripts/${name}.js`, import.meta.url))
}

/** Runs a built example script to its end, from a folder that is not the repository. */
export function runScript(
  name: string,
  args: readonly string[] = [],
  environment: NodeJS.ProcessEnv = {},
): Promise<Ran> {
  const env = { ...process.env, NO_COLOR: '1', ...environment }
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [scriptPath(name), ...args],
      { env, cwd: tmpdir() },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code
        if (typeof code === 'number') resolve({ code, stdout, stderr })
        else reject(error)
      },
    )
  })
}

/** A folder that scripts take for the system's temporary folder, so that it can be seen what they leave there. */
export class TemporaryFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'data-session-test-'))
  readonly environment: NodeJS.ProcessEnv = { TMPDIR: this.path, TEMP: this.path, TMP: this.path }

  list(): string[] {
    return readdirSync(this.path)
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}
