import { isAscii, isUtf8 } from 'node:buffer'
import type { Image } from '../src/contracts/driver.ts'
import type { Hash, Serializer } from '../src/contracts/serializer.ts'
import { Options, type PluginOptions } from '../src/contracts/services.ts'
import { FreezeError, ThawError } from '../src/errors.ts'
import { asBuffer, asciiJson } from '../src/image-text.ts'
import { inject, injectable } from '../src/inject.ts'
import { type EntryCodec, JsonEntries } from '../src/json/json-entries.ts'
import { type JsonOptions, readJsonOptions } from '../src/json/json-options.ts'
import { isDeeper } from '../src/json/nesting.ts'
import {
  formOf,
  fromPerlStrings,
  imageOfPerlJson,
  octetsOf,
  type TextForm,
  textIn,
  toPerlJson,
} from '../src/json/perl-json.ts'
import { hasLongInteger, readInteger, readJson } from '../src/json/read-json.ts'
import { stringify } from '../src/json/stringify.ts'
import { checkPlainValue } from '../src/plain-values.ts'

const FORMAT = { name: 'JSON', nonFinite: false, readInteger }
const plus = 43
/** What Perl writes for a large double without a fraction. JavaScript writes an integer, which is another kind to Perl. */
const exponent = /\de\+\d/i
const infinite = /\de\+(?:30[89]|3[1-9]\d|[4-9]\d\d|\d{4})/i
const bareNumber = /[:,[\s]-?(?:inf|nan)/i

/**
 * Compact JSON in pure ASCII, which Perl reads right whatever its store makes of other characters. Reads what Perl's
 * JSON modules write: UTF-8 or Latin-1, bare `inf` and `nan`, integers that a number cannot hold, which come as
 * bigints, and the escapes of JSON::Syck. A key that the program did not touch goes back as it came.
 *
 * Options: see {@link JsonOptions}.
 */
@injectable()
export default class JSONSerializer implements Serializer {
  readonly #options: JsonOptions
  #latest: { readonly image: Image; readonly entries: JsonEntries | undefined } | undefined
  /** The images of hashes with doubles in them that only their image tells from integers. */
  readonly #sources = new WeakMap<object, Image>()
  /** Whether a record with NaN or infinities was read: then there may be such in what is written. */
  #nonFinite = false

  constructor(@inject(Options) options: PluginOptions = {}) {
    this.#options = readJsonOptions(options)
  }

  /** Does not walk through the data, for speed: what JSON drops or changes is noticed by `checkValue`. */
  freeze(hash: Hash): Image {
    return this.#image(this.#fromSource(hash) ?? this.#stringify(hash))
  }

  /** What did not change stays as it was: UTF-8, too. And what JSON::Syck wrote, it can read again. */
  refreeze(hash: Hash, before: Image, isUnchanged: (key: string) => boolean): Image {
    const text = this.#copy(hash, before, isUnchanged)
    if (text === undefined) return this.freeze(hash)
    if (this.#options.perlText !== 'auto') return this.#image(text)
    const bytes = asBuffer(before)
    const form = formOf(bytes)
    if (form !== 'syck') return this.#image(text, form)
    try {
      return this.#image(isUtf8(bytes) ? octetsOf(text) : text, form)
    } catch {
      // There is text in it that JSON::Syck has no form for: the others have.
      return this.#image(text)
    }
  }

  #fromSource(hash: Hash): string | undefined {
    const source = this.#sources.get(hash)
    return source && this.#copy(hash, source, (key) => this.holds(source, key, hash[key]) === true)
  }

  #copy(hash: Hash, before: Image, isUnchanged: (key: string) => boolean): string | undefined {
    try {
      return this.#entriesOf(before)?.copy(hash, isUnchanged)
    } catch {
      // What cannot be written as an entry, the whole has better words for.
      return undefined
    }
  }

  holds(image: Image, key: string, value: unknown): boolean | undefined {
    try {
      return this.#entriesOf(image)?.holds(key, value)
    } catch {
      return undefined
    }
  }

  thaw(image: Image): Hash {
    const { maxImageBytes, maxDepth } = this.#options
    const bytes = asBuffer(image)
    if (bytes.length > maxImageBytes) throw new ThawError('JSON', `longer than ${maxImageBytes} bytes`)
    if (isDeeper(bytes, maxDepth))
      throw new ThawError('JSON', `nested too deeply: more than ${maxDepth} levels`)
    const { text, isPerls } = textIn(image, this.#options)
    const value = this.#parse(text, isPerls, hasLongInteger(image))
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new ThawError('JSON', 'its top level is not an object')
    }
    if (bytes.includes(plus) && exponent.test(text)) {
      this.#sources.set(value, image)
      this.#nonFinite ||= infinite.test(text)
    }
    return value as Hash
  }

  checkValue(value: unknown): void {
    checkPlainValue(FORMAT, value)
    const { perlText, perlJson, shared } = this.#options
    if (perlText === 'latin1' || perlText === 'utf8' || perlJson === 'syck' || shared)
      this.#image(this.#stringify(value))
  }

  #image(json = '', form: TextForm = this.#options.perlJson === 'syck' ? 'syck' : 'ascii'): Image {
    const image = imageOfPerlJson(json, form)
    const { maxImageBytes } = this.#options
    if (image.length > maxImageBytes) throw new FreezeError('JSON', `more than ${maxImageBytes} bytes`)
    return image
  }

  #stringify(value: unknown): string | undefined {
    const json = stringify(value, this.#nonFinite)
    return json === undefined ? undefined : toPerlJson(json, value, this.#options)
  }

  #parse(text: string, isPerls: boolean, isSlow = false): unknown {
    const value = isSlow ? this.#parseSlowly(text) : this.#parseQuickly(text)
    return isPerls ? fromPerlStrings(value, this.#options.perlText) : value
  }

  #parseQuickly(text: string): unknown {
    try {
      return JSON.parse(text)
    } catch {
      return this.#parseSlowly(text)
    }
  }

  #parseSlowly(text: string): unknown {
    const value = readJson(text, true)
    this.#nonFinite ||= bareNumber.test(text)
    return value
  }

  /** One flush asks several times about the same image. */
  #entriesOf(image: Image): JsonEntries | undefined {
    if (this.#latest?.image !== image) {
      const bytes = asBuffer(image)
      this.#latest = { image, entries: JsonEntries.of(bytes, this.#codecFor(bytes)) }
    }
    return this.#latest.entries
  }

  #codecFor(bytes: Buffer): EntryCodec {
    const isText = this.#options.perlText === 'auto'
    const inUtf8 = isText && !isAscii(bytes) && isUtf8(bytes)
    // Beside octets that stay as they are, what is new is escaped: the characters that it is here.
    const isEscaped = inUtf8 && formOf(bytes) === 'utf8'
    return {
      encoding: inUtf8 ? 'utf8' : 'latin1',
      parse: (json) => this.#parse(json, !isText, hasLongInteger(Buffer.from(json))),
      stringify: (value) => {
        const json = this.#stringify(value)
        return json !== undefined && isEscaped ? asciiJson(json) : json
      },
    }
  }
}
