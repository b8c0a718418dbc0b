import type { ConditionalResult, Driver, IdsOptions, Image, StoredImage } from '../src/contracts/driver.ts'
import { Clock, Options, type PluginOptions } from '../src/contracts/services.ts'
import { ClosedError } from '../src/errors.ts'
import { inject, injectable } from '../src/inject.ts'
import { connect, handedIn } from '../src/redis/connect.ts'
import { expiryOf, timeToKeep } from '../src/redis/expiry.ts'
import { checkId, Keys, readPrefix } from '../src/redis/keys.ts'
import type { RedisLink } from '../src/redis/link.ts'
import { listIds, type Wanted } from '../src/redis/listing.ts'
import { type Location, readLocation } from '../src/redis/location.ts'
import { persist, removeIf, replace, results } from '../src/redis/scripts.ts'
import { Server } from '../src/redis/server.ts'
import { readTimeout } from '../src/timeout-option.ts'

/**
 * `driver:Redis`: a key for each session, in Redis or Valkey: one server, sentinels, or a cluster. Redis drops each
 * record by itself soon after it has expired.
 *
 * Options:
 * - `dataSource`: `redis://user:password@host:port/database`, `rediss://…` for TLS, `redis+sentinel://host1,host2/name`,
 *   `redis+cluster://host1,host2`, or the path of a Unix socket. Default `redis://127.0.0.1:6379/0`.
 * - `host`, `port`, `socket`, `username`, `password`: the same, one by one; they go before the URL.
 * - `dataSourceAttrs`: what ioredis is told besides, such as `{ tls: { ca } }` or `{ sentinels, name }`.
 * - `cache`: instead of all that a client of ioredis or node-redis, or a function that gives one. It is used as it is
 *   set up, and not closed.
 * - `prefix`: what the keys begin with. Default 'data_session:'.
 * - `shared`: another program writes the same records. It may know nothing of their expiry, so nothing is read from it.
 * - `timeout`: how long to wait for an answer, in milliseconds. Default 5000.
 */
@injectable()
export default class Redis implements Driver {
  /** From the beginning on, unless `shared`. */
  touch?: (id: string, lifetime: number | undefined) => Promise<boolean>

  readonly #location: Location
  readonly #prefix: string
  readonly #timeout: number
  readonly #shared: boolean
  #server: Server | undefined
  #keys!: Keys // from open() on

  constructor(
    @inject(Options) private readonly options: PluginOptions,
    @inject(Clock) private readonly clock: Clock,
  ) {
    const { prefix, shared } = options
    this.#location = readLocation(options)
    this.#prefix = readPrefix(prefix)
    this.#timeout = readTimeout(options)
    this.#shared = shared === true
    if (!this.#shared) this.touch = (id, lifetime) => this.#touch(id, lifetime)
  }

  async open(): Promise<void> {
    const { cache } = this.options
    if (cache === undefined) this.#use(await connect(this.#location, this.#timeout), this.#location.called)
    else this.#use(await handedIn(cache), 'Redis')
  }

  checkId(id: string): void {
    checkId(id)
  }

  /**
   * Two commands that go out together. A script would keep others from coming in between, but costs Redis many times as
   * much; and a time of expiry that is a little older than the record does no harm.
   */
  async retrieve(id: string): Promise<StoredImage | undefined> {
    const key = this.#keys.keyOf(id)
    const left = this.#shared ? undefined : this.#ready.read(key, 'PTTL')
    const [image, milliseconds] = await Promise.all([this.#ready.read(key, 'GET'), left])
    if (image === null) return undefined
    const found = { image: image as Buffer }
    return this.#shared ? found : { ...found, expires: expiryOf(this.clock, Number(milliseconds)) }
  }

  async store(id: string, image: Image, lifetime: number | undefined): Promise<void> {
    const time = this.#timeToKeep(lifetime)
    const key = this.#keys.keyOf(id)
    if (time === '0') await this.#ready.write(key, 'UNLINK')
    else await this.#ready.write(key, 'SET', bytes(image), ...(time === '' ? [] : ['PX', time]))
  }

  async create(id: string, image: Image, lifetime: number | undefined): Promise<boolean> {
    const time = this.#timeToKeep(lifetime)
    const key = this.#keys.keyOf(id)
    if (time === '0') return Number(await this.#ready.read(key, 'EXISTS')) === 0
    const answer = await this.#ready.write(
      key,
      'SET',
      bytes(image),
      'NX',
      ...(time === '' ? [] : ['PX', time]),
    )
    return answer !== null
  }

  async replace(
    id: string,
    expected: Image,
    image: Image,
    lifetime: number | undefined,
  ): Promise<ConditionalResult> {
    const key = this.#keys.keyOf(id)
    const time = this.#timeToKeep(lifetime)
    return resultOf(await this.#ready.run(replace, false, key, bytes(expected), bytes(image), time))
  }

  async remove(id: string): Promise<boolean> {
    return Number(await this.#ready.write(this.#keys.keyOf(id), 'UNLINK')) === 1
  }

  async removeIf(id: string, expected: Image): Promise<ConditionalResult> {
    return resultOf(await this.#ready.run(removeIf, false, this.#keys.keyOf(id), bytes(expected)))
  }

  ids({ expiredBefore }: IdsOptions = {}): AsyncIterable<string> {
    const wanted: Wanted | undefined =
      expiredBefore === undefined ? undefined : { before: expiredBefore, unknown: this.#shared }
    return listIds(this.#ready, this.#keys, this.clock, wanted)
  }

  async close(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    await server?.link.close()
  }

  #use(link: RedisLink, called: string): void {
    this.#keys = new Keys(link.keyPrefix + this.#prefix)
    this.#server = new Server(link, called, this.#timeout)
  }

  get #ready(): Server {
    if (!this.#server) throw new ClosedError(this.#location.called)
    return this.#server
  }

  async #touch(id: string, lifetime: number | undefined): Promise<boolean> {
    const time = this.#timeToKeep(lifetime)
    const key = this.#keys.keyOf(id)
    if (time === '0') return this.remove(id)
    const found =
      time === '' ? await this.#ready.run(persist, true, key) : await this.#ready.read(key, 'PEXPIRE', time)
    return Number(found) === 1
  }

  /** In milliseconds, as scripts take it: '' for ever, '0' not at all. */
  #timeToKeep(lifetime: number | undefined): string {
    return lifetime === undefined ? '' : String(timeToKeep(this.clock, lifetime))
  }
}

function resultOf(answer: unknown): ConditionalResult {
  return results[Number(answer)]!
}

/** The same bytes, as the clients want them. */
function bytes(image: Image): Buffer {
  return Buffer.from(image.buffer, image.byteOffset, image.byteLength)
}
