/** How long to wait between two tries, in milliseconds: at first, and what that grows to. */
export interface PauseLimits {
  readonly first: number
  readonly longest: number
}

/** Growing pauses, for those who wait for something that nobody tells them of. */
export class Pauses {
  readonly #longest: number
  #next: number

  constructor({ first, longest }: PauseLimits) {
    this.#next = first
    this.#longest = longest
  }

  /** In milliseconds. Another one for everybody who waits, or they would all come back together. */
  next(): number {
    const pause = this.#next * (0.5 + Math.random())
    this.#next = Math.min(this.#next * 1.5, this.#longest)
    return pause
  }
}
