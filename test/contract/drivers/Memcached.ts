import { Client } from 'memjs'
import { afterAll } from 'vitest'
import type { Driver } from '../../../src/contracts/driver.ts'
import type { PluginOptions } from '../../../src/contracts/services.ts'
import type { DriverSetup } from '../../../src/testing/index.ts'
import { memcached, memcachedCommand, type Service } from '../../services/index.ts'
import { leavingOut, onePerFile, withService } from '../../services/in-contract.ts'
import { builtIn } from '../plugins.ts'

const server = onePerFile(() => memcached(['-m', '1024', '-I', '2m']))
const three = onePerFile(async () => {
  const services = await Promise.all([1, 2, 3].map(() => memcached(['-I', '2m'])))
  return {
    services,
    stop: async () => {
      for (const service of services) await service.stop()
    },
  }
})
const single = async (): Promise<[Service]> => [await server()]

const paused = new Set<string>()
const clients: Client[] = []
afterAll(() => {
  for (const client of clients) client.close()
})

function setup<S extends readonly Service[]>(
  services: () => Promise<S>,
  options: (services: S) => PluginOptions,
  prefix = '',
): DriverSetup {
  return {
    offers: ['create', 'replace', 'removeIf'],
    create: async (context) => {
      return builtIn<Driver>('drivers', 'Memcached', context, {
        prefix: `${prefix}${context.storage}:`,
        ...options(await services()),
      })
    },
    sabotage: async (storage) => {
      for (const service of await services()) service.pause()
      paused.add(storage)
    },
    destroy: async (storage) => {
      const isPaused = paused.delete(storage)
      for (const service of await services()) {
        if (isPaused) service.resume()
        // All keys of a server are looked at to list those of one storage.
        await memcachedCommand(service.port, 'flush_all')
      }
    },
  }
}

function newClient(port: number): Client {
  const client = Client.create(`127.0.0.1:${port}`, { timeout: 20 })
  clients.push(client)
  return client
}

const timeout = 20_000
const outage = 'its timeout is too long for that'
const others = leavingOut('the same as by default', (group) => group !== 'outage')

export const setups: Record<string, DriverSetup> = withService('memcached', {
  'by default': {
    ...setup(single, ([{ port }]) => ({ port, timeout })),
    without: { outage },
    heavy: true,
  },
  'with a short timeout': {
    ...setup(single, ([{ port }]) => ({ port, timeout: 1000 })),
    without: others,
  },
  'on three servers': {
    ...setup(
      async () => (await three()).services,
      (services) => ({
        dataSource: services.map(({ port }) => `127.0.0.1:${port}`).join(','),
        timeout,
      }),
    ),
    without: { outage },
  },
  'with a client handed in': {
    ...setup(single, ([{ port }]) => ({ cache: newClient(port), timeout }), 'é%'),
    without: { outage },
  },
})
