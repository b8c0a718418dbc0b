import { NoAnswer, NothingDone } from '../remote/failures.ts'
import { isAnswer } from './failures.ts'
import type { RedisCommand, RedisLink, Words } from './link.ts'

/** A client of node-redis: single, or a pool of such. */
interface Client {
  sendCommand(words: Words, options: object): Promise<unknown>
}

interface SentinelClient {
  sendCommand(isReadOnly: boolean, words: Words, options: object): Promise<unknown>
  getMasterNode(): unknown
}

interface ClusterClient {
  sendCommand(key: string | undefined, isReadOnly: boolean, words: Words, options: object): Promise<unknown>
  readonly masters: readonly object[]
  nodeClient(master: object): Client | Promise<Client>
}

interface Emitter {
  on?(event: string, listener: (value: unknown) => void): unknown
  off?(event: string, listener: (value: unknown) => void): unknown
}

export type NodeRedis = Emitter & (Client | SentinelClient | ClusterClient)

export function isNodeRedis(value: unknown): value is NodeRedis {
  return typeof (Object(value) as Partial<Client>).sendCommand === 'function'
}

// Bulk strings as bytes; the first for version 4, the other for later ones.
const asBytes = { returnBuffers: true, typeMapping: { ['$'.charCodeAt(0)]: Buffer } }

/**
 * A client of node-redis that the user opened. It takes a command that it could not send yet out of its queue when
 * asked to, and never sends one twice.
 */
export class NodeRedisLink implements RedisLink {
  readonly keyPrefix = ''
  trouble: Error | undefined
  readonly #client: NodeRedis
  /** The connections that there were so far. */
  #connections = 0

  constructor(client: NodeRedis) {
    this.#client = client
    client.on?.('error', this.#onError)
    client.on?.('ready', this.#onReady)
  }

  async send(command: RedisCommand, milliseconds: number): Promise<unknown> {
    const stop = new AbortController()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new NoAnswer('did not answer', this.trouble && { cause: this.trouble }))
        stop.abort()
      }, milliseconds)
    })
    try {
      this.#checkConnection(command)
      return await Promise.race([this.#call(command, stop.signal), late])
    } catch (error) {
      throw command.repeatable && !command.connection && isBrokenConnection(error)
        ? new NothingDone(error)
        : error
    } finally {
      clearTimeout(timer)
    }
  }

  async nodes(): Promise<readonly RedisLink[]> {
    const client = this.#client
    if (!isCluster(client)) return [this]
    return Promise.all(
      client.masters.map(async (master) => new NodeRedisLink(withoutEvents(await client.nodeClient(master)))),
    )
  }

  async close(): Promise<void> {
    this.#client.off?.('error', this.#onError)
    this.#client.off?.('ready', this.#onReady)
  }

  #call({ key, words }: RedisCommand, signal: AbortSignal): Promise<unknown> {
    const client = this.#client
    const options = { ...asBytes, signal, abortSignal: signal }
    if (isCluster(client)) return client.sendCommand(key, false, words, options)
    if (isSentinel(client)) return client.sendCommand(false, words, options)
    return client.sendCommand(words, options)
  }

  #checkConnection({ connection }: RedisCommand): void {
    if (!connection) return
    connection.socket ??= this.#connections
    if (connection.socket !== this.#connections) throw new Error('The connection broke in the meantime')
  }

  readonly #onError = (error: unknown) => {
    this.trouble = error instanceof Error ? error : new Error(String(error))
  }

  readonly #onReady = () => {
    this.trouble = undefined
    this.#connections += 1
  }
}

function isCluster(client: NodeRedis): client is ClusterClient {
  const { masters, nodeClient } = client as Partial<ClusterClient>
  return Array.isArray(masters) && typeof nodeClient === 'function'
}

function isSentinel(client: NodeRedis): client is SentinelClient {
  return typeof (client as Partial<SentinelClient>).getMasterNode === 'function'
}

/** A client that belongs to a cluster client, which listens to it. */
function withoutEvents(client: Client): Client {
  return { sendCommand: (words, options) => client.sendCommand(words, options) }
}

function isBrokenConnection(error: unknown): boolean {
  return error instanceof Error && !isAnswer(error) && /Socket|Disconnect/.test(error.constructor.name)
}
