import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** A process that prints lines and may be told things on its standard input. It goes with the test. */
export class Child {
  readonly process: ChildProcess
  readonly #lines: AsyncIterator<string>

  constructor(command: string, args: readonly string[]) {
    this.process = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], cwd: root })
    this.#lines = createInterface({ input: this.process.stdout! })[Symbol.asyncIterator]()
    onTestFinished(() => void this.process.kill('SIGKILL'))
  }

  /** The next line it prints; `undefined` when there are no more. */
  async line(): Promise<string | undefined> {
    const { value, done } = await this.#lines.next()
    return done ? undefined : value
  }

  tell(text: string): void {
    this.process.stdin!.write(`${text}\n`)
  }

  /** Waits for its end. Answers what it printed and was not read yet; throws when it failed. */
  async rest(): Promise<string[]> {
    const ended = once(this.process, 'exit')
    const lines: string[] = []
    for (let line = await this.line(); line !== undefined; line = await this.line()) lines.push(line)
    const [code, signal] = this.process.exitCode === null ? await ended : [this.process.exitCode, null]
    if (code !== 0) throw new Error(`${this.process.spawnargs.join(' ')} ended with ${code ?? signal}`)
    return lines
  }

  async kill(): Promise<void> {
    const ended = once(this.process, 'exit')
    this.process.kill('SIGKILL')
    await ended
  }
}

/** A script of test/processes on the built package; it gets its one argument as JSON. */
export function script(name: string, argument: unknown): Child {
  return new Child(process.execPath, [join(root, 'test', 'processes', name), JSON.stringify(argument)])
}

/** A Perl script of test/interop. */
export function perl(name: string, ...args: string[]): Child {
  return new Child('perl', [join(root, 'test', 'interop', name), ...args])
}
