import { describe, expect, onTestFinished, test } from 'vitest'
import { SessionStore } from '../../src/index.ts'
import { isMissing, mariadb, postgres, redis, type Service, type ServiceName } from '../services/index.ts'
import { countRoundTrips } from '../sql/round-trips.ts'

interface Backend {
  readonly driver: string
  start(): Promise<Service>
  /** What leads to a port on this machine. */
  dataSource(port: number): string
}

const backends: Readonly<Partial<Record<ServiceName, Backend>>> = {
  redis: { driver: 'Redis', start: () => redis(), dataSource: (port) => `redis://127.0.0.1:${port}` },
  postgres: {
    driver: 'Pg',
    start: () => postgres(),
    dataSource: (port) => `postgres://session@127.0.0.1:${port}/session`,
  },
  mariadb: {
    driver: 'mysql',
    start: () => mariadb(),
    dataSource: (port) => `mysql://root@127.0.0.1:${port}/session`,
  },
}

describe.each(Object.entries(backends) as [ServiceName, Backend][])('%s', (service, backend) => {
  test.skipIf(isMissing(service))('takes one round trip to load and one to flush', async () => {
    const server = await backend.start()
    onTestFinished(() => server.stop())
    const proxy = await countRoundTrips(server.port)
    const store = await SessionStore.open({
      type: `driver:${backend.driver};id:UUID36;serialize:JSON`,
      dataSource: backend.dataSource(proxy.port),
      expire: '1h',
      timeout: 20_000,
    })
    onTestFinished(() => store.close())

    let id = ''
    let visits = 0
    const requests: Readonly<Record<string, readonly [roundTrips: number, request: () => Promise<unknown>]>> =
      {
        'a new session': [
          1,
          async () => {
            const session = await store.create()
            session.param({ visits, cart: { items: [{ sku: 'a', quantity: 1 }] } })
            await session.flush()
            id = session.id
          },
        ],
        'a new session that is given nothing': [0, async () => (await store.create()).flush()],
        'an unknown id': [1, () => store.load('unknown')],
        'a request that only reads': [
          1,
          async () => {
            const session = await store.load(id)
            expect(session.param('cart')).toEqual({ items: [{ sku: 'a', quantity: 1 }] })
            await session.flush()
          },
        ],
        'a request that changes something': [
          2,
          async () => {
            const session = await store.load(id)
            session.param('visits', (visits += 1))
            expect(await session.flush()).toBe(true)
          },
        ],
        'an update': [2, () => store.update(id, (session) => session.param('visits', (visits += 1)))],
        'a removal': [1, () => store.remove(id)],
      }
    // The first time connections are opened and statements prepared.
    for (const [, request] of Object.values(requests)) await request()
    for (const [name, [roundTrips, request]] of Object.entries(requests)) {
      const before = proxy.count()
      await request()
      expect([name, proxy.count() - before]).toEqual([name, roundTrips])
    }
  })
})
