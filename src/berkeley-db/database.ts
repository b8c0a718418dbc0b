import type { Image } from '../contracts/driver.ts'
import type { StorageError } from '../errors.ts'
import {
  DB_BTREE,
  DB_BUFFER_SMALL,
  DB_CREATE,
  DB_HASH,
  DB_KEYEXIST,
  DB_MULTIPLE_KEY,
  DB_NEXT,
  DB_NOOVERWRITE,
  DB_NOSYNC,
  DB_NOTFOUND,
  DB_SET_RANGE,
  DB_UNKNOWN,
} from './constants.ts'
import { Dbt } from './dbt.ts'
import { failure } from './failures.ts'
import type { AccessMethod } from './header.ts'
import { type Library, later, newPlace, type Pointer } from './library.ts'
import type { Key, KeyPages, WritableRecords } from './records.ts'

/** How large an image may be to be read at the first try, in bytes. */
const ROOM = 65_536

/** How much is read at once when keys are listed: a multiple of 1,024, and no less than the largest page of a file. */
const PAGE = 65_536

export interface Opening {
  readonly path: string
  readonly flags: number
  /** The permissions of a new file. */
  readonly mode: number
  /** What a new file becomes; left out: the file is there. */
  readonly create?: AccessMethod | undefined
}

/** An open database file. The caller has the lock that a call needs; `group` is the locker group that holds it. */
export class Database {
  readonly #library: Library
  readonly #called: string
  readonly #handle: Pointer
  // Calls that answer at once share these.
  readonly #key: Dbt
  readonly #data: Dbt
  readonly #room = Buffer.allocUnsafeSlow(ROOM)

  /**
   * @param environment `null`: the file stands by itself
   * @throws StorageError
   */
  static create(library: Library, called: string, environment: Pointer | null): Database {
    const handle = library.createDatabase(environment)
    if (typeof handle === 'number') throw failure(library, called, handle)
    return new Database(library, called, handle)
  }

  private constructor(library: Library, called: string, handle: Pointer) {
    this.#library = library
    this.#called = called
    this.#handle = handle
    this.#key = new Dbt(library)
    this.#data = new Dbt(library)
  }

  /** At once. A database that could not be opened must be closed all the same. */
  open(opening: Opening): void {
    this.#check(this.#library.database.open(this.#handle, null, ...openingArguments(opening)))
  }

  /** In the thread pool. */
  async openLater(opening: Opening): Promise<void> {
    const { open } = this.#library.database
    this.#check(await later(open, this.#handle, null, ...openingArguments(opening)))
  }

  /** At once. */
  records(group: Pointer | null): WritableRecords {
    return {
      get: (key) => this.get(key, group),
      put: (key, image, onlyIfNew = false) => this.#put(key, image, group, onlyIfNew),
      remove: (key) => this.#remove(key, group),
    }
  }

  /** At once. */
  get(key: Key, group: Pointer | null): Buffer | undefined {
    const call = this.#library.database.get
    const attempt = (room: Buffer): number =>
      call(this.#handle, group, this.#key.give(key).address, this.#data.offer(room).address, 0)
    let code = attempt(this.#room)
    if (code === 0) return Buffer.from(this.#room.subarray(0, this.#data.size))
    if (code === DB_NOTFOUND) return undefined
    let room = this.#room
    if (code === DB_BUFFER_SMALL) {
      room = Buffer.allocUnsafeSlow(this.#data.size)
      code = attempt(room)
      this.#data.clear()
    }
    this.#check(code)
    return room
  }

  /** In the thread pool, where it may wait for a lock. */
  async getLater(key: Key): Promise<Buffer | undefined> {
    const call = this.#library.database.get
    const given = new Dbt(this.#library).give(key)
    const data = new Dbt(this.#library)
    for (let room = Buffer.allocUnsafeSlow(ROOM); ; room = Buffer.allocUnsafeSlow(data.size)) {
      const code = await later(call, this.#handle, null, given.address, data.offer(room).address, 0)
      if (code === DB_NOTFOUND) return undefined
      if (code === DB_BUFFER_SMALL) continue
      this.#check(code)
      return room.subarray(0, data.size)
    }
  }

  #put(key: Key, image: Image, group: Pointer | null, onlyIfNew: boolean): boolean {
    const code = this.#library.database.put(
      this.#handle,
      group,
      this.#key.give(key).address,
      this.#data.give(image).address,
      onlyIfNew ? DB_NOOVERWRITE : 0,
    )
    this.#data.clear()
    if (code === DB_KEYEXIST) return false
    this.#check(code)
    return true
  }

  #remove(key: Key, group: Pointer | null): boolean {
    const code = this.#library.database.del(this.#handle, group, this.#key.give(key).address, 0)
    if (code === DB_NOTFOUND) return false
    this.#check(code)
    return true
  }

  /**
   * Goes through the keys with a cursor, in the thread pool. In an environment the cursor locks out those who write, as
   * long as the work takes.
   */
  async list(work: (pages: KeyPages) => Promise<void>, after: Key | undefined): Promise<void> {
    const library = this.#library
    const place = newPlace()
    this.#check(await later(library.database.cursor, this.#handle, null, place, 0))
    const cursor = place[0]!
    try {
      await work(new CursorPages(library, cursor, after, (code) => this.#error(code)))
    } finally {
      this.#check(library.cursor(cursor).close(cursor))
    }
  }

  /** In the thread pool. Afterwards all changes are on the disk. */
  async sync(): Promise<void> {
    this.#check(await later(this.#library.database.sync, this.#handle, 0))
  }

  /** Without writing anything. */
  drop(): void {
    this.#library.database.close(this.#handle, DB_NOSYNC)
  }

  /** The same in the thread pool. */
  async dropLater(): Promise<void> {
    await later(this.#library.database.close, this.#handle, DB_NOSYNC)
  }

  /** In the thread pool. */
  async close(): Promise<void> {
    this.#check(await later(this.#library.database.close, this.#handle, 0))
  }

  #error(code: number): StorageError {
    return failure(this.#library, this.#called, code)
  }

  #check(code: number): void {
    if (code !== 0) throw this.#error(code)
  }
}

const types: Readonly<Record<AccessMethod, number>> = { Hash: DB_HASH, Btree: DB_BTREE }

function openingArguments({ path, flags, mode, create }: Opening) {
  const type = create === undefined ? DB_UNKNOWN : types[create]
  return [path, null, type, create === undefined ? flags : flags | DB_CREATE, mode] as const
}

class CursorPages implements KeyPages {
  readonly #library: Library
  readonly #cursor: Pointer
  readonly #error: (code: number) => StorageError
  readonly #key: Dbt
  readonly #data: Dbt
  #room = Buffer.allocUnsafeSlow(PAGE)
  #after: Key | undefined

  constructor(
    library: Library,
    cursor: Pointer,
    after: Key | undefined,
    error: (code: number) => StorageError,
  ) {
    this.#library = library
    this.#cursor = cursor
    this.#error = error
    this.#after = after
    this.#key = new Dbt(library)
    this.#data = new Dbt(library)
  }

  async next(): Promise<Buffer[] | undefined> {
    const after = this.#after
    const flags = DB_MULTIPLE_KEY | (after === undefined ? DB_NEXT : DB_SET_RANGE)
    // The key that the cursor is to look for: the first behind this one.
    const from = after === undefined ? new Uint8Array(0) : Buffer.concat([after, new Uint8Array(1)])
    const { get } = this.#library.cursor(this.#cursor)
    for (;;) {
      this.#key.give(from)
      this.#data.offer(this.#room)
      const code = await later(get, this.#cursor, this.#key.address, this.#data.address, flags)
      if (code === DB_NOTFOUND) return undefined
      if (code === 0) break
      if (code !== DB_BUFFER_SMALL) throw this.#error(code)
      // A record that is larger than a page. Its size need not be said; it is a multiple of 1,024 that is asked for.
      this.#room = Buffer.allocUnsafeSlow(Math.max(this.#room.length * 2, roundUp(this.#data.size)))
    }
    this.#after = undefined
    return keysIn(this.#room)
  }
}

function roundUp(size: number): number {
  return Math.ceil(size / 1024) * 1024
}

/**
 * The keys of a bulk read. At its end, backwards, are four numbers for each record: where its key begins, the length of
 * the key, and the same of its data; then -1.
 */
function keysIn(room: Buffer): Buffer[] {
  const words = new Int32Array(room.buffer, room.byteOffset, room.length / 4)
  const keys: Buffer[] = []
  for (let at = words.length - 1; words[at] !== -1; at -= 4) {
    const start = words[at]!
    keys.push(room.subarray(start, start + words[at - 1]!))
  }
  return keys
}
