import type { ConditionalResult, Driver, IdsOptions, Image, StoredImage } from '../src/contracts/driver.ts'
import { Clock, Options, type PluginOptions } from '../src/contracts/services.ts'
import { ClosedError } from '../src/errors.ts'
import { inject, injectable } from '../src/inject.ts'
import { handedIn, makeClient } from '../src/memcached/connect.ts'
import { type DistributionName, distributionOf, readDistribution } from '../src/memcached/distribution.ts'
import { expiryFor } from '../src/memcached/expiry.ts'
import { Keys } from '../src/memcached/keys.ts'
import { listIds, type Wanted } from '../src/memcached/listing.ts'
import { type Location, readLocation } from '../src/memcached/location.ts'
import type { MemjsClient } from '../src/memcached/memjs.ts'
import { Records } from '../src/memcached/records.ts'
import { Servers } from '../src/memcached/servers.ts'
import { readTimeout } from '../src/timeout-option.ts'

/**
 * `driver:Memcached`: a key for each session, in one or more memcacheds, which drop each record by themselves soon after it
 * has expired.
 *
 * Options:
 * - `dataSource`: `host:port,host:port`, `memcached://user:password@host:port,host`, or the path of a Unix socket. Default
 *   `127.0.0.1:11211`.
 * - `host`, `port`, `socket`, `username`, `password`: the same, one by one; they go before the data source.
 * - `dataSourceAttrs`: what memjs is told besides: `keepAlive`, `keepAliveDelay`.
 * - `cache`: instead of all that a client of memjs, or a function that gives one. It is used as it is set up, and not
 *   closed.
 * - `distribution`: which of several servers has an id: 'perl' as Cache::Memcached, 'memjs' as memjs does. Default
 *   'perl', and of a client handed in 'memjs'.
 * - `prefix`: what the keys begin with, Cache::Memcached's `namespace`. Default: nothing.
 * - `shared`: another program writes the same records, perhaps without an expiry.
 * - `timeout`: how long to wait for an answer, in milliseconds. Default 5000.
 */
@injectable()
export default class Memcached implements Driver {
  readonly #location: Location
  readonly #keys: Keys
  readonly #distribution: DistributionName | undefined
  readonly #timeout: number
  #opened: { readonly servers: Servers; readonly records: Records } | undefined

  constructor(
    @inject(Options) private readonly options: PluginOptions,
    @inject(Clock) private readonly clock: Clock,
  ) {
    this.#location = readLocation(options)
    this.#keys = new Keys(options['prefix'])
    this.#distribution = readDistribution(options['distribution'])
    this.#timeout = readTimeout(options)
  }

  async open(): Promise<void> {
    const { cache } = this.options
    if (cache !== undefined) {
      this.#use(await handedIn(cache), 'memjs')
      return
    }
    this.#use(await makeClient(this.#location, this.#timeout), 'perl')
    try {
      await this.#servers.reach()
    } catch (error) {
      await this.close()
      throw error
    }
  }

  checkId(id: string): void {
    this.#keys.check(id)
  }

  async retrieve(id: string): Promise<StoredImage | undefined> {
    const image = await this.#records.get(id)
    return image && { image }
  }

  async store(id: string, image: Image, lifetime: number | undefined): Promise<void> {
    if (isOver(lifetime)) await this.#records.delete(id)
    else await this.#records.put(id, image, expiryFor(lifetime))
  }

  async create(id: string, image: Image, lifetime: number | undefined): Promise<boolean> {
    if (isOver(lifetime)) return (await this.#records.get(id)) === undefined
    return this.#records.add(id, image, expiryFor(lifetime))
  }

  async replace(
    id: string,
    expected: Image,
    image: Image,
    lifetime: number | undefined,
  ): Promise<ConditionalResult> {
    if (isOver(lifetime)) return this.#records.deleteIf(id, expected)
    return this.#records.replace(id, expected, image, expiryFor(lifetime))
  }

  async remove(id: string): Promise<boolean> {
    return this.#records.delete(id)
  }

  async removeIf(id: string, expected: Image): Promise<ConditionalResult> {
    return this.#records.deleteIf(id, expected)
  }

  ids({ expiredBefore }: IdsOptions = {}): AsyncIterable<string> {
    const { shared } = this.options
    const wanted: Wanted | undefined =
      expiredBefore === undefined ? undefined : { before: expiredBefore, unknown: shared === true }
    return listIds(this.#servers, this.clock, wanted)
  }

  async close(): Promise<void> {
    const { servers } = this.#opened ?? {}
    this.#opened = undefined
    if (this.options['cache'] === undefined) await servers?.end()
    else servers?.leave()
  }

  #use(client: MemjsClient, usual: DistributionName): void {
    const distribution = distributionOf(client, this.#distribution ?? usual)
    const servers = new Servers(client, this.#keys, distribution, this.#timeout)
    this.#opened = { servers, records: new Records(servers) }
  }

  get #servers(): Servers {
    return this.#stillOpen.servers
  }

  get #records(): Records {
    return this.#stillOpen.records
  }

  get #stillOpen(): { readonly servers: Servers; readonly records: Records } {
    if (!this.#opened) throw new ClosedError(this.#location.called)
    return this.#opened
  }
}

/** memcached would take it as something else, or as never. */
function isOver(lifetime: number | undefined): boolean {
  return lifetime !== undefined && lifetime <= 0
}
