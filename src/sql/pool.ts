import { setTimeout as delay } from 'node:timers/promises'
import { ClosedError } from '../errors.ts'
import type { Deadline } from './deadline.ts'
import type { Link, Loan } from './link.ts'

/** How a pool opens a connection, in the time that the deadline leaves. */
export type Connect = (deadline: Deadline) => Promise<Link>

export interface PoolLimits {
  /** How many connections at most. */
  readonly max: number
  /** How many statements may be under way on one connection; more than 1 if the client pipelines. */
  readonly share: number
}

/** Milliseconds after which a connection that nobody uses is closed. */
const idleTime = 10_000

/** Milliseconds that a server gets to answer a good-bye. */
const goodbye = 1000

interface Member {
  readonly link: Link
  users: number
  since: number
}

/** Connections of our own, opened when they are needed. */
export class Pool {
  readonly #members: Member[] = []
  /** Those who wait for a connection; with `undefined` they are to look again. */
  readonly #waiting = new Set<(member: Member | undefined) => void>()
  #opening = 0
  #closed = false
  #sweeper: NodeJS.Timeout | undefined

  constructor(
    private readonly called: string,
    private readonly connect: Connect,
    private readonly limits: PoolLimits,
  ) {}

  async borrow(deadline: Deadline): Promise<Loan> {
    for (;;) {
      if (this.#closed) throw new ClosedError(this.called)
      const member = this.#find()
      if (member) return this.#lend(member)
      if (this.#hasRoom()) return this.#loan(await this.#open(deadline))
      const given = await this.#wait(deadline)
      if (given) return this.#loan(given)
    }
  }

  /** Closes the connections that are at rest. */
  dropIdle(): void {
    for (const member of this.#members.filter(({ users }) => users === 0)) {
      this.#remove(member)
      member.link.cut()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#sweeper)
    this.#sweeper = undefined
    this.#wake()
    await Promise.all(this.#members.splice(0).map(({ link }) => endSoon(link)))
  }

  /** The one that was used last, so that the others grow old; else one that can be shared. */
  #find(): Member | undefined {
    const idle = this.#members.findLast(({ users, link }) => users === 0 && !link.broken)
    if (idle || this.limits.share === 1 || this.#hasRoom()) return idle
    let least: Member | undefined
    for (const member of this.#members) {
      if (!member.link.broken && member.users < (least?.users ?? this.limits.share)) least = member
    }
    return least
  }

  #hasRoom(): boolean {
    for (const member of this.#members.filter(({ link }) => link.broken)) this.#remove(member)
    return this.#members.length + this.#opening < this.limits.max
  }

  /** A connection that is lent already. */
  async #open(deadline: Deadline): Promise<Member> {
    this.#opening += 1
    try {
      const link = await this.connect(deadline)
      if (this.#closed) {
        void endSoon(link)
        throw new ClosedError(this.called)
      }
      // Nobody else may take it in between.
      const member = { link, users: 1, since: 0 }
      this.#members.push(member)
      return member
    } finally {
      this.#opening -= 1
      this.#wake()
    }
  }

  async #wait(deadline: Deadline): Promise<Member | undefined> {
    let wake: (member: Member | undefined) => void = () => {}
    const turn = new Promise<Member | undefined>((resolve) => {
      wake = resolve
    })
    this.#waiting.add(wake)
    return deadline.wait(turn, () => this.#waiting.delete(wake))
  }

  #lend(member: Member): Loan {
    if (member.users === 0) member.link.keepAlive(true)
    member.users += 1
    return this.#loan(member)
  }

  #loan(member: Member): Loan {
    return { link: member.link, giveBack: () => this.#takeBack(member) }
  }

  #takeBack(member: Member): void {
    if (member.link.broken || this.#closed) {
      this.#remove(member)
      if (!member.link.broken && member.users === 1) void endSoon(member.link)
      member.users -= 1
      this.#wake()
      return
    }
    const [next] = this.#waiting
    if (next) {
      this.#waiting.delete(next)
      next(member)
      return
    }
    member.users -= 1
    if (member.users > 0) return
    member.since = performance.now()
    member.link.keepAlive(false)
    this.#sweeper ??= setInterval(() => this.#sweep(), idleTime).unref()
  }

  #wake(): void {
    for (const next of this.#waiting) {
      this.#waiting.delete(next)
      next(undefined)
    }
  }

  #remove(member: Member): void {
    const at = this.#members.indexOf(member)
    if (at >= 0) this.#members.splice(at, 1)
  }

  #sweep(): void {
    const old = performance.now() - idleTime
    for (const member of this.#members.filter(({ users, since }) => users === 0 && since < old)) {
      this.#remove(member)
      void endSoon(member.link)
    }
    if (this.#members.length > 0) return
    clearInterval(this.#sweeper)
    this.#sweeper = undefined
  }
}

async function endSoon(link: Link): Promise<void> {
  // Somebody may be waiting for this.
  link.keepAlive(true)
  const stop = new AbortController()
  const tooLong = delay(goodbye, undefined, { signal: stop.signal, ref: false }).catch(() => {})
  await Promise.race([link.end().catch(() => {}), tooLong])
  stop.abort()
  link.cut()
}
