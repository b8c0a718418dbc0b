import type { Hash } from '../contracts/serializer.ts'
import { asciiJson } from '../image-text.ts'
import { endOfBrackets, endOfString } from './nesting.ts'
import { isSameData } from './same-data.ts'

const space = 32
const quote = 34
const comma = 44
const colon = 58
const openBracket = 91
const backslash = 92
const closeBrace = 125
const openBrace = 123

/** What goes between these entries and JavaScript's values. */
export interface EntryCodec {
  /** What the bytes are characters of. */
  readonly encoding: 'latin1' | 'utf8'
  /** The value in the JSON of an object of one key. */
  parse(json: string): unknown
  /** The JSON of a value; undefined when it has none. */
  stringify(value: unknown): string | undefined
}

/**
 * The keys and values of a JSON object as they stand there. To find where a value ends takes a fraction of the time
 * that it takes to write it, so what did not change is copied from here; and what is not quite the same once it has
 * been read and written, such as 1.0 or 1e+15, goes back as it came.
 */
export class JsonEntries {
  readonly #json: Buffer | string
  readonly #places: ReadonlyMap<string, Place>
  readonly #codec: EntryCodec

  private constructor(json: Buffer | string, places: ReadonlyMap<string, Place>, codec: EntryCodec) {
    this.#json = json
    this.#places = places
    this.#codec = codec
  }

  /** @returns `undefined` for anything but an object */
  static of(json: Buffer, codec: EntryCodec): JsonEntries | undefined {
    const text = json.toString('latin1')
    const places = findEntries(json, text, codec)
    return places && new JsonEntries(codec.encoding === 'utf8' ? json : text, places, codec)
  }

  /** The JSON text of a hash, of which every key that `isUnchanged` says yes to has the value that it has here. */
  copy(hash: Hash, isUnchanged: (key: string) => boolean): string {
    let copy = ''
    for (const key of Object.keys(hash)) {
      const place = isUnchanged(key) ? this.#places.get(key) : undefined
      const entry = place === undefined ? this.#write(key, hash[key]) : this.#text(place)
      if (entry !== '') copy += copy === '' ? entry : `,${entry}`
    }
    return `{${copy}}`
  }

  /** Whether the value of this key is this one: whether both would be written alike. */
  holds(key: string, value: unknown): boolean {
    const place = this.#places.get(key)
    if (place === undefined) return false
    const text = this.#text(place)
    const stored = (this.#codec.parse(`{${text}}`) as Hash)[key]
    // What is not plain data, such as an integer of many digits, is compared as text.
    return isSameData(value, stored) ?? asciiJson(this.#write(key, value)) === asciiJson(text)
  }

  #text({ start, end }: Place): string {
    const json = this.#json
    return typeof json === 'string' ? json.slice(start, end) : json.toString('utf8', start, end)
  }

  /** `undefined` has no JSON: such a key is left out. */
  #write(key: string, value: unknown): string {
    const json = this.#codec.stringify(value)
    return json === undefined ? '' : `${this.#codec.stringify(key)}:${json}`
  }
}

interface Place {
  readonly start: number
  readonly end: number
}

/** Where each key with its value lies, in bytes. Of a key that is there twice, the last, as everybody reads it. */
function findEntries(json: Buffer, text: string, codec: EntryCodec): Map<string, Place> | undefined {
  const places = new Map<string, Place>()
  let at = skipSpace(json, 0)
  if (json[at] !== openBrace) return undefined
  at = skipSpace(json, at + 1)
  if (json[at] === closeBrace) return isEnd(json, at + 1) ? places : undefined
  for (;;) {
    const start = at
    if (json[start] !== quote) return undefined
    const keyEnd = endOfString(json, start + 1)
    const key = isPlainKey(json, start + 1, keyEnd - 1)
      ? text.slice(start + 1, keyEnd - 1)
      : keyIn(json.toString(codec.encoding, start, keyEnd), codec)
    at = skipSpace(json, keyEnd)
    if (json[at] !== colon || key === undefined) return undefined
    const end = endOfValue(json, skipSpace(json, at + 1))
    places.set(key, { start, end })
    at = skipSpace(json, end)
    if (json[at] === closeBrace) return isEnd(json, at + 1) ? places : undefined
    if (json[at] !== comma) return undefined
    at = skipSpace(json, at + 1)
  }
}

/** Whether its characters are those that stand there, whatever the encoding is. */
function isPlainKey(json: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if (json[at] === backslash || json[at]! >= 0x80) return false
  }
  return true
}

function keyIn(json: string, codec: EntryCodec): string | undefined {
  return Object.keys(codec.parse(`{${json}:0}`) as Hash)[0]
}

function skipSpace(json: Buffer, start: number): number {
  let at = start
  while (json[at]! <= space) at++
  return at
}

function isEnd(json: Buffer, at: number): boolean {
  return skipSpace(json, at) === json.length
}

function endOfValue(json: Buffer, start: number): number {
  const first = json[start]
  if (first === quote) return endOfString(json, start + 1)
  if (first === openBrace || first === openBracket) return endOfBrackets(json, start)
  let at = start
  while (at < json.length && json[at] !== comma && json[at] !== closeBrace && json[at]! > space) at++
  return at
}
