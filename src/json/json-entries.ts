import { isAscii } from 'node:buffer'
import type { Hash } from '../contracts/serializer.ts'
import { asciiJson } from '../image-text.ts'
import { isSameData } from './same-data.ts'

const quote = 34
const comma = 44
const colon = 58
const openBracket = 91
const backslash = 92
const closeBracket = 93
const openBrace = 123
const closeBrace = 125

/**
 * The keys and values of a JSON text as they stand there. To find where a value ends takes a fraction of the time that
 * it takes to write it, so what did not change is copied from here.
 */
export class JsonEntries {
  readonly #text: string
  readonly #places: ReadonlyMap<string, Place>

  private constructor(text: string, places: ReadonlyMap<string, Place>) {
    this.#text = text
    this.#places = places
  }

  /** @returns `undefined` for anything but an object in compact ASCII with simple keys, as we write it */
  static of(json: Buffer): JsonEntries | undefined {
    if (!isAscii(json)) return undefined
    const text = json.toString('latin1')
    const places = findEntries(json, text)
    return places && new JsonEntries(text, places)
  }

  /** The JSON text of a hash, of which every key that `isUnchanged` says yes to has the value that it has here. */
  copy(hash: Hash, isUnchanged: (key: string) => boolean): string {
    let copy = ''
    for (const key of Object.keys(hash)) {
      const place = isUnchanged(key) ? this.#places.get(key) : undefined
      const entry =
        place === undefined ? writeEntry(key, hash[key]) : this.#text.slice(place.start, place.end)
      if (entry !== '') copy += copy === '' ? entry : `,${entry}`
    }
    return `{${copy}}`
  }

  /** Whether the value of this key is this one: whether both would be written alike. */
  holds(key: string, value: unknown): boolean {
    const place = this.#places.get(key)
    if (place === undefined) return false
    const stored = (JSON.parse(`{${this.#text.slice(place.start, place.end)}}`) as Hash)[key]
    const isSame = isSameData(value, stored)
    // What is not plain data, such as an integer of many digits, is compared as text.
    return isSame ?? asciiJson(writeEntry(key, value)) === this.#text.slice(place.start, place.end)
  }
}

/** `undefined` has no JSON: such a key is left out. */
function writeEntry(key: string, value: unknown): string {
  const json = JSON.stringify(value)
  return json === undefined ? '' : `${JSON.stringify(key)}:${json}`
}

interface Place {
  readonly start: number
  readonly end: number
}

/** Where each key with its value lies. `undefined` when there is white space, an escape in a key, or a key twice. */
function findEntries(bytes: Buffer, text: string): Map<string, Place> | undefined {
  const places = new Map<string, Place>()
  if (bytes[0] !== openBrace) return undefined
  if (bytes[1] === closeBrace) return bytes.length === 2 ? places : undefined
  for (let at = 1; ; at++) {
    if (bytes[at] !== quote) return undefined
    const keyEnd = bytes.indexOf(quote, at + 1)
    const key = text.slice(at + 1, keyEnd)
    if (keyEnd < 0 || key.includes('\\') || bytes[keyEnd + 1] !== colon || places.has(key)) return undefined
    const end = endOfValue(bytes, keyEnd + 2)
    places.set(key, { start: at, end })
    if (bytes[end] === closeBrace) return end === bytes.length - 1 ? places : undefined
    if (bytes[end] !== comma) return undefined
    at = end
  }
}

// What a byte between strings does to the depth; 2 for the quote that begins one. A table is twice as fast as tests.
const steps = new Int8Array(256)
steps[openBrace] = 1
steps[openBracket] = 1
steps[closeBrace] = -1
steps[closeBracket] = -1
steps[quote] = 2

function endOfValue(bytes: Buffer, start: number): number {
  const { length } = bytes
  const first = bytes[start]
  if (first === quote) return endOfString(bytes, start + 1)
  let at = start
  if (first !== openBrace && first !== openBracket) {
    while (at < length && bytes[at] !== comma && bytes[at] !== closeBrace) at++
    return at
  }
  let depth = 0
  while (at < length) {
    const step = steps[bytes[at++]!]!
    if (step === 0) continue
    if (step === 2) {
      at = endOfString(bytes, at)
    } else {
      depth += step
      if (depth === 0) return at
    }
  }
  return at
}

/** The place behind the closing quote of the string whose text begins here. */
function endOfString(bytes: Buffer, start: number): number {
  const { length } = bytes
  let at = start
  while (at < length) {
    const byte = bytes[at++]
    if (byte === quote) return at
    if (byte === backslash) at++
  }
  return at
}
