import type { Driver, Image, StoredImage } from '../contracts/driver.ts'
import { StorageError } from '../errors.ts'
import { Turns } from '../turns.ts'
import { storageError } from './failures.ts'
import { Spool } from './spool.ts'

type Bytes = Uint8Array | string

/** What may be handed in instead of a Berkeley DB: four methods, that answer at once or later. */
export interface Cache {
  get(id: string): unknown
  put(id: string, image: Buffer): unknown
  /** May answer whether there was one. */
  del(id: string): unknown
  /** All ids: anything iterable. */
  keys(): unknown
}

export function isCache(value: unknown): value is Cache {
  const methods = Object(value) as Record<string, unknown>
  return ['get', 'put', 'del', 'keys'].every((name) => typeof methods[name] === 'function')
}

/**
 * The verbs over such an object. It has no conditional writes: the store makes them of `get` and `put`, which is safe
 * within the store only.
 */
export class CacheVerbs implements Driver {
  readonly #removals = new Turns()

  constructor(
    private readonly cache: Cache,
    private readonly called: string,
  ) {}

  async retrieve(id: string): Promise<StoredImage | undefined> {
    const value = await this.#try(() => this.cache.get(id))
    if (value === undefined || value === null) return undefined
    // A copy: it may be the very object that others get as well.
    if (isBytes(value)) return { image: Buffer.from(value as Uint8Array) }
    throw new StorageError(
      `${this.called} gave something else than bytes or text for an image: a ${typeof value}`,
    )
  }

  async store(id: string, image: Image): Promise<void> {
    await this.#try(() => this.cache.put(id, Buffer.from(image)))
  }

  remove(id: string): Promise<boolean> {
    return this.#removals.take(id, async () => {
      const isThere = (await this.retrieve(id)) !== undefined
      const was = await this.#try(() => this.cache.del(id))
      return typeof was === 'boolean' ? was : isThere
    })
  }

  /** All keys are noted first: what the object tells while others change it is its own affair. */
  async *ids(): AsyncGenerator<string> {
    const spool = new Spool()
    try {
      await this.#try(async () => {
        const keys = (await this.cache.keys()) as Iterable<Bytes> | AsyncIterable<Bytes>
        for await (const key of keys) spool.add(Buffer.from(key as Uint8Array))
      })
      for (const key of spool.all()) yield key.toString()
    } finally {
      spool.close()
    }
  }

  close(): void {}

  async #try(call: () => unknown): Promise<unknown> {
    try {
      return await call()
    } catch (error) {
      throw storageError(this.called, error)
    }
  }
}

function isBytes(value: unknown): value is Bytes {
  return typeof value === 'string' || value instanceof Uint8Array
}
