import type { Hash } from './contracts/serializer.ts'
import { setKey } from './hash.ts'
import type { ParameterLifetime, SessionRecord } from './record.ts'
import type { RecordFields } from './record-fields.ts'

/**
 * Under this key we keep, for each parameter with a lifetime, `[lifetime, deadline]` as they were when we wrote the
 * record. Perl's modules carry it along as they do any key of theirs that they do not know.
 */
const OURS = '_SESSION_PDEADLINE'

/** What a record keeps of the lifetimes of its parameters, as this library wrote it. */
export class OwnLifetimes {
  static readonly key = OURS
  readonly #pairs: Hash

  constructor(
    private readonly fields: RecordFields,
    private readonly key: string = OURS,
  ) {
    this.#pairs = fields.hashUnder(key)
  }

  get names(): string[] {
    return Object.keys(this.#pairs)
  }

  /** The lifetime that we wrote, or 0. */
  lifetimeOf(name: string): number {
    return this.fields.secondsIn(this.#pair(name)[0], this.key)
  }

  /** A deadline counts only with the lifetime that it was made for: who changed that did not know of the deadline. */
  with(name: string, lifetime: number): ParameterLifetime {
    const [, deadline] = this.#pair(name)
    const isValid = deadline !== undefined && deadline !== null && this.lifetimeOf(name) === lifetime
    return { lifetime, deadline: isValid ? this.fields.secondsIn(deadline, this.key) : undefined }
  }

  #pair(name: string): readonly unknown[] {
    const pair = Object.hasOwn(this.#pairs, name) ? this.#pairs[name] : undefined
    return Array.isArray(pair) ? pair : []
  }
}

/** The lifetimes alone, as Perl's modules keep them. */
export function lifetimesOf({ ptime }: SessionRecord): Hash {
  const lifetimes: Hash = {}
  for (const [name, { lifetime }] of ptime) setKey(lifetimes, name, lifetime)
  return lifetimes
}

/** Lifetimes with their deadlines, for `OwnLifetimes` to read; those that have none only if `all`. */
export function ownLifetimes({ ptime }: SessionRecord, all: boolean): Hash {
  const pairs: Hash = {}
  for (const [name, { lifetime, deadline }] of ptime) {
    if (deadline !== undefined) setKey(pairs, name, [lifetime, deadline])
    else if (all) setKey(pairs, name, [lifetime])
  }
  return pairs
}

/** Puts a hash under a key, unless there is nothing in it. */
export function setUnlessEmpty(hash: Hash, key: string, value: Hash): void {
  if (Object.keys(value).length > 0) hash[key] = value
}
