import type { Awaitable } from '../contracts/awaitable.ts'
import type { Terminal } from './terminal.ts'

/** So many characters are written at once. */
const chunk = 16_384
/** So many milliseconds a line waits for others at most, so that a person sees that something happens. */
const patience = 100

/** Writes many lines, a chunk at a time, no faster than they are read. */
export class Lines {
  readonly #terminal: Terminal
  #waiting = ''
  #since = performance.now()

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  /** To be awaited. */
  write(line: string): Awaitable<void> {
    this.#waiting += `${line}\n`
    if (this.#waiting.length >= chunk || performance.now() - this.#since > patience) return this.end()
  }

  async end(): Promise<void> {
    const text = this.#waiting
    this.#waiting = ''
    if (text !== '') await this.#terminal.out(text)
    this.#since = performance.now()
    this.#terminal.stopped.throwIfAborted()
  }
}
