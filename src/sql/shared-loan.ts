import type { Deadline } from './deadline.ts'
import type { Links, Loan } from './link.ts'

interface Shared {
  readonly loan: Promise<Loan>
  users: number
}

/** One connection for all that outlasts a statement, kept while anybody needs it. */
export class SharedLoan {
  #current: Shared | undefined

  async borrow(links: Links, deadline: Deadline): Promise<Loan> {
    for (;;) {
      const shared = (this.#current ??= { loan: links.keep(deadline), users: 0 })
      shared.users += 1
      const { link } = await shared.loan.catch((error: unknown) => {
        this.#forget(shared)
        throw error
      })
      if (!link.broken) return { link, giveBack: () => this.#takeBack(shared) }
      this.#forget(shared)
      this.#takeBack(shared)
    }
  }

  #takeBack(shared: Shared): void {
    shared.users -= 1
    if (shared.users > 0) return
    this.#forget(shared)
    void shared.loan.then(({ giveBack }) => giveBack())
  }

  #forget(shared: Shared): void {
    if (this.#current === shared) this.#current = undefined
  }
}
