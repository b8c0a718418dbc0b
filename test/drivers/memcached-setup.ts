// What the tests of the Memcached driver share.
import { Client, type ClientOptions, type ServerOptions } from 'memjs'
import { onTestFinished } from 'vitest'
import Memcached from '../../drivers/Memcached.ts'
import type { PluginOptions } from '../../src/contracts/services.ts'
import { memcached, type Service } from '../services/index.ts'
import { TestClock } from '../support/clock.ts'

/** A driver that is open until the end of the test. */
export async function openDriver(
  options: PluginOptions,
  clock: () => number = new TestClock().now,
): Promise<Memcached> {
  const driver = new Memcached({ timeout: 20_000, ...options }, clock)
  await driver.open()
  onTestFinished(() => driver.close())
  return driver
}

/** A server for one test alone, which may be harmed. */
export async function newServer(args?: readonly string[]): Promise<Service> {
  const server = await memcached(args)
  onTestFinished(() => server.stop())
  return server
}

/** A client as a user would have it, but that it is patient, and silent. */
export function newClient(
  ports: readonly number[],
  options: Omit<ClientOptions & ServerOptions, 'serializer'> = {},
): Client {
  const servers = ports.map((port) => `127.0.0.1:${port}`).join(',')
  const client = Client.create(servers, { timeout: 20, logger: { log: () => {} }, ...options })
  onTestFinished(() => client.close())
  return client
}

/** As `dataSource`. */
export function sourceOf(servers: readonly Service[]): string {
  return servers.map(({ port }) => `127.0.0.1:${port}`).join(',')
}
