import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'

/**
 * Whether tests with these modules of Perl are to be skipped: one is not here, and nobody asked for all tests
 * (CI_REQUIRE_ALL=1), with which they must fail instead.
 */
export function isPerlMissing(...modules: string[]): boolean {
  const { status } = spawnSync('perl', [...modules.map((module) => `-M${module}`), '-e', '1'])
  return status !== 0 && process.env['CI_REQUIRE_ALL'] !== '1'
}

/** A Perl script of this folder that answers each line of JSON with one. */
export class PerlProgram<Answer = unknown> {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>

  constructor(script: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.#child = spawn('perl', [join(import.meta.dirname, script), ...args], {
      env: { ...process.env, ...environment },
    })
    this.#child.stderr.pipe(process.stderr)
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  /** Throws what Perl died of, if it did. */
  async ask(request: object): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`)
    const line = await this.#lines.next()
    if (line.done === true) throw new Error('Perl has ended')
    const answer = JSON.parse(line.value) as Answer & { readonly error?: string }
    if (answer.error !== undefined) throw new Error(answer.error)
    return answer
  }

  /** Waits until the system has it wait for a lock of flock, where the system tells that. */
  async isWaitingForFlock(): Promise<void> {
    const waiting = new RegExp(`-> FLOCK +\\w+ +\\w+ +${this.#child.pid} `)
    while (existsSync('/proc/locks') && !waiting.test(readFileSync('/proc/locks', 'utf8'))) {
      await setTimeout(5)
    }
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const exit = once(this.#child, 'exit')
    this.#child.stdin.end()
    await exit
  }
}
