import { InvalidIdError, InvalidOptionError } from '../errors.ts'

/** In bytes. */
const longestKey = 250

// Space and what comes before it end a key in memcached's other protocol, which Perl's client speaks.
const forbidden = /[\0- \x7f]/

/** The keys of sessions: a prefix and the id. */
export class Keys {
  readonly #prefix: string
  readonly #room: number

  /** @param prefix the option. Default: none. */
  constructor(prefix: unknown = '') {
    if (typeof prefix !== 'string' || !prefix.isWellFormed() || forbidden.test(prefix)) {
      throw new InvalidOptionError(
        "prefix must be text without spaces and control characters, such as 'sess:'",
      )
    }
    this.#prefix = prefix
    this.#room = longestKey - Buffer.byteLength(prefix)
    if (this.#room < 1) {
      throw new InvalidOptionError(`prefix leaves no room for an id: a key has at most ${longestKey} bytes`)
    }
  }

  /** @throws InvalidIdError */
  check(id: string): void {
    const fault = this.#faultOf(id)
    if (fault !== undefined) {
      throw new InvalidIdError(`Memcached cannot keep an id ${fault}: ${JSON.stringify(id)}`)
    }
  }

  keyOf(id: string): string {
    return this.#prefix + id
  }

  /** `undefined` for a key that no id leads to. */
  idOf(key: string): string | undefined {
    if (!key.startsWith(this.#prefix)) return undefined
    const id = key.slice(this.#prefix.length)
    return this.#faultOf(id) === undefined ? id : undefined
  }

  #faultOf(id: string): string | undefined {
    if (id === '') return 'of no characters'
    if (forbidden.test(id)) return 'with spaces or control characters'
    if (!id.isWellFormed()) return 'with half a character'
    if (Buffer.byteLength(id) > this.#room) return `of more than ${this.#room} bytes`
    return undefined
  }
}
