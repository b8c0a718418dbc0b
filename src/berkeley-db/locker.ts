import {
  DB_LOCK_DEADLOCK,
  DB_LOCK_EXPIRE,
  DB_LOCK_GET,
  DB_LOCK_GET_TIMEOUT,
  DB_LOCK_NOTGRANTED,
  DB_LOCK_NOWAIT,
} from './constants.ts'
import { Dbt } from './dbt.ts'
import { failure } from './failures.ts'
import { Gate } from './gate.ts'
import { type Library, later, newPlace, type Pointer } from './library.ts'

/** How long one wait in the thread pool lasts, in milliseconds; then others may go there. */
const WAIT = 100

/** The thread pool has four threads, which others need as well. One for all environments of this process. */
const waiting = new Gate(2)

// The fields of a DB_LOCKREQ, by their places among words of 32 bits; the object and the lock are pointers.
const OPERATION = 0
const MODE = 1
const TIMEOUT = 2
const OBJECT = 2
const LOCK_AT = 24n

/** One who takes locks on a database, and whose calls do not wait for those that it has. One call at a time. */
export class Locker {
  readonly group: Pointer
  readonly #library: Library
  readonly #called: string
  readonly #environment: Pointer
  readonly #id: number
  readonly #object: Dbt
  readonly #requests = new Map<number, Request>()

  static async begin(library: Library, called: string, environment: Pointer): Promise<Locker> {
    const place = newPlace()
    const code = await later(library.environment.cdsgroupBegin, environment, place)
    if (code !== 0) throw failure(library, called, code)
    return new Locker(library, called, environment, place[0]!)
  }

  private constructor(library: Library, called: string, environment: Pointer, group: Pointer) {
    this.group = group
    this.#library = library
    this.#called = called
    this.#environment = environment
    this.#id = library.group(group).id(group)
    this.#object = new Dbt(library)
  }

  /** Says which database: what its header says. */
  lockOn(id: Uint8Array): void {
    this.#object.give(id)
  }

  /**
   * Takes the lock if it is free. Answers whether it was. In the thread pool: where somebody died in the lock manager
   * itself, only a thread there hangs.
   */
  async try(mode: number): Promise<boolean> {
    const request = this.#requestFor(mode)
    request.ask(DB_LOCK_GET)
    return this.#get(request, DB_LOCK_NOWAIT)
  }

  /** Waits for the lock in the order of all who wait for it, as long as that is wanted. Answers whether it was given. */
  async insist(mode: number, wanted: () => boolean): Promise<boolean> {
    if (await this.try(mode)) return true
    while (wanted()) if (await waiting.pass(() => this.#wait(mode))) return true
    return false
  }

  release(mode: number): void {
    const code = this.#library.environment.lockPut(this.#environment, this.#requestFor(mode).lock)
    if (code !== 0) throw failure(this.#library, this.#called, code)
  }

  /** Without locks. */
  async end(): Promise<void> {
    await later(this.#library.group(this.group).commit, this.group, 0)
  }

  async #wait(mode: number): Promise<boolean> {
    const { lockDetect } = this.#library.environment
    const request = this.#requestFor(mode)
    request.ask(DB_LOCK_GET_TIMEOUT, WAIT)
    // libdb looks for requests whose time is over only when it is told to.
    const expire = (): void => {
      lockDetect.async(this.#environment, 0, DB_LOCK_EXPIRE, null, () => {})
    }
    const timer = setInterval(expire, WAIT + 5)
    try {
      return await this.#get(request, 0)
    } finally {
      clearInterval(timer)
    }
  }

  async #get(request: Request, flags: number): Promise<boolean> {
    const { lockVec } = this.#library.environment
    const code = await later(lockVec, this.#environment, this.#id, flags, request.address, 1, null)
    if (code === DB_LOCK_NOTGRANTED || code === DB_LOCK_DEADLOCK) return false
    if (code !== 0) throw failure(this.#library, this.#called, code)
    return true
  }

  #requestFor(mode: number): Request {
    let request = this.#requests.get(mode)
    if (!request) {
      request = new Request(this.#library, mode, this.#object.address)
      this.#requests.set(mode, request)
    }
    return request
  }
}

/** A DB_LOCKREQ of db.h, with the lock that was given. */
class Request {
  readonly address: Pointer
  /** Of the lock. */
  readonly lock: Pointer
  readonly #words: Uint32Array

  constructor(library: Library, mode: number, object: Pointer) {
    const block = new ArrayBuffer(48)
    this.#words = new Uint32Array(block)
    this.#words[MODE] = mode
    new BigUint64Array(block)[OBJECT] = object
    this.address = library.addressOf(this.#words)
    this.lock = this.address + LOCK_AT
  }

  /** @param time in milliseconds */
  ask(operation: number, time = 0): void {
    this.#words[OPERATION] = operation
    this.#words[TIMEOUT] = time * 1000
  }
}
