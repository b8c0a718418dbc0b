/** Lets asynchronous work on the same name happen one after the other. Keeps nothing of a name at rest. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Whether somebody is at work under this name: then what could be done at once must wait its turn. */
  busy(name: string): boolean {
    return this.#last.has(name)
  }

  /** Runs `work` when all that came before is over; at once, before this returns, when nothing did. */
  take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name)
    const turn = before === undefined ? work() : before.then(work, work)
    this.#last.set(name, turn)
    const leave = (): void => {
      if (this.#last.get(name) === turn) this.#last.delete(name)
    }
    turn.then(leave, leave)
    return turn
  }
}
