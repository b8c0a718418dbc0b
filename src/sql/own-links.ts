import type { Deadline } from './deadline.ts'
import type { Links, Loan } from './link.ts'
import { type Connect, Pool } from './pool.ts'

/** How many connections of our own. */
export interface OwnLimits {
  readonly max: number
  /**
   * If the client can send a statement before the last one is answered: how many reads may be under way on one
   * connection. They get a connection or two of their own, beside `max`, since a read never waits for a lock, and a
   * write that does would hold up those behind it. Writes do not gain by it: they wait for the disk, in company.
   */
  readonly pipelinedReads?: number
}

/** Connections that this driver opens and closes. */
export class OwnLinks implements Links {
  readonly renews = true
  readonly #writing: Pool
  readonly #reading: Pool
  readonly #keeping: Pool

  constructor(called: string, connect: Connect, { max, pipelinedReads }: OwnLimits) {
    this.#writing = new Pool(called, connect, { max, share: 1 })
    this.#keeping = new Pool(called, connect, { max: 1, share: 1 })
    this.#reading =
      pipelinedReads === undefined
        ? this.#writing
        : new Pool(called, connect, { max: Math.min(2, max), share: pipelinedReads })
  }

  borrow(deadline: Deadline, reads: boolean): Promise<Loan> {
    return (reads ? this.#reading : this.#writing).borrow(deadline)
  }

  async keep(deadline: Deadline): Promise<Loan> {
    const loan = await this.#keeping.borrow(deadline)
    loan.link.keepAlive(false)
    return loan
  }

  distrust(): void {
    this.#keeping.dropIdle()
    this.#reading.dropIdle()
    this.#writing.dropIdle()
  }

  async close(): Promise<void> {
    await Promise.all([this.#reading, this.#writing, this.#keeping].map((pool) => pool.close()))
  }
}
