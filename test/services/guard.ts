import { type ChildProcess, spawn } from 'node:child_process'

// Reads process ids, a line each; the last one counts, an empty line means none. At the end of its input, which comes
// when this process ends in whatever way, it kills that process and removes the folder.
const script = `trap '' INT TERM HUP
pid=
while read -r line; do pid=$line; done
[ -z "$pid" ] || kill -KILL "$pid"
rm -rf "$1"`

/** Sees to it that a server does not live longer than the tests, also when these are killed. */
export class Guard {
  readonly #shell: ChildProcess

  /** @param folder removed at the end */
  constructor(folder: string) {
    this.#shell = spawn('sh', ['-c', script, 'sh', folder], { stdio: ['pipe', 'ignore', 'ignore'] })
    this.#shell.on('error', () => {})
    this.#shell.stdin!.on('error', () => {})
    this.#shell.unref()
  }

  /** From now on this is the process to end. */
  watch(pid: number | undefined): void {
    this.#shell.stdin!.write(`${pid ?? ''}\n`)
  }

  /** Ends the process, if there is one, and removes the folder. */
  async end(): Promise<void> {
    const ended = new Promise((settle) => this.#shell.once('exit', settle))
    this.#shell.stdin!.end()
    if (this.#shell.exitCode === null) await ended
  }
}
