import type { ConditionalResult, Driver, Image, StoredImage } from '../contracts/driver.ts'
import { ClosedError, type SessionError } from '../errors.ts'
import { storageError } from './failures.ts'
import { Gate } from './gate.ts'
import { inTime } from './in-time.ts'
import { type List, listAtOnce, listInOrder } from './listing.ts'
import type { Access, Key, KeyPages, ReadableRecords, WritableRecords } from './records.ts'
import { Rounds } from './rounds.ts'

/** The verbs of the driver on a database: an image is the data, bare, and its id the key, in UTF-8. */
export class SessionRecords
  implements Required<Omit<Driver, 'open' | 'checkId' | 'idsOf' | 'touch' | 'purge' | 'tableSql' | 'tryLock'>>
{
  readonly #access: Access
  readonly #called: string
  readonly #timeout: number
  readonly #reads: Rounds<ReadableRecords>
  readonly #writes: Rounds<WritableRecords>
  /** One page at a time. */
  readonly #listing = new Gate(1)
  #closed = false

  constructor(access: Access, called: string, timeout: number) {
    this.#access = access
    this.#called = called
    this.#timeout = timeout
    const late = (): SessionError => access.tooLate(timeout)
    this.#reads = new Rounds((wanted, work) => access.read(wanted, work), timeout, late)
    this.#writes = new Rounds(
      (wanted, work) => access.write(wanted, (records) => void work(records)),
      timeout,
      late,
    )
  }

  async retrieve(id: string): Promise<StoredImage | undefined> {
    const key = Buffer.from(id)
    const image = await this.#read((records) => records.get(key))
    return image && { image }
  }

  async store(id: string, image: Image): Promise<void> {
    const key = Buffer.from(id)
    await this.#write((records) => records.put(key, image))
  }

  create(id: string, image: Image): Promise<boolean> {
    const key = Buffer.from(id)
    return this.#write((records) => records.put(key, image, true))
  }

  replace(id: string, expected: Image, image: Image): Promise<ConditionalResult> {
    return this.#ifUnchanged(id, expected, (records, key) => records.put(key, image))
  }

  remove(id: string): Promise<boolean> {
    const key = Buffer.from(id)
    return this.#write((records) => records.remove(key))
  }

  removeIf(id: string, expected: Image): Promise<ConditionalResult> {
    return this.#ifUnchanged(id, expected, (records, key) => records.remove(key))
  }

  async *ids(): AsyncGenerator<string> {
    const list: List = (work, after) => {
      this.#checkOpen()
      return this.#explained(this.#listing.pass(() => this.#list(work, after)))
    }
    yield* this.#access.ordered ? listInOrder(list) : listAtOnce(list)
  }

  async close(): Promise<void> {
    this.#closed = true
    const closing = this.#closeWhenIdle()
    await this.#explained(inTime(closing, this.#timeout, () => this.#access.tooLate(this.#timeout)))
  }

  async #closeWhenIdle(): Promise<void> {
    await Promise.all([this.#reads.idle(), this.#writes.idle()])
    await this.#listing.pass(() => this.#access.close())
  }

  #ifUnchanged(
    id: string,
    expected: Image,
    change: (records: WritableRecords, key: Key) => unknown,
  ): Promise<ConditionalResult> {
    const key = Buffer.from(id)
    return this.#write((records) => {
      const current = records.get(key)
      if (current === undefined) return 'absent'
      if (Buffer.compare(current, expected) !== 0) return 'changed'
      change(records, key)
      return 'done'
    })
  }

  /** The time limit is for being let in. */
  async #list(work: (pages: KeyPages) => Promise<void>, after: Key | undefined): Promise<void> {
    const deadline = performance.now() + this.#timeout
    let isIn = false
    const listing = async (pages: KeyPages): Promise<void> => {
      isIn = true
      await work(pages)
    }
    await this.#access.list(() => performance.now() < deadline, listing, after)
    if (!isIn) throw this.#access.tooLate(this.#timeout)
  }

  #read<T>(work: (records: ReadableRecords) => T | Promise<T>): Promise<T> {
    this.#checkOpen()
    return this.#explained(this.#reads.run(work))
  }

  #write<T>(work: (records: WritableRecords) => T): Promise<T> {
    this.#checkOpen()
    return this.#explained(this.#writes.run(work))
  }

  #explained<T>(work: Promise<T>): Promise<T> {
    return work.catch((error: unknown) => {
      throw storageError(this.#called, error)
    })
  }

  #checkOpen(): void {
    if (this.#closed) throw new ClosedError(this.#called)
  }
}
