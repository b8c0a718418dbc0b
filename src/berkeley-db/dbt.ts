import { DB_DBT_USERMEM } from './constants.ts'
import type { Library, Pointer } from './library.ts'

// The fields of a DBT, by their places among words of 32 bits.
const SIZE = 2
const ROOM = 3
const FLAGS = 8

/** A DBT of db.h: what libdb is told of a piece of memory. */
export class Dbt {
  readonly address: Pointer
  readonly #library: Library
  readonly #words: Uint32Array
  readonly #pointer: BigUint64Array
  /** What libdb looks at: as long as it is here it is not collected. */
  memory: Uint8Array | undefined

  constructor(library: Library) {
    const block = new ArrayBuffer(40)
    this.#library = library
    this.#words = new Uint32Array(block)
    this.#pointer = new BigUint64Array(block, 0, 1)
    this.address = library.addressOf(this.#words)
  }

  /** Bytes for libdb to read. */
  give(bytes: Uint8Array): this {
    this.#point(bytes)
    this.#words[SIZE] = bytes.length
    this.#words[FLAGS] = 0
    return this
  }

  /** Room for libdb to write to, and, for a cursor that takes a key, what is there now. */
  offer(room: Uint8Array, size = 0): this {
    this.#point(room)
    this.#words[SIZE] = size
    this.#words[ROOM] = room.length
    this.#words[FLAGS] = DB_DBT_USERMEM
    return this
  }

  /** How many bytes libdb wrote, or would have, had there been the room. */
  get size(): number {
    return this.#words[SIZE]!
  }

  #point(memory: Uint8Array): void {
    this.memory = memory
    this.#pointer[0] = memory.length === 0 ? 0n : this.#library.addressOf(memory)
  }

  /** Lets go of the memory. */
  clear(): void {
    this.memory = undefined
    this.#pointer[0] = 0n
  }
}
