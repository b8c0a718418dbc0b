import { setTimeout as delay } from 'node:timers/promises'
import { NoAnswer, NothingDone } from '../remote/failures.ts'
import { isAnswer } from './failures.ts'
import type { RedisCommand, RedisLink } from './link.ts'
import { type Command, Outgoing } from './outgoing.ts'

/** A client of ioredis (`Redis` or `Cluster`), or of something like it. */
export interface IORedis {
  readonly status: string
  readonly options?: { readonly keyPrefix?: string | Buffer | undefined }
  callBuffer(name: string, ...args: (string | Buffer)[]): Promise<unknown>
  sendCommand(command: Command, ...rest: unknown[]): unknown
  /** Of a cluster only. */
  nodes?(role: 'master'): IORedis[]
  /** Of a cluster only: looks up again which node holds what. */
  refreshSlotsCache?(): void
  on(event: string, listener: (value: unknown) => void): unknown
  off(event: string, listener: (value: unknown) => void): unknown
  connect(): Promise<void>
  disconnect(): void
}

export function isIORedis(value: unknown): value is IORedis {
  const { callBuffer, sendCommand } = Object(value) as Partial<IORedis>
  return typeof callBuffer === 'function' && typeof sendCommand === 'function'
}

/** Whose a client is: made here, the user's, or one that a cluster client of either keeps for a node. */
export type Owner = 'driver' | 'user' | 'cluster'

/** Milliseconds to wait for what is to change in a moment. */
const PAUSE = 50

export class IORedisLink implements RedisLink {
  readonly keyPrefix: string
  trouble: Error | undefined
  readonly #client: IORedis
  readonly #owner: Owner
  /** The client, but that what it sends is seen here, and that it leaves keys alone. */
  readonly #view: IORedis
  #outgoing: Outgoing | undefined
  #revival: NodeJS.Timeout | undefined

  constructor(client: IORedis, owner: Owner) {
    this.#client = client
    this.#owner = owner
    this.keyPrefix = String(client.options?.keyPrefix ?? '')
    this.#view = Object.create(client, {
      // A pipeline would take commands out of sight.
      options: { value: { ...client.options, keyPrefix: undefined, enableAutoPipelining: false } },
      sendCommand: {
        value: (command: Command, ...rest: unknown[]) => {
          const outgoing = this.#outgoing
          outgoing?.watchWriting(command)
          const answer = client.sendCommand(command, ...rest)
          // Not before, since a cluster client puts its own redirection there.
          outgoing?.watchRefusal(command)
          return answer
        },
      },
    }) as IORedis
    if (owner === 'cluster') return
    client.on('error', this.#onError)
    client.on('ready', this.#onReady)
    if (owner === 'driver') client.on('end', this.#onEnd)
  }

  send(command: RedisCommand, milliseconds: number): Promise<unknown> {
    const outgoing = new Outgoing(command.repeatable, command.connection)
    return new Promise((settle, fail) => {
      const timer = setTimeout(() => {
        outgoing.giveUp()
        fail(new NoAnswer('did not answer', this.trouble && { cause: this.trouble }))
      }, milliseconds)
      this.#call(command, outgoing).then(
        (answer) => {
          clearTimeout(timer)
          settle(answer)
        },
        (error: unknown) => {
          clearTimeout(timer)
          fail(this.#mayBeSentAgain(command, outgoing, error) ? new NothingDone(error) : error)
        },
      )
    })
  }

  async nodes(milliseconds: number): Promise<readonly RedisLink[]> {
    const client = this.#client
    if (!client.nodes) return [this]
    const giveUp = performance.now() + milliseconds
    for (let left = milliseconds; ; left = giveUp - performance.now()) {
      const slots = await this.send({ words: ['CLUSTER', 'SLOTS'], key: undefined, repeatable: true }, left)
      const masters = client.nodes('master')
      if (masters.length >= countMasters(slots))
        return masters.map((node) => new IORedisLink(node, 'cluster'))
      // One has just gone, and another one takes its place.
      client.refreshSlotsCache?.()
      if (left <= PAUSE) throw new NoAnswer('has a master that could not be reached')
      await delay(PAUSE)
    }
  }

  async close(): Promise<void> {
    const client = this.#client
    client.off('ready', this.#onReady)
    client.off('end', this.#onEnd)
    clearTimeout(this.#revival)
    if (this.#owner === 'driver' && client.status !== 'end') {
      // Between two connections there is nothing to close, and no event that would tell.
      const isConnected = client.status !== 'reconnecting'
      const ended = new Promise((settle) => client.on('end', settle))
      client.disconnect()
      if (isConnected) await ended
    }
    // What the end of our own brings about may still be an error, which somebody must listen to.
    if (this.#owner === 'user') client.off('error', this.#onError)
  }

  /** Both calls run up to `sendCommand` at once, so that `#outgoing` is the one of this command. */
  #call({ words }: RedisCommand, outgoing: Outgoing): Promise<unknown> {
    this.#outgoing = outgoing
    try {
      return this.#view.callBuffer(...words)
    } finally {
      this.#outgoing = undefined
    }
  }

  #mayBeSentAgain({ repeatable, connection }: RedisCommand, outgoing: Outgoing, error: unknown): boolean {
    if (isAnswer(error) || connection?.socket !== undefined) return false
    // One that the user has closed stays closed.
    if (this.#client.status === 'end' && this.#owner !== 'driver') return false
    return repeatable || !outgoing.sent
  }

  readonly #onError = (error: unknown) => {
    this.trouble = error instanceof Error ? error : new Error(String(error))
  }

  readonly #onReady = () => {
    this.trouble = undefined
  }

  /** ioredis gives up for good when a sentinel tells of a new primary just while it connects. */
  readonly #onEnd = () => {
    this.#revival = setTimeout(() => {
      this.#client.connect().catch(() => {}) // There is an event for that.
    }, PAUSE)
  }
}

/** How many masters there are, by the answer of CLUSTER SLOTS: ranges of slots, each with its master before its replicas. */
function countMasters(slots: unknown): number {
  const ranges = slots as readonly (readonly [number, number, readonly [host: Buffer, port: number]])[]
  return new Set(ranges.map(([, , [host, port]]) => `${host.toString()}:${port}`)).size
}
