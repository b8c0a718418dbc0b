import type { Awaitable } from '../../contracts/awaitable.ts'
import type { Driver, Image, StoredImage } from '../../contracts/driver.ts'
import type { Hash } from '../../contracts/serializer.ts'
import type { Clock, PluginContext, PluginOptions } from '../../contracts/services.ts'
import { InvalidPluginError, SessionError, StorageError } from '../../errors.ts'
import { expiryTime } from '../../expiry-time.ts'
import { isPlainObject } from '../../hash.ts'
import { Turns } from '../../turns.ts'
import type { ApacheStorage } from './storage.ts'
import { hashOfImage, imageOfHash } from './storage-hash.ts'

/** The class of drivers that a storage class makes. */
export function driverOf(
  Storage: new (options: PluginOptions) => ApacheStorage,
): new (
  context: PluginContext,
) => Driver {
  return class extends StorageDriver {
    constructor({ options, clock }: PluginContext) {
      super(new Storage(options), clock)
    }
  }
}

class StorageDriver implements Driver {
  readonly #storage: ApacheStorage
  readonly #clock: Clock
  readonly #removals = new Turns()

  constructor(storage: ApacheStorage, clock: Clock) {
    this.#storage = storage
    this.#clock = clock
  }

  async open(): Promise<void> {
    await this.#ask(() => this.#storage.open?.())
  }

  checkId(id: string): void {
    this.#storage.checkId(id)
  }

  async retrieve(id: string): Promise<StoredImage | undefined> {
    const hash = await this.#fetch(id)
    return hash && { image: imageOfHash(hash) }
  }

  async store(id: string, image: Image, lifetime: number | undefined): Promise<void> {
    if (!(await this.#fetch(id))) await this.#ask(() => this.#storage.create(id))
    await this.#commit(id, image, lifetime)
  }

  async create(id: string, image: Image, lifetime: number | undefined): Promise<boolean> {
    if (!(await this.#ask(() => this.#storage.create(id)))) return false
    await this.#commit(id, image, lifetime)
    return true
  }

  /** One after the other, so that one of several is told that it was there, even where the storage class does not tell. */
  remove(id: string): Promise<boolean> {
    return this.#removals.take(id, async () => {
      if (!(await this.#fetch(id))) return false
      return (await this.#ask(() => this.#storage.destroy(id))) !== false
    })
  }

  async *ids(): AsyncGenerator<string, void, undefined> {
    const listed = await this.#ask(() => this.#listing())
    for (;;) {
      const next = await this.#ask(() => listed.next())
      if (next.done) return
      yield next.value
    }
  }

  #listing(): AsyncIterator<string> | Iterator<string> {
    const ids = this.#storage.ids?.()
    if (ids) return Symbol.asyncIterator in ids ? ids[Symbol.asyncIterator]() : ids[Symbol.iterator]()
    const { name } = this.#storage.constructor
    throw new InvalidPluginError(`The storage class '${name}' has no ids(): its sessions cannot be listed`)
  }

  async close(): Promise<void> {
    await this.#ask(() => this.#storage.close?.())
  }

  async #fetch(id: string): Promise<Hash | undefined> {
    const hash = (await this.#ask(() => this.#storage.fetch(id))) ?? undefined
    if (hash === undefined || isPlainObject(hash)) return hash
    throw new StorageError(`The storage class '${this.#storage.constructor.name}' fetched what is no hash`)
  }

  #commit(id: string, image: Image, lifetime: number | undefined): Promise<unknown> {
    const expires = lifetime === undefined ? undefined : expiryTime(this.#clock, lifetime)
    return this.#ask(() => this.#storage.commit(hashOfImage(image, id), id, expires))
  }

  async #ask<T>(question: () => Awaitable<T>): Promise<T> {
    try {
      return await question()
    } catch (cause) {
      if (cause instanceof SessionError) throw cause
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new StorageError(`The storage class '${this.#storage.constructor.name}' failed: ${reason}`, {
        cause,
      })
    }
  }
}
