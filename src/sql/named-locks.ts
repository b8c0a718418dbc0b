import type { PluginOptions } from '../contracts/services.ts'
import { InvalidOptionError, LockTimeoutError, StorageError } from '../errors.ts'
import { Turns } from '../turns.ts'
import type { Deadline } from './deadline.ts'
import type { Link, Links, Loan } from './link.ts'
import { once } from './statement.ts'

/** The SQL of locks that a connection can hold by a name, with the dialect's marks. */
export interface LockWords {
  /** Given the name and how many seconds to wait; selects 1 when the lock is ours, 0 when it could not be had in time. */
  readonly take: string
  /** Given the name. */
  readonly release: string
}

/** How often a lock is asked for in one call, when connections that were at rest turn out to be dead. */
const mostTries = 20

/** Locks for sessions on a server, by names that other programs have for them too. */
export class NamedLocks {
  readonly #turns = new Turns()

  private constructor(
    private readonly before: string,
    private readonly after: string,
    private readonly words: LockWords,
  ) {}

  /**
   * Option `lockName`: the name of a session's lock, with `%s` for the id.
   *
   * @throws InvalidOptionError
   */
  static fromOptions({ lockName, shared }: PluginOptions, words: LockWords): NamedLocks | undefined {
    if (lockName === undefined || lockName === '') return undefined
    const [before, after, ...more] = typeof lockName === 'string' ? lockName.split('%s') : []
    if (before === undefined || after === undefined || more.length > 0) {
      throw new InvalidOptionError("Option 'lockName' must contain %s once, where the id goes")
    }
    if (!shared) {
      throw new InvalidOptionError(
        "Option 'lockName' is for a table shared with Apache::Session: it goes with shared: true",
      )
    }
    return new NamedLocks(before, after, words)
  }

  /**
   * Does the work on one connection, which holds the lock of this id meanwhile.
   *
   * @throws LockTimeoutError
   */
  with<T>(id: string, links: Links, deadline: Deadline, work: (links: Links) => Promise<T>): Promise<T> {
    const name = this.before + id + this.after
    // However many want the same lock here, one connection waits for it.
    return this.#turns.take(name, async () => {
      const { link, giveBack } = await this.#take(name, links, deadline)
      try {
        return await work(new HeldLink(link, links))
      } finally {
        this.#release(name, link)
        giveBack()
      }
    })
  }

  async #take(name: string, links: Links, deadline: Deadline): Promise<Loan> {
    const seconds = Math.ceil(deadline.left / 1000)
    for (let tries = 1; ; tries += 1) {
      if (deadline.over) throw tooLate(name)
      const loan = await links.borrow(deadline, false)
      const { link } = loan
      const asked = link.run(once(this.words.take), [name, seconds])
      const giveUp = (): void => {
        link.cut()
        // One that was handed in cannot be cut, and may still get the lock.
        asked.then(
          () => this.#release(name, link),
          () => {},
        )
      }
      try {
        const { rows } = await deadline.wait(asked, giveUp)
        const [[answer] = []] = rows
        if (Number(answer) === 1) return loan
        if (answer === null) throw new StorageError(`The server gave no lock of the name ${name}`)
        throw tooLate(name)
      } catch (error) {
        if (link.broken) links.distrust()
        loan.giveBack()
        if (deadline.over) throw tooLate(name)
        if (!link.broken || !links.renews || tries === mostTries) throw error
      }
    }
  }

  /** Nobody waits for the answer: what comes after it on this connection comes later at the server too. */
  #release(name: string, link: Link): void {
    if (!link.broken) link.run(once(this.words.release), [name]).catch(() => link.cut())
  }
}

function tooLate(name: string): LockTimeoutError {
  return new LockTimeoutError(`The lock ${name} was held by others for too long (option timeout)`)
}

/** The connection that holds a lock, for all that is done under it. */
class HeldLink implements Links {
  constructor(
    private readonly link: Link,
    private readonly links: Links,
  ) {}

  /** With the connection the lock is lost. */
  get renews(): boolean {
    return this.links.renews && !this.link.broken
  }

  async borrow(): Promise<Loan> {
    return { link: this.link, giveBack: () => {} }
  }

  distrust(): void {
    this.links.distrust()
  }

  async close(): Promise<void> {}
}
