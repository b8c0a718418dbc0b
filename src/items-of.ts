/**
 * The items of pages, one by one. The next page is asked for when half of one is through, so that neither side waits
 * for the other; who wants the first few only asks for nothing more.
 *
 * Written out, since a generator would keep three promises for each item.
 */
export function itemsOf<T>(pages: AsyncGenerator<readonly T[], void, undefined>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => new Items(pages) }
}

class Items<T> implements AsyncIterator<T, void, undefined> {
  #page: readonly T[] = []
  #at = 0
  #coming: Promise<IteratorResult<readonly T[], void>> | undefined
  /** Whoever asks while a page is awaited, asks again after that. */
  #turn: Promise<unknown> | undefined

  constructor(private readonly pages: AsyncGenerator<readonly T[], void, undefined>) {}

  next(): Promise<IteratorResult<T, void>> {
    if (this.#turn) return this.#turn.then(() => this.next())
    const page = this.#page
    if (this.#at === page.length) return this.#nextPage()
    const value = page[this.#at++]!
    if (this.#at === page.length >> 1) void this.#ask()
    return Promise.resolve({ value, done: false })
  }

  async return(): Promise<IteratorResult<T, void>> {
    this.#page = []
    this.#at = 0
    await this.pages.return()
    return { value: undefined, done: true }
  }

  #ask(): Promise<IteratorResult<readonly T[], void>> {
    if (!this.#coming) {
      this.#coming = this.pages.next()
      // Whoever awaits it hears of it. Nobody may.
      this.#coming.catch(() => {})
    }
    return this.#coming
  }

  async #nextPage(): Promise<IteratorResult<T, void>> {
    const coming = this.#ask()
    this.#turn = coming.catch(() => {})
    try {
      const { value, done } = await coming
      if (done) return { value: undefined, done }
      this.#page = value
      this.#at = 0
    } finally {
      this.#turn = undefined
      this.#coming = undefined
    }
    return this.next()
  }
}
