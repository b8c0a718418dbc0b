// What the tests of the Redis driver share.
import { once } from 'node:events'
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
