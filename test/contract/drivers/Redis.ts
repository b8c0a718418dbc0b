import { Redis } from 'ioredis'
import { afterAll } from 'vitest'
import type { Driver } from '../../../src/contracts/driver.ts'
import type { PluginOptions } from '../../../src/contracts/services.ts'
import type { DriverSetup } from '../../../src/testing/index.ts'
import { redis, redisCluster, type Service } from '../../services/index.ts'
import { onePerFile, withService } from '../../services/in-contract.ts'
import { builtIn } from '../plugins.ts'

const server = onePerFile(() => redis())
const cluster = onePerFile(() => redisCluster())
const single = async (): Promise<[Service]> => [await server()]
const masters = async (): Promise<readonly Service[]> => (await cluster()).masters

const paused = new Set<string>()
const clients: { disconnect(): void }[] = []
afterAll(() => {
  for (const client of clients) client.disconnect()
})

function setup<S extends readonly Service[]>(
  services: () => Promise<S>,
  options: (services: S) => PluginOptions,
  prefix = '',
): DriverSetup {
  return {
    offers: ['create', 'replace', 'removeIf', 'touch'],
    create: async (context) => {
      return builtIn<Driver>('drivers', 'Redis', context, {
        prefix: `${prefix}${context.storage}:`,
        ...options(await services()),
      })
    },
    sabotage: async (storage) => {
      for (const service of await services()) service.pause()
      paused.add(storage)
    },
    destroy: async (storage) => {
      if (paused.delete(storage)) for (const service of await services()) service.resume()
    },
  }
}

/** The package node-redis, if it is installed. */
interface NodeRedis {
  createClient(options: object): {
    connect(): Promise<unknown>
    on(event: string, listener: () => void): unknown
    destroy(): void
  }
}

const name = 'redis'
const nodeRedis = (await import(/* @vite-ignore */ name).catch(() => undefined)) as NodeRedis | undefined

async function nodeRedisClient(port: number): Promise<unknown> {
  const client = nodeRedis!.createClient({ url: `redis://127.0.0.1:${port}` })
  client.on('error', () => {})
  await client.connect()
  clients.push({ disconnect: () => client.destroy() })
  return client
}

const timeout = 1000
const outage = 'the same as by default, and slow'

export const setups: Record<string, DriverSetup> = withService('redis', {
  'by default': {
    ...setup(single, ([{ port }]) => ({ port, timeout })),
    heavy: true,
  },
  'with a prefix of signs': {
    ...setup(single, ([{ port }]) => ({ port, timeout }), 'a*?[b]^\\{é}:'),
    without: { outage },
  },
  'over a Unix socket': { ...setup(single, ([{ socket }]) => ({ socket, timeout })), without: { outage } },
  'on a cluster': setup(masters, (nodes) => ({
    dataSource: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    timeout,
  })),
  'with a client handed in': setup(single, ([{ port }]) => {
    const client = new Redis({ port, keyPrefix: 'all*:', enableAutoPipelining: true })
    clients.push(client)
    return { cache: client, timeout }
  }),
  ...(nodeRedis && {
    'with a client of node-redis': {
      ...setup(single, ([{ port }]) => ({ cache: () => nodeRedisClient(port), timeout })),
      without: { outage },
    },
  }),
  'shared with others': {
    ...setup(single, ([{ port }]) => ({ port, timeout, shared: true })),
    offers: ['create', 'replace', 'removeIf'],
    without: { outage },
  },
})
