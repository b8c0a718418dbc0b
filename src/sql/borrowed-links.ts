import { ClosedError, StorageError } from '../errors.ts'
import type { Deadline } from './deadline.ts'
import type { Link, Links, Loan, Value } from './link.ts'
import type { Statement } from './statement.ts'

/** A pool of the user's, as its client package gives it. */
export interface BorrowedPool {
  take(): Promise<PooledLink>
}

/** A connection out of a pool of the user's. */
export interface PooledLink extends Link {
  /** Puts it back; a broken one is taken out of the pool. */
  release(): void
}

/** The connections of a pool that was handed in. */
export class PooledLinks implements Links {
  readonly renews = true

  constructor(private readonly pool: BorrowedPool) {}

  async borrow(deadline: Deadline): Promise<Loan> {
    let late = false
    const taking = this.pool.take().then((link) => {
      if (late) link.release()
      return link
    })
    const link = await deadline.wait(taking, () => {
      late = true
    })
    return { link, giveBack: () => link.release() }
  }

  keep(deadline: Deadline): Promise<Loan> {
    return this.borrow(deadline)
  }

  distrust(): void {}

  async close(): Promise<void> {}
}

/**
 * One connection that was handed in. It takes one statement at a time, also when one before took too long: that one is
 * still under way, and the connection is not ours to cut.
 */
export class SingleLink implements Links {
  readonly renews = false
  #link: Link | undefined
  #before: Promise<unknown> = Promise.resolve()
  #closed = false

  /** @param ask gives the connection; called again when it is lost, unless that would give the same one again */
  constructor(
    private readonly called: string,
    private readonly ask: () => Promise<Link>,
    private readonly letGo: (link: Link) => void,
    private readonly canAskAgain: boolean,
  ) {}

  async borrow(deadline: Deadline): Promise<Loan> {
    const before = this.#before
    let pass = (): void => {}
    const turn = new Promise<void>((resolve) => {
      pass = resolve
    })
    this.#before = turn
    await deadline.wait(before, () => void before.then(pass))
    try {
      const link = await this.#current(deadline)
      let answered: Promise<unknown> = Promise.resolve()
      const run = (statement: Statement, values: readonly Value[]) => {
        const answer = link.run(statement, values)
        answered = answer.catch(() => {})
        return answer
      }
      return { link: new Uncut(link, run), giveBack: () => void answered.then(pass) }
    } catch (error) {
      pass()
      throw error
    }
  }

  async keep(deadline: Deadline): Promise<Loan> {
    const { link, giveBack } = await this.borrow(deadline)
    giveBack()
    return { link, giveBack: () => {} }
  }

  distrust(): void {}

  async close(): Promise<void> {
    this.#closed = true
    if (this.#link) this.letGo(this.#link)
  }

  async #current(deadline: Deadline): Promise<Link> {
    if (this.#closed) throw new ClosedError(this.called)
    if (this.#link && !this.#link.broken) return this.#link
    if (this.#link && !this.canAskAgain) {
      throw new StorageError(`${this.called}: the connection in the option dbh is closed`)
    }
    if (this.#link) this.letGo(this.#link)
    this.#link = undefined
    this.#link = await deadline.wait(this.ask())
    return this.#link
  }
}

class Uncut implements Link {
  constructor(
    private readonly link: Link,
    readonly run: Link['run'],
  ) {}

  get broken(): boolean {
    return this.link.broken
  }

  cut(): void {}

  async end(): Promise<void> {}

  keepAlive(): void {}
}
