import type { ConditionalResult, Image } from '../contracts/driver.ts'
import { StorageError } from '../errors.ts'
import { OtherConnection } from './failures.ts'
import type { Answer } from './line.ts'
import { opcodes, statuses } from './protocol.ts'
import type { Servers } from './servers.ts'
import { imageOf } from './value.ts'

/** memcached's number for what a record was once. The next memcached on the same port counts from 1 again. */
interface Version {
  readonly id: string
  readonly cas: Buffer
  readonly connection: object
}

/** What memcached has under ids. Expiries are as `expiryFor` gives them. */
export class Records {
  /** Of images that were read or written here, so that one need not be read again before it is replaced. */
  readonly #versions = new WeakMap<Image, Version>()

  constructor(private readonly servers: Servers) {}

  async get(id: string, deadline = this.servers.deadline): Promise<Image | undefined> {
    const answer = await this.#ask(id, deadline, opcodes.get)
    if (!this.#isDone(id, answer, statuses.notFound)) return undefined
    const image = imageOf(id, answer)
    this.#remember(id, image, answer)
    return image
  }

  /**
   * Whatever was there before. Not by SET, with which memcached drops what it has when the new value is too large, or
   * when it has no memory for it.
   */
  async put(id: string, value: Image, expiry: number): Promise<void> {
    const { deadline } = this.servers
    for (;;) {
      const answer = await this.#ask(id, deadline, opcodes.replace, value, expiry)
      if (this.#isDone(id, answer, statuses.notFound)) return this.#remember(id, value, answer)
      if (await this.add(id, value, expiry, deadline)) return
    }
  }

  async add(id: string, value: Image, expiry: number, deadline = this.servers.deadline): Promise<boolean> {
    const answer = await this.#ask(id, deadline, opcodes.add, value, expiry)
    if (!this.#isDone(id, answer, statuses.exists)) return false
    this.#remember(id, value, answer)
    return true
  }

  async delete(id: string): Promise<boolean> {
    const answer = await this.#ask(id, this.servers.deadline, opcodes.delete)
    return this.#isDone(id, answer, statuses.notFound)
  }

  replace(id: string, expected: Image, value: Image, expiry: number): Promise<ConditionalResult> {
    return this.#change(id, expected, opcodes.replace, value, expiry)
  }

  deleteIf(id: string, expected: Image): Promise<ConditionalResult> {
    return this.#change(id, expected, opcodes.delete)
  }

  /** Does something with a record only if it is `expected`. */
  async #change(
    id: string,
    expected: Image,
    opcode: number,
    value?: Image,
    expiry?: number,
  ): Promise<ConditionalResult> {
    const { deadline } = this.servers
    for (let version = this.#versionOf(id, expected); ; ) {
      const answer = version && (await this.#askOn(version, deadline, opcode, value, expiry))
      if (answer?.header.status === statuses.notFound) return 'absent'
      if (answer && this.#isDone(id, answer, statuses.exists)) {
        if (value) this.#remember(id, value, answer)
        return 'done'
      }
      const current = await this.get(id, deadline)
      if (!current) return 'absent'
      if (Buffer.compare(current, expected) !== 0) return 'changed'
      version = this.#versionOf(id, current)
      if (!version) throw withoutVersions(this.servers.lineOf(id).called)
    }
  }

  #ask(id: string, deadline: number, opcode: number, value?: Image, expiry?: number): Promise<Answer> {
    const command = { opcode, key: this.servers.keys.keyOf(id), value, expiry }
    return this.servers.ask(this.servers.lineOf(id), command, deadline)
  }

  /** Only of this version. `undefined` when it means nothing any more. */
  async #askOn(
    { id, cas, connection }: Version,
    deadline: number,
    opcode: number,
    value: Image | undefined,
    expiry: number | undefined,
  ): Promise<Answer | undefined> {
    const command = { opcode, key: this.servers.keys.keyOf(id), value, expiry, cas, connection }
    try {
      return await this.servers.ask(this.servers.lineOf(id), command, deadline)
    } catch (error) {
      if (error instanceof OtherConnection) return undefined
      throw error
    }
  }

  /** Whether it was done, rather than refused for the one reason that is expected. */
  #isDone(id: string, answer: Answer, refusal: number): boolean {
    const { status } = answer.header
    if (status === statuses.done || status === refusal) return status === statuses.done
    throw this.servers.refusal(this.servers.lineOf(id), answer)
  }

  #versionOf(id: string, image: Image): Version | undefined {
    const version = this.#versions.get(image)
    return version?.id === id ? version : undefined
  }

  #remember(id: string, image: Image, { header: { cas }, connection }: Answer): void {
    if (cas.readUInt32LE(0) !== 0 || cas.readUInt32LE(4) !== 0)
      this.#versions.set(image, { id, cas, connection })
  }
}

function withoutVersions(called: string): StorageError {
  return new StorageError(
    `${called} numbers no versions, without which two requests would lose each other's changes. Start it without -C`,
  )
}
