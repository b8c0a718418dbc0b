/** How often each name occurred. */
export class Counts<Name extends string = string> {
  readonly #counts = new Map<Name, number>()

  add(name: Name | undefined): void {
    if (name !== undefined) this.#counts.set(name, this.of(name) + 1)
  }

  of(name: Name): number {
    return this.#counts.get(name) ?? 0
  }

  /** The most frequent first. */
  get sorted(): readonly (readonly [Name, number])[] {
    return [...this.#counts].sort(([, a], [, b]) => b - a)
  }

  get most(): Name | undefined {
    return this.sorted[0]?.[0]
  }

  toJSON(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.sorted)
  }
}
