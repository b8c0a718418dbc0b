import type { Fingerprint } from './fingerprint.ts'

/** Whose values they are. */
export interface Holder {
  fingerprintOf(name: string, value: unknown): Fingerprint
  /** The parameters as storage has them. */
  storedParams(): ReadonlyMap<string, unknown> | undefined
  /** Whether there may be a quicker way than fingerprints to tell what storage has: `isStored`. */
  readonly canTell: boolean
  isStored(name: string, value: unknown): boolean | undefined
}

const AS_STORED = Symbol('as stored')

/**
 * The objects that a program has in hand, because it set them or read them: it may change them inside at any time,
 * and only a comparison tells. Kept is what each was like when storage last had it.
 */
export class ValuesInHand {
  readonly #holder: Holder
  /** `AS_STORED`: like what storage has, which is not read again before somebody asks. */
  #before: Map<string, Fingerprint | typeof AS_STORED> | undefined

  constructor(holder: Holder) {
    this.#holder = holder
  }

  /** The program gets this value, which is as it was stored. */
  take(name: string, value: unknown): void {
    if (!isObject(value) || this.#before?.has(name)) return
    this.#remember(name, this.#holder.canTell ? AS_STORED : this.#holder.fingerprintOf(name, value))
  }

  /** From now on the value counts as unchanged, as it is. */
  accept(name: string, value: unknown): void {
    if (isObject(value)) this.#remember(name, this.#holder.fingerprintOf(name, value))
    else this.drop(name)
  }

  /** Storage has just been given this value. */
  stored(name: string, value: unknown): void {
    if (isObject(value)) this.#remember(name, AS_STORED)
    else this.drop(name)
  }

  drop(name: string): void {
    this.#before?.delete(name)
  }

  /** The names of what was changed inside, as `params` has it now. `known` need not be looked at. */
  changed(params: ReadonlyMap<string, unknown>, known: ReadonlyMap<string, unknown> | undefined): string[] {
    return this.#namesWithout(known).filter((name) => !this.#isAsBefore(name, params.get(name)))
  }

  /**
   * Puts the objects in hand in the place of equal ones that come fresh from storage, so that the program goes on
   * with what it has. What differs is no longer in hand.
   */
  carryOver(
    mine: ReadonlyMap<string, unknown>,
    fresh: Map<string, unknown>,
    known: ReadonlyMap<string, unknown> | undefined,
  ): void {
    for (const name of this.#namesWithout(known)) {
      const theirs = fresh.get(name)
      if (isObject(theirs) && this.#isAsBefore(name, theirs)) fresh.set(name, mine.get(name))
      else this.drop(name)
    }
  }

  #namesWithout(known: ReadonlyMap<string, unknown> | undefined): string[] {
    return [...(this.#before?.keys() ?? [])].filter((name) => !known?.has(name))
  }

  /** Whether the value is like what storage last had. */
  #isAsBefore(name: string, value: unknown): boolean {
    const before = this.#before?.get(name)
    if (before === AS_STORED) {
      const isStored = this.#holder.isStored(name, value)
      if (isStored !== undefined) return isStored
      this.#remember(name, this.#holder.fingerprintOf(name, this.#holder.storedParams()?.get(name)))
    }
    return this.#holder.fingerprintOf(name, value) === this.#before?.get(name)
  }

  #remember(name: string, print: Fingerprint | typeof AS_STORED): void {
    this.#before ??= new Map()
    this.#before.set(name, print)
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
