import type { ConditionalResult, Driver, IdsOptions, Image, StoredImage } from '../src/contracts/driver.ts'
import type { PluginOptions } from '../src/contracts/services.ts'
import { Clock, Options } from '../src/contracts/services.ts'
import { InvalidOptionError, StorageError } from '../src/errors.ts'
import { expiryTime } from '../src/expiry-time.ts'
import { inject, injectable } from '../src/inject.ts'
import type { ImagePool, PooledImage } from '../src/memory/image-pool.ts'
import { joinPool, leavePool } from '../src/memory/image-pool.ts'

/**
 * `driver:Memory`: keeps sessions in this process. They end with it, and not with the store: whoever opens the same
 * name later in the process finds them. Sessions that have expired are dropped within a minute, by a timer that does
 * not keep the process alive.
 *
 * Options:
 * - `memoryName`: stores of the same name share their sessions. Default 'default'.
 * - `maxSessions`, `maxBytes` (of all images together): when there are more, sessions that have expired go first, then
 *   those that were not read or written for longest. Default no limit.
 */
@injectable()
export default class Memory implements Driver {
  private readonly name: string
  private readonly maxSessions: number
  private readonly maxBytes: number
  private pool!: ImagePool // from open() on

  constructor(
    @inject(Options) options: PluginOptions,
    @inject(Clock) private readonly clock: Clock,
  ) {
    const { memoryName = 'default' } = options
    if (typeof memoryName !== 'string') {
      throw new InvalidOptionError("memoryName must be text, such as 'default'")
    }
    this.name = memoryName
    this.maxSessions = limit(options, 'maxSessions')
    this.maxBytes = limit(options, 'maxBytes')
  }

  open(): void {
    this.pool = joinPool(this.name)
  }

  retrieve(id: string): StoredImage | undefined {
    const record = this.pool.find(id)
    return record && { image: Buffer.from(record.image), expires: record.expires }
  }

  store(id: string, image: Image, lifetime: number | undefined): void {
    this.refuseTooLarge(image)
    const record = this.pool.find(id)
    if (record) this.pool.overwrite(record, image)
    this.settle(record ?? this.pool.add(id, image), lifetime)
  }

  create(id: string, image: Image, lifetime: number | undefined): boolean {
    this.refuseTooLarge(image)
    if (this.pool.find(id)) return false
    this.settle(this.pool.add(id, image), lifetime)
    return true
  }

  replace(id: string, expected: Image, image: Image, lifetime: number | undefined): ConditionalResult {
    this.refuseTooLarge(image)
    const record = this.pool.find(id)
    if (!record) return 'absent'
    if (!record.image.equals(expected)) return 'changed'
    this.pool.overwrite(record, image)
    this.settle(record, lifetime)
    return 'done'
  }

  touch(id: string, lifetime: number | undefined): boolean {
    const record = this.pool.find(id)
    if (record) this.expire(record, lifetime)
    return record !== undefined
  }

  remove(id: string): boolean {
    const record = this.pool.find(id)
    if (record) this.pool.delete(record)
    return record !== undefined
  }

  removeIf(id: string, expected: Image): ConditionalResult {
    const record = this.pool.find(id)
    if (!record) return 'absent'
    if (!record.image.equals(expected)) return 'changed'
    this.pool.delete(record)
    return 'done'
  }

  ids({ expiredBefore = Infinity }: IdsOptions = {}): Iterable<string> {
    return this.pool.ids(expiredBefore)
  }

  purge(now: number): number {
    return this.pool.sweep(now)
  }

  close(): void {
    leavePool(this.name)
  }

  /** The end of each write. */
  private settle(record: PooledImage, lifetime: number | undefined): void {
    this.expire(record, lifetime)
    this.pool.shrink(this.maxSessions, this.maxBytes, this.clock)
  }

  private expire(record: PooledImage, lifetime: number | undefined): void {
    const expires = lifetime === undefined ? undefined : expiryTime(this.clock, lifetime)
    this.pool.setExpiry(record, expires, this.clock)
  }

  private refuseTooLarge({ length }: Image): void {
    if (length <= this.maxBytes) return
    throw new StorageError(`A session of ${length} bytes does not go into the maxBytes of ${this.maxBytes}`)
  }
}

function limit(options: PluginOptions, name: string): number {
  const { [name]: value = Infinity } = options
  if (value === Infinity || (Number.isInteger(value) && (value as number) > 0)) return value as number
  throw new InvalidOptionError(`${name} must be a whole number greater than 0, or left out for no limit`)
}
