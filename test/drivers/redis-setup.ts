// What the tests of the Redis driver share.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { Redis as Client, type RedisOptions } from 'ioredis'
import { onTestFinished } from 'vitest'
import Redis from '../../drivers/Redis.ts'
import type { PluginOptions } from '../../src/contracts/services.ts'
import { redis, type Service } from '../services/index.ts'
import { TestClock } from '../support/clock.ts'

/** A driver that is open until the end of the test. */
export async function openDriver(
  options: PluginOptions,
  clock: () => number = new TestClock().now,
): Promise<Redis> {
  const driver = new Redis(options, clock)
  await driver.open()
  onTestFinished(() => driver.close())
  return driver
}

/** A server for one test alone, which may be harmed. */
export async function newServer(args?: readonly string[]): Promise<Service> {
  const server = await redis(args)
  onTestFinished(() => server.stop())
  return server
}

/** A client as a user would have it. */
export function newClient(options: RedisOptions): Client {
  const client = new Client(options as RedisOptions & { replyMapping?: 'legacy' })
  client.on('error', () => {})
  onTestFinished(() => client.disconnect())
  return client
}

/** All commands that a server gets while `work` is done, without what scripts do inside. */
export async function commandsOf(port: number, work: () => Promise<unknown>): Promise<string[][]> {
  const client = newClient({ port })
  const monitor = await client.monitor()
  onTestFinished(() => monitor.disconnect())
  const commands: string[][] = []
  monitor.on('monitor', (_: unknown, words: string[], source: string) => {
    if (source !== 'lua') commands.push(words)
  })
  await work()
  await client.echo('that was all')
  while (commands.at(-1)?.[1] !== 'that was all') await once(monitor, 'monitor')
  return commands.slice(0, -1)
}

/** Stands between a driver and its server, and can break the connections. */
export class Proxy {
  readonly #server: Server
  readonly #pairs = new Set<readonly [Socket, Socket]>()
  #losesAnswers = false

  constructor(port: number) {
    this.#server = createServer((near) => {
      const far = connect(port, '127.0.0.1')
      const pair = [near, far] as const
      this.#pairs.add(pair)
      for (const socket of pair) {
        socket.on('error', () => {})
        socket.on('close', () => this.#cut(pair))
      }
      near.on('data', (data) => far.write(data))
      far.on('data', (data) => {
        if (this.#losesAnswers) {
          this.#losesAnswers = false
          this.#cut(pair)
        } else near.write(data)
      })
    })
  }

  async open(): Promise<number> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => {
      this.#server.close()
      this.cut()
    })
    return (this.#server.address() as AddressInfo).port
  }

  /** The next answer does not arrive: the connection breaks instead. */
  loseAnswer(): void {
    this.#losesAnswers = true
  }

  /** Breaks all connections. */
  cut(): void {
    for (const pair of this.#pairs) this.#cut(pair)
  }

  get connections(): number {
    return this.#pairs.size
  }

  #cut(pair: readonly [Socket, Socket]): void {
    for (const socket of pair) socket.destroy()
    this.#pairs.delete(pair)
  }
}

export async function list(driver: Redis, expiredBefore?: number): Promise<string[]> {
  const ids: string[] = []
  for await (const id of driver.ids(expiredBefore === undefined ? {} : { expiredBefore })) ids.push(id)
  return ids.sort()
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

export async function textOf(driver: Redis, id: string): Promise<string | undefined> {
  const stored = await driver.retrieve(id)
  return stored && Buffer.from(stored.image).toString()
}
