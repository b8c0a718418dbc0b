import { isUtf8 } from 'node:buffer'
import { InvalidIdError, InvalidOptionError } from '../errors.ts'

/** What the keys of sessions begin with, when the option `prefix` does not say otherwise. */
const usual = 'data_session:'

/** The option `prefix`. */
export function readPrefix(prefix: unknown = usual): string {
  if (typeof prefix !== 'string' || !prefix.isWellFormed()) {
    throw new InvalidOptionError("prefix must be text, such as 'sess:'")
  }
  return prefix
}

/** Keys are bytes, of UTF-8, in which half a surrogate pair has no form. */
export function checkId(id: string): void {
  if (!id.isWellFormed()) {
    throw new InvalidIdError(`Redis cannot keep an id with half a character: ${JSON.stringify(id)}`)
  }
}

/** The keys that begin with a prefix. */
export class Keys {
  readonly #length: number

  constructor(private readonly prefix: string) {
    this.#length = Buffer.byteLength(prefix)
  }

  keyOf(id: string): string {
    return this.prefix + id
  }

  /** The pattern of all these keys, in which the prefix stands for itself. */
  get pattern(): string {
    return `${this.prefix.replace(/[\\*?[]/g, '\\$&')}*`
  }

  /** `undefined` for a key that no id leads to. */
  idOf(key: Buffer): string | undefined {
    const id = key.toString('utf8', this.#length)
    // What is no UTF-8 comes as this character, which may also be there by itself.
    return !id.includes('\ufffd') || isUtf8(key) ? id : undefined
  }
}
