import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { migrate, type SessionOptions, SessionStore, StorageError } from '../../src/index.ts'
import { isMissing, mariadb, postgres, redis, type Service, type ServiceName } from '../services/index.ts'
import { contents, fill, newFolder } from './stores.ts'

interface Server {
  readonly name: ServiceName
  readonly start: () => Promise<Service>
  readonly store: (port: number) => SessionOptions
}

const patience = { timeout: 60_000 }

const servers: readonly Server[] = [
  {
    name: 'redis',
    start: redis,
    store: (port) => ({
      type: 'driver:Redis;id:MD5;serialize:Storable',
      dataSource: `redis://127.0.0.1:${port}/0`,
      ...patience,
    }),
  },
  {
    name: 'postgres',
    start: postgres,
    store: (port) => ({
      type: 'driver:Pg;id:MD5;serialize:DataDumper;layout:CGISession',
      dataSource: `postgres://session@127.0.0.1:${port}/session`,
      ...patience,
    }),
  },
  {
    name: 'mariadb',
    start: mariadb,
    store: (port) => ({
      type: 'driver:mysql;id:MD5;serialize:JSON',
      dataSource: `mysql://root@127.0.0.1:${port}/session`,
      ...patience,
    }),
  },
]

async function start({ start }: Server): Promise<Service> {
  const service = await start()
  onTestFinished(() => service.stop())
  return service
}

async function fileStore(count: number): Promise<SessionOptions> {
  const directory = join(newFolder(), 'sessions')
  const store = { type: 'driver:File;id:MD5;serialize:Storable', directory }
  await fill({ ...store, expire: '2d' }, count)
  return store
}

describe.each(servers)('$name', (server) => {
  test.skipIf(isMissing(server.name))(
    'gets all sessions, many at a time, and gives them back as they were',
    async () => {
      const count = 200
      const from = await fileStore(count)
      const to = server.store((await start(server)).port)
      expect(await migrate(from, to, { verify: true })).toMatchObject({ written: count, verified: count })
      expect(await migrate(from, to, { verify: true })).toMatchObject({
        present: count,
        verified: count,
        differing: 0,
      })
      const back = await fileStore(0)
      expect(await migrate(to, back, { verify: true })).toMatchObject({ written: count, verified: count })
      expect(await contents(back)).toEqual(await contents(from))
    },
    120_000,
  )
})

test.skipIf(isMissing('redis'))(
  'a server that is killed in the middle ends it, and nothing is taken for damaged',
  async () => {
    const service = await start(servers[0]!)
    const from = await fileStore(300)
    const to = { ...servers[0]!.store(service.port), timeout: 500 }
    const problems: string[] = []
    const run = migrate(from, to, {
      onProgress: ({ done }) => {
        if (done === 64) process.kill(service.pid, 'SIGKILL')
      },
      onProblem: ({ reason }) => problems.push(reason),
    })
    await expect(run).rejects.toThrow(StorageError)
    expect(problems).toEqual([])
    await service.restart()
    const again = await migrate(from, servers[0]!.store(service.port), { verify: true })
    expect(again).toMatchObject({ read: 300, verified: 300, quarantined: 0, complete: true })
    await using store = await SessionStore.open(servers[0]!.store(service.port))
    expect((await store.load('s299')).param('n')).toBe(299)
  },
  120_000,
)
