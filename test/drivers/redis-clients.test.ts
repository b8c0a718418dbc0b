import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { StorageError } from '../../src/errors.ts'
import { isMissing, redis, redisCluster, redisSentinel, type Service } from '../services/index.ts'
import { bytes, list, textOf } from '../support/stored.ts'
import { newServer, openDriver } from './redis-setup.ts'

/** As much of node-redis as these tests use. The package need not be installed. */
interface NodeRedis {
  connect(): Promise<unknown>
  destroy(): void
  on(event: string, listener: (value: unknown) => void): unknown
  get(key: string): Promise<unknown>
  eventNames?(): (string | symbol)[]
  listenerCount(event: string | symbol): number
}

interface NodeRedisPackage {
  createClient(options: object): NodeRedis
  createCluster(options: object): NodeRedis
  createClientPool(options: object): NodeRedis
  createSentinel(options: object): NodeRedis
}

const name = 'redis'
const found = (await import(/* @vite-ignore */ name).catch(() => undefined)) as NodeRedisPackage | undefined

async function connected(client: NodeRedis): Promise<NodeRedis> {
  client.on('error', () => {})
  onTestFinished(() => {
    try {
      client.destroy()
    } catch {
      // It was closed already.
    }
  })
  await client.connect()
  return client
}

describe.skipIf(isMissing('redis') || !found)('a client of node-redis', () => {
  const { createClient, createCluster, createClientPool, createSentinel } = found ?? ({} as NodeRedisPackage)
  let server: Service
  beforeAll(async () => {
    server = await redis()
    return () => server.stop()
  })

  const open = (port: number) => connected(createClient({ url: `redis://127.0.0.1:${port}` }))

  test('does all that a driver does, and is left open without listeners', async () => {
    const client = await open(server.port)
    const listeners = () => ['error', 'ready'].map((event) => client.listenerCount(event))
    const before = listeners()
    const driver = await openDriver({ cache: client, prefix: 'node[*]:' })
    const image = Uint8Array.from({ length: 256 }, (_, index) => index)
    expect(await driver.retrieve('a')).toBeUndefined()
    expect(await driver.create('a', image, 60)).toBe(true)
    expect(await driver.create('a', image, 60)).toBe(false)
    expect((await driver.retrieve('a'))?.image).toEqual(Buffer.from(image))
    expect(await driver.replace('a', bytes('x'), bytes('2'), 60)).toBe('changed')
    expect(await driver.replace('a', image, bytes('2'), undefined)).toBe('done')
    expect(await driver.retrieve('a')).toEqual({ image: Buffer.from('2'), expires: undefined })
    expect(await driver.touch?.('a', 60)).toBe(true)
    expect(await driver.touch?.('b', undefined)).toBe(false)
    await driver.store('b', bytes('1'), 60)
    expect(await list(driver)).toEqual(['a', 'b'])
    expect(await driver.remove('b')).toBe(true)
    expect(await driver.removeIf('a', bytes('1'))).toBe('changed')
    await driver.close()
    expect(listeners()).toEqual(before)
    expect(await client.get('node[*]:a')).toBe('2')
  })

  test('on a cluster', async () => {
    const cluster = await redisCluster()
    onTestFinished(() => cluster.stop())
    const rootNodes = cluster.masters.map(({ port }) => ({ url: `redis://127.0.0.1:${port}` }))
    const driver = await openDriver({ cache: await connected(createCluster({ rootNodes })) })
    const ids = Array.from({ length: 60 }, (_, number) => `${number}`)
    for (const id of ids) await driver.create(id, bytes(id), 600)
    expect(await list(driver)).toEqual([...ids].sort())
    for (const id of ids) expect(await driver.replace(id, bytes(id), bytes('2'), 600)).toBe('done')
    for (const id of ids) expect(await textOf(driver, id)).toBe('2')
  })

  test('as a pool', async () => {
    const pool = await connected(createClientPool({ url: `redis://127.0.0.1:${server.port}` }))
    const driver = await openDriver({ cache: pool, prefix: 'pool:' })
    await Promise.all(['a', 'b', 'c'].map((id) => driver.store(id, bytes(id), 60)))
    expect(await driver.replace('a', bytes('a'), bytes('2'), 60)).toBe('done')
    expect(await textOf(driver, 'a')).toBe('2')
    expect(await list(driver)).toEqual(['a', 'b', 'c'])
  })

  test('with sentinels', async () => {
    const group = await redisSentinel()
    onTestFinished(() => group.stop())
    const sentinelRootNodes = group.sentinels.map(({ port }) => ({ host: '127.0.0.1', port }))
    const client = await connected(createSentinel({ name: group.name, sentinelRootNodes }))
    const driver = await openDriver({ cache: client })
    await driver.store('a', bytes('1'), 60)
    expect(await driver.replace('a', bytes('1'), bytes('2'), 60)).toBe('done')
    expect(await textOf(driver, 'a')).toBe('2')
    expect(await list(driver)).toEqual(['a'])
  })

  test('that gets no answer fails in time, sends nothing later, and recovers', async () => {
    const own = await newServer(['--appendonly', 'yes'])
    const driver = await openDriver({ cache: await open(own.port), timeout: 300 })
    await driver.store('a', bytes('1'), 60)
    own.pause()
    await expect(driver.retrieve('a')).rejects.toThrow(StorageError)
    own.resume()
    expect(await textOf(driver, 'a')).toBe('1')
    await own.kill()
    for (const id of ['late1', 'late2']) {
      await expect(driver.store(id, bytes('1'), 60)).rejects.toThrow(StorageError)
    }
    await own.restart()
    await expect.poll(() => textOf(driver, 'a').catch(() => 'not yet'), { timeout: 10_000 }).toBe('1')
    expect(await list(driver)).toEqual(['a'])
  })
})
