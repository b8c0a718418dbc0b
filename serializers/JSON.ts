import type { Image } from '../src/contracts/driver.ts'
import type { Hash, Serializer } from '../src/contracts/serializer.ts'
import { FreezeError, ThawError } from '../src/errors.ts'
import { asBuffer, imageOfJson, textOfImage } from '../src/image-text.ts'
import { injectable } from '../src/inject.ts'
import { JsonEntries } from '../src/json/json-entries.ts'
import { hasLongInteger, readJson } from '../src/json/read-json.ts'
import { writeJson } from '../src/json/write-json.ts'
import { checkPlainHash, checkPlainValue } from '../src/plain-values.ts'

const FORMAT = { name: 'JSON', nonFinite: false }

/**
 * Compact JSON in pure ASCII, which Perl reads right whatever its store makes of other characters. Reads what Perl's
 * JSON modules write: UTF-8 or Latin-1, bare `inf` and `nan`, and integers that a number cannot hold, which come as
 * bigints and go back as they came.
 */
@injectable()
export default class JSONSerializer implements Serializer {
  #latest: { readonly image: Image; readonly entries: JsonEntries | undefined } | undefined

  /** Does not walk through the data, for speed: what JSON drops or changes is noticed by `checkValue`. */
  freeze(hash: Hash): Image {
    return imageOfJson(stringify(hash))
  }

  refreeze(hash: Hash, before: Image, isUnchanged: (key: string) => boolean): Image {
    let text: string | undefined
    try {
      text = this.#entriesOf(before)?.copy(hash, isUnchanged)
    } catch {
      // What JSON.stringify does not take, `freeze` may, or has better words for.
    }
    return text === undefined ? this.freeze(hash) : imageOfJson(text)
  }

  holds(image: Image, key: string, value: unknown): boolean | undefined {
    try {
      return this.#entriesOf(image)?.holds(key, value)
    } catch {
      return undefined
    }
  }

  /** One flush asks several times about the same image. */
  #entriesOf(image: Image): JsonEntries | undefined {
    if (this.#latest?.image !== image) this.#latest = { image, entries: JsonEntries.of(asBuffer(image)) }
    return this.#latest.entries
  }

  thaw(image: Image): Hash {
    const value = parse(image)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new ThawError('JSON', 'its top level is not an object')
    }
    return value as Hash
  }

  checkValue(value: unknown): void {
    checkPlainValue(FORMAT, value)
  }
}

function stringify(hash: Hash): string {
  try {
    return JSON.stringify(hash)
  } catch (cause) {
    // A bigint, a cycle, or too deep: the first can be kept, and for the others the check has better words.
    checkPlainHash(FORMAT, hash)
    const text = writeJson(hash)
    if (text === undefined) throw new FreezeError('JSON', 'a record that has no JSON form', { cause })
    return text
  }
}

function parse(image: Image): unknown {
  const text = textOfImage(image)
  if (hasLongInteger(image)) return readJson(text)
  try {
    return JSON.parse(text)
  } catch {
    return readJson(text)
  }
}
