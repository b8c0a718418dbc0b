import type { Hash } from './contracts/serializer.ts'
import { ThawError } from './errors.ts'
import { isPlainObject } from './hash.ts'

/** Reads fields of a stored hash for one layout, which names itself when one is not what it should be. */
export class RecordFields {
  constructor(
    private readonly layout: string,
    private readonly hash: Hash,
  ) {}

  /**
   * A time or a lifetime, in whole seconds, as Perl's serializers write it: a number, or its text. A missing one is 0,
   * as in Perl.
   *
   * @throws ThawError
   */
  seconds(key: string): number {
    return this.secondsIn(this.hash[key], key)
  }

  /** @param key what to call it in the message */
  secondsIn(value: unknown, key: string): number {
    if (typeof value === 'number' && Number.isFinite(value)) return Math.trunc(value)
    if (value === null || value === undefined || value === '') return 0
    // CGI::Session takes a line break at the end of what it is given for a number, and keeps it.
    if (typeof value === 'bigint' || (typeof value === 'string' && /^[-+]?\d+(\.\d+)?\n?$/.test(value))) {
      return Math.trunc(Number(value))
    }
    throw new ThawError(this.layout, `${key} is not a number of seconds`)
  }

  /** What lies under a key of the hash's own. */
  value(key: string): unknown {
    return Object.hasOwn(this.hash, key) ? this.hash[key] : undefined
  }

  /** An owner, which Perl programs may have as a number. '' and a missing one are none. */
  owner(key: string): string | undefined {
    const value = this.value(key)
    if (typeof value === 'number' || typeof value === 'bigint') return String(value)
    if (value === null || value === undefined || value === '') return undefined
    if (typeof value === 'string') return value
    throw new ThawError(this.layout, `${key} is not a text`)
  }

  /**
   * A hash in the hash; one without anything when it is missing.
   *
   * @throws ThawError
   */
  hashUnder(key: string): Hash {
    const value = this.value(key)
    if (value === null || value === undefined) return NOTHING
    if (!isPlainObject(value)) throw new ThawError(this.layout, `${key} is not a hash`)
    return value
  }
}

const NOTHING: Hash = {}
