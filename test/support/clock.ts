/** A clock that stands still until it is moved. */
export class TestClock {
  #milliseconds: number

  constructor(seconds = 1_700_000_000) {
    this.#milliseconds = seconds * 1000
  }

  readonly now = (): number => this.#milliseconds

  get seconds(): number {
    return Math.floor(this.#milliseconds / 1000)
  }

  advance(seconds: number): void {
    this.#milliseconds += seconds * 1000
  }
}
