import { StorageError } from '../errors.ts'
import { tryUntil } from '../remote/attempts.ts'
import { NothingDone } from '../remote/failures.ts'
import type { Distribution } from './distribution.ts'
import { OtherConnection, Refusal, storageError } from './failures.ts'
import type { Keys } from './keys.ts'
import { type Answer, Line } from './line.ts'
import type { MemjsClient } from './memjs.ts'
import { type Command, opcodes } from './protocol.ts'

/** All memcacheds of a client, each within a deadline. What goes wrong for good comes out as a `StorageError`. */
export class Servers {
  /** For each server of the client; the same one for a server that is there more than once. */
  readonly #lines: readonly Line[]

  /** @param timeout in milliseconds */
  constructor(
    client: MemjsClient,
    readonly keys: Keys,
    private readonly distribution: Distribution,
    readonly timeout: number,
  ) {
    const { servers } = client
    const lines = new Map(servers.map((server, index) => [server, new Line(client, index)]))
    this.#lines = servers.map((server) => lines.get(server)!)
  }

  /** Each once. */
  get lines(): readonly Line[] {
    return [...new Set(this.#lines)]
  }

  /** The one that has this id, whether it can be reached or not. */
  lineOf(id: string): Line {
    const { length } = this.#lines
    return this.#lines[length === 1 ? 0 : this.distribution(id, this.keys.keyOf(id), length)]!
  }

  /** When a call that begins now must be over, by `performance.now()`. */
  get deadline(): number {
    return performance.now() + this.timeout
  }

  /**
   * What one of them answers; what had no effect is tried again until the deadline.
   *
   * @throws OtherConnection when nothing was sent for that
   */
  async ask(line: Line, command: Command, deadline: number): Promise<Answer> {
    try {
      return await tryUntil(deadline, (left) => line.send(command, left), isHarmless)
    } catch (error) {
      throw error instanceof OtherConnection ? error : storageError(line.called, this.timeout, error)
    }
  }

  /** What to throw for an answer that is a no. */
  refusal({ called }: Line, { header }: Answer): Error {
    return storageError(called, this.timeout, Refusal.of(header.status))
  }

  /**
   * Waits until all have answered, or the time is over.
   *
   * @throws StorageError when there is none, or one refuses us
   */
  async reach(): Promise<void> {
    const { deadline } = this
    const noop: Command = { opcode: opcodes.noop, key: '' }
    const outcomes = await Promise.allSettled(this.lines.map((line) => this.ask(line, noop, deadline)))
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    for (const failure of failures) {
      const isRefusal = failure instanceof StorageError && failure.cause instanceof Refusal
      if (isRefusal || failures.length === outcomes.length) throw failure
    }
  }

  /** Closes all connections. */
  async end(): Promise<void> {
    await Promise.all(this.lines.map((line) => line.end()))
  }

  /** Leaves the connections to whom they belong. */
  leave(): void {
    for (const line of this.lines) line.leave()
  }
}

function isHarmless(error: unknown): boolean {
  return error instanceof NothingDone
}
