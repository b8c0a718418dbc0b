import type { DriverLock } from '../contracts/driver.ts'
import type { PluginOptions } from '../contracts/services.ts'
import { InvalidOptionError, LockTimeoutError, StorageError } from '../errors.ts'
import { Turns } from '../turns.ts'
import type { Deadline } from './deadline.ts'
import type { Link, Links, Loan } from './link.ts'
import { SharedLoan } from './shared-loan.ts'
import { once } from './statement.ts'

/** The SQL of locks that a connection can hold by a name, with the dialect's marks. */
export interface LockWords {
  /** Given the name and how many seconds to wait; selects 1 when the lock is ours, 0 when it could not be had in time. */
  readonly take: string
  /** Given the name. */
  readonly release: string
  /** Given the name; selects 1 when the connection that asks has the lock. */
  readonly isOurs: string
}

/** Does what one call does, within its deadline. */
export type InTime = <T>(work: (deadline: Deadline) => Promise<T>) => Promise<T>

/** How often a lock is asked for in one call, when connections that were at rest turn out to be dead. */
const mostTries = 20

/** Locks for sessions on a server, by names that other programs have for them too. */
export class NamedLocks {
  readonly #turns = new Turns()
  readonly #lasting = new SharedLoan()
  /** Locks that are held for longer than one call, with the connection that has them. */
  readonly #held = new Map<string, Link>()

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
   * Does the work on one connection, which holds the lock of this id meanwhile; without all that, if the lock is held
   * here for longer than one call.
   *
   * @throws LockTimeoutError
   */
  with<T>(id: string, links: Links, deadline: Deadline, work: (links: Links) => Promise<T>): Promise<T> {
    const name = this.#nameOf(id)
    // However many want the same lock here, one connection waits for it.
    return this.#turns.take(name, async () => {
      if (this.#isHeld(name)) return work(links)
      const { link, giveBack } = await this.#wait(name, links, deadline)
      try {
        return await work(new HeldLink(link, links))
      } finally {
        this.#release(name, link)
        giveBack()
      }
    })
  }

  /**
   * Takes the lock of this id for longer than one call. Tries once: `undefined` while somebody has it. All these locks
   * are on one connection.
   */
  async tryHold(id: string, links: Links, inTime: InTime): Promise<DriverLock | undefined> {
    const name = this.#nameOf(id)
    // A call that waits for the lock must not find that it is held here.
    if (this.#turns.busy(name) || this.#isHeld(name)) return undefined
    return this.#turns.take(name, async () => {
      const loan = await inTime((deadline) => {
        const borrow = () => this.#lasting.borrow(links, deadline)
        return this.#take(name, 0, deadline, links, borrow)
      })
      return loan && this.#hold(name, loan, inTime)
    })
  }

  #hold(name: string, { link, giveBack }: Loan, inTime: InTime): DriverLock {
    const ask = (sql: string) =>
      inTime((deadline) => deadline.wait(link.run(once(sql), [name]), () => link.cut()))
    this.#held.set(name, link)
    return {
      renew: async () => !link.broken && Number((await ask(this.words.isOurs)).rows[0]?.[0]) === 1,
      // What did not wait for the lock is to be over before others have it.
      release: () =>
        this.#turns.take(name, async () => {
          if (this.#held.get(name) === link) this.#held.delete(name)
          try {
            if (!link.broken) await ask(this.words.release)
          } finally {
            giveBack()
          }
        }),
    }
  }

  #nameOf(id: string): string {
    return this.before + id + this.after
  }

  /** With its connection a lock is lost. */
  #isHeld(name: string): boolean {
    return this.#held.get(name)?.broken === false
  }

  async #wait(name: string, links: Links, deadline: Deadline): Promise<Loan> {
    const borrow = () => links.borrow(deadline, false)
    const seconds = Math.ceil(deadline.left / 1000)
    const taking = this.#take(name, seconds, deadline, links, borrow)
    const loan = await taking.catch((error: unknown) => {
      throw deadline.over ? tooLate(name) : error
    })
    if (!loan) throw tooLate(name)
    return loan
  }

  /** A connection that holds the lock now; `undefined` when others had it for so many seconds. */
  async #take(
    name: string,
    seconds: number,
    deadline: Deadline,
    links: Links,
    borrow: () => Promise<Loan>,
  ): Promise<Loan | undefined> {
    for (let tries = 1; !deadline.over; tries += 1) {
      const loan = await borrow()
      const { link } = loan
      let isOurs = false
      try {
        isOurs = await this.#ask(name, seconds, deadline, link)
        return isOurs ? loan : undefined
      } catch (error) {
        if (link.broken) links.distrust()
        if (deadline.over || !link.broken || !links.renews || tries === mostTries) throw error
      } finally {
        if (!isOurs) loan.giveBack()
      }
    }
    return undefined
  }

  /** Whether the connection has the lock now. */
  async #ask(name: string, seconds: number, deadline: Deadline, link: Link): Promise<boolean> {
    const asked = link.run(once(this.words.take), [name, seconds])
    const giveUp = (): void => {
      link.cut()
      // One that was handed in cannot be cut, and may still get the lock.
      asked.then(
        () => this.#release(name, link),
        () => {},
      )
    }
    const { rows } = await deadline.wait(asked, giveUp)
    const [[answer] = []] = rows
    if (answer === null) throw new StorageError(`The server gave no lock of the name ${name}`)
    return Number(answer) === 1
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

  keep(deadline: Deadline): Promise<Loan> {
    return this.links.keep(deadline)
  }

  distrust(): void {
    this.links.distrust()
  }

  async close(): Promise<void> {}
}
