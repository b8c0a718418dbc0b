import { once } from 'node:events'
import { Cluster } from 'ioredis'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type Redis from '../../drivers/Redis.ts'
import { IORedisLink } from '../../src/redis/ioredis.ts'
import { Server } from '../../src/redis/server.ts'
import {
  isMissing,
  type RedisCluster,
  type RedisSentinelGroup,
  redis,
  redisCluster,
  redisCommand,
  redisSentinel,
  type Service,
} from '../services/index.ts'
import { freePort } from '../services/ports.ts'
import { eventually, failure } from '../support/outcome.ts'
import { Proxy } from '../support/proxy.ts'
import { bytes, list, textOf } from '../support/stored.ts'
import { newClient, newServer, openDriver } from './redis-setup.ts'

describe.skipIf(isMissing('redis'))('opening', () => {
  test('where nobody listens says so when the time is over', async () => {
    const port = await freePort()
    const { message } = await failure(() => openDriver({ port, timeout: 1500 }))
    expect(message).toBe(
      `Redis at 127.0.0.1:${port} did not answer within 1500 ms (option timeout): connect ECONNREFUSED 127.0.0.1:${port}`,
    )
  })

  test('waits for a server that is just starting', async () => {
    const server = await newServer()
    await server.kill()
    const opening = openDriver({ port: server.port, timeout: 20_000 })
    await server.restart()
    await (await opening).store('a', bytes('1'), 60)
  })

  test('a server that is silent fails in time', async () => {
    const server = await newServer()
    server.pause()
    expect((await failure(() => openDriver({ port: server.port, timeout: 200 }))).message).toContain('200 ms')
  })

  test('with a wrong password, or none, is refused at once', async () => {
    const { port } = await newServer(['--requirepass', 'right'])
    const options = { port, timeout: 20_000 }
    expect((await failure(() => openDriver({ ...options, password: 'wrong' }))).message).toContain(
      'Check the options username and password',
    )
    expect((await failure(() => openDriver(options))).message).toContain('Give a password')
    const driver = await openDriver({ dataSource: `redis://:right@127.0.0.1:${port}` })
    await driver.store('a', bytes('1'), 60)
  })

  test('a cluster of which there is no node fails in time', async () => {
    const dataSource = `redis+cluster://127.0.0.1:${await freePort()}`
    expect((await failure(() => openDriver({ dataSource, timeout: 300 }))).message).toContain('300 ms')
  })

  test('sentinels that are not there fail in time', async () => {
    const dataSource = `redis+sentinel://127.0.0.1:${await freePort()}/main`
    expect((await failure(() => openDriver({ dataSource, timeout: 300 }))).message).toContain('300 ms')
  })
})

describe.skipIf(isMissing('redis'))('a connection that breaks', () => {
  let server: Service
  beforeAll(async () => {
    server = await redis()
    return () => server.stop()
  })

  async function openBehindProxy(prefix: string): Promise<{ driver: Redis; proxy: Proxy }> {
    const proxy = new Proxy(server.port)
    const driver = await openDriver({ port: await proxy.open(), prefix, timeout: 3000 })
    return { driver, proxy }
  }

  test('between two calls is not noticed', async () => {
    const { driver, proxy } = await openBehindProxy('between:')
    await driver.store('a', bytes('1'), 60)
    for (let round = 0; round < 3; round += 1) {
      proxy.cut()
      expect(await textOf(driver, 'a')).toBe('1')
      await driver.store('a', bytes('1'), 60)
    }
  })

  test('before the answer of a read: it is read again', async () => {
    const { driver, proxy } = await openBehindProxy('read:')
    await driver.store('a', bytes('1'), 60)
    proxy.loseAnswer()
    expect(await textOf(driver, 'a')).toBe('1')
    proxy.loseAnswer()
    expect(await driver.touch?.('a', 60)).toBe(true)
  })

  test('before the answer of a write: it is said, and not written twice', async () => {
    const { driver, proxy } = await openBehindProxy('write:')
    const unknown = 'The change may have been made or not'
    await driver.store('a', bytes('1'), 60)
    const writes: Record<string, () => Promise<unknown>> = {
      replace: () => driver.replace('a', bytes('1'), bytes('2'), 60),
      create: () => driver.create('b', bytes('1'), 60),
      store: () => driver.store('c', bytes('1'), 60),
      removeIf: () => driver.removeIf('a', bytes('2')),
      remove: () => driver.remove('b'),
    }
    // The script is known, so that the answer lost is that of the write.
    await driver.replace('none', bytes('1'), bytes('2'), 60)
    await driver.removeIf('none', bytes('1'))
    for (const [verb, write] of Object.entries(writes)) {
      proxy.loseAnswer()
      expect((await failure(write)).message, verb).toContain(unknown)
    }
    expect(await list(driver)).toEqual(['c'])
  })

  test('a client that was handed in does not write twice either', async () => {
    const proxy = new Proxy(server.port)
    const client = newClient({ port: await proxy.open() })
    const driver = await openDriver({ cache: client, prefix: 'handed:', timeout: 3000 })
    await driver.store('a', bytes('1'), 60)
    await driver.replace('none', bytes('1'), bytes('2'), 60)
    proxy.loseAnswer()
    expect((await failure(() => driver.replace('a', bytes('1'), bytes('2'), 60))).message).toContain(
      'may have been',
    )
    expect(await textOf(driver, 'a')).toBe('2')
  })

  test('for good, as ioredis thinks: our own client connects again', async () => {
    const client = newClient({ port: server.port })
    const link = new IORedisLink(client, 'driver')
    const broken = new Server(link, 'Redis', 3000)
    client.disconnect()
    await once(client, 'end')
    expect(await broken.read('none', 'GET')).toBeNull()
    await link.close()
    expect(client.status).toBe('end')
  })

  test('in the middle of a listing: it is said, since a place in it means nothing elsewhere', async () => {
    const { driver, proxy } = await openBehindProxy('listing:')
    await Promise.all(Array.from({ length: 3000 }, (_, number) => driver.store(`${number}`, bytes('1'), 60)))
    const seen: string[] = []
    const { message } = await failure(async () => {
      for await (const id of driver.ids()) {
        seen.push(id)
        if (seen.length === 100) proxy.cut()
      }
    })
    expect(message).toContain('The connection broke')
    expect(seen.length).toBeLessThan(3000)
    expect((await list(driver)).length).toBe(3000)
  })
})

describe.skipIf(isMissing('redis'))('a server', () => {
  test('that goes and comes back: calls wait, or fail in time, and what was acknowledged is there', async () => {
    const server = await newServer(['--appendonly', 'yes', '--appendfsync', 'always'])
    const driver = await openDriver({ port: server.port, timeout: 400 })
    await driver.store('a', bytes('1'), 60)
    await server.kill()
    expect((await failure(() => driver.retrieve('a'))).message).toContain('ECONNREFUSED')
    await Promise.all(
      Array.from({ length: 20 }, (_, number) => failure(() => driver.store(`late${number}`, bytes('2'), 60))),
    )
    await server.restart()
    expect(await eventually(() => textOf(driver, 'a'))).toBe('1')
    // What was given up is not written later.
    expect(await list(driver)).toEqual(['a'])
  })

  test('that is restarted while calls wait answers them', async () => {
    const server = await newServer(['--appendonly', 'yes'])
    const driver = await openDriver({ port: server.port, timeout: 20_000 })
    await driver.store('a', bytes('1'), 60)
    await server.kill('SIGTERM')
    const calls = [textOf(driver, 'a'), driver.replace('a', bytes('1'), bytes('2'), 60)] as const
    await server.restart()
    const [text, replaced] = await Promise.all(calls)
    expect(['1', '2']).toContain(text)
    expect(replaced).toBe('done')
  })

  test('that is silent makes calls fail in time, and is used again when it goes on', async () => {
    const server = await newServer()
    const driver = await openDriver({ port: server.port, timeout: 300 })
    await driver.store('a', bytes('1'), 60)
    server.pause()
    const { message } = await failure(() => driver.retrieve('a'))
    expect(message).toContain('did not answer within 300 ms')
    await failure(() => driver.create('b', bytes('1'), 60))
    server.resume()
    expect(await eventually(() => textOf(driver, 'a'))).toBe('1')
  })

  test('that is loading its data is waited for', async () => {
    // It loads until it is told to hurry.
    const slowly = ['--key-load-delay', '10000', '--loading-process-events-interval-bytes', '1024']
    const server = await newServer(slowly)
    const { port } = server
    const client = newClient({ port, enableReadyCheck: false })
    const own = await openDriver({ port, timeout: 20_000 })
    const given = await openDriver({ cache: client, timeout: 20_000 })
    await Promise.all(Array.from({ length: 2000 }, (_, number) => own.store(`${number}`, bytes('1'), 3600)))
    await redisCommand(port, 'SAVE')
    await server.kill()
    const restarting = server.restart()
    const refusals = () => redisCommand(port, 'INFO', 'errorstats').catch(() => '')
    const calls = Promise.all([textOf(own, '1'), textOf(given, '1')])
    await expect.poll(refusals, { interval: 10, timeout: 20_000 }).toContain('errorstat_LOADING')
    await redisCommand(port, 'CONFIG', 'SET', 'key-load-delay', '0')
    expect(await calls).toEqual(['1', '1'])
    await restarting
  })

  test('that became a replica is an error of writes, until it is a primary again', async () => {
    const [server, primary] = [await newServer(), await newServer()]
    const driver = await openDriver({ port: server.port, timeout: 500 })
    await redisCommand(server.port, 'REPLICAOF', '127.0.0.1', String(primary.port))
    expect((await failure(() => driver.store('a', bytes('1'), 60))).message).toContain('READONLY')
    expect((await failure(() => driver.create('a', bytes('1'), 60))).message).toContain('READONLY')
    await redisCommand(server.port, 'REPLICAOF', 'NO', 'ONE')
    await eventually(() => driver.store('a', bytes('1'), 60))
    expect(await textOf(driver, 'a')).toBe('1')
  })
})

describe.skipIf(isMissing('redis'))('sentinels', () => {
  let group: RedisSentinelGroup
  beforeAll(async () => {
    group = await redisSentinel(1)
    return () => group.stop()
  })

  test('lead to the new primary when the old one has died', async () => {
    const nodes = group.sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')
    const driver = await openDriver({
      dataSource: `redis+sentinel://${nodes}/${group.name}`,
      timeout: 20_000,
    })
    const attributes = {
      sentinels: group.sentinels.map(({ port }) => ({ host: '127.0.0.1', port })),
      name: group.name,
    }
    const other = await openDriver({ dataSourceAttrs: attributes, timeout: 1000 })
    await driver.store('a', bytes('1'), 60)
    await redisCommand(group.primary.port, 'WAIT', '1', '5000')
    await expect.poll(() => redisCommand(group.replica.port, 'GET', 'data_session:a')).toBe('1')

    await group.primary.kill()
    // This one waits for as long as it takes, that one calls again.
    expect(await driver.replace('a', bytes('1'), bytes('2'), 60)).toBe('done')
    expect(await eventually(() => textOf(other, 'a'))).toBe('2')
    expect(await redisCommand(group.replica.port, 'GET', 'data_session:a')).toBe('2')

    await group.primary.restart()
    await driver.store('b', bytes('1'), 60)
    expect(await list(driver)).toEqual(['a', 'b'])

    // This time the primary falls silent, and its connections stay open.
    // The sentinels would make the old one its replica, but take their time.
    await redisCommand(group.primary.port, 'REPLICAOF', '127.0.0.1', String(group.replica.port))
    const state = () => redisCommand(group.primary.port, 'INFO', 'replication')
    await expect.poll(state, { timeout: 20_000 }).toMatch(/role:slave[^]*master_link_status:up/)
    await redisCommand(group.replica.port, 'WAIT', '1', '5000')
    group.replica.pause()
    await eventually(() => other.store('c', bytes('1'), 60))
    expect(await redisCommand(group.primary.port, 'GET', 'data_session:c')).toBe('1')
    expect(await textOf(driver, 'c')).toBe('1')
  }, 60_000)
})

describe.skipIf(isMissing('redis'))('a cluster', () => {
  let cluster: RedisCluster
  beforeAll(async () => {
    cluster = await redisCluster({ replica: true })
    return () => cluster.stop()
  })

  test('whose nodes disagree about who holds a key is waited for', async () => {
    const [first, second] = cluster.masters as [Service, Service]
    const driver = await openDriver({
      dataSource: `redis+cluster://127.0.0.1:${second.port}`,
      prefix: '{loop}',
      timeout: 20_000,
    })
    // It belongs to the first.
    const slot = String(await redisCommand(first.port, 'CLUSTER', 'KEYSLOT', '{loop}'))
    const assign = async (told: Service, node: Service) => {
      const id = String(await redisCommand(node.port, 'CLUSTER', 'MYID'))
      await redisCommand(told.port, 'CLUSTER', 'SETSLOT', slot, 'NODE', id)
    }
    await assign(first, second) // The second goes on to say that it is the first's.
    const storing = driver.store('a', bytes('1'), 60)
    const redirections = async () =>
      Number(
        /errorstat_MOVED:count=(\d+)/.exec(String(await redisCommand(first.port, 'INFO', 'errorstats')))?.[1],
      )
    // More than ioredis follows.
    await expect.poll(redirections, { timeout: 20_000 }).toBeGreaterThan(20)
    await assign(first, first)
    await storing
    expect(await textOf(driver, 'a')).toBe('1')
    await driver.remove('a')
  })

  test('goes on when a replica takes the place of a master', async () => {
    const [first, second] = cluster.masters as [Service, Service]
    const dataSource = `redis+cluster://127.0.0.1:${second.port}`
    const driver = await openDriver({ dataSource, timeout: 20_000 })
    const client = new Cluster([{ host: '127.0.0.1', port: second.port }])
    onTestFinished(() => client.disconnect())
    const given = await openDriver({ cache: client, timeout: 20_000 })
    const ids = Array.from({ length: 60 }, (_, number) => `${number}`)
    for (const id of ids) await given.store(id, bytes('1'), 600)
    expect(await list(driver)).toEqual([...ids].sort())
    const held = Number(await redisCommand(first.port, 'DBSIZE'))
    expect(held).toBeGreaterThan(5)
    await expect.poll(() => redisCommand(cluster.replica!.port, 'DBSIZE')).toBe(held)

    await first.kill()
    // Once it has been noticed, writes wait as well.
    await expect.poll(() => client.nodes('master').length, { interval: 1 }).toBe(2)
    const answers = await Promise.all(ids.map((id) => given.replace(id, bytes('1'), bytes('2'), 600)))
    expect(new Set(answers)).toEqual(new Set(['done']))
    expect(await list(driver)).toEqual([...ids].sort())
    for (const id of ids) expect(await textOf(driver, id)).toBe('2')
  })
})

test.skipIf(isMissing('redis'))('a cluster that lacks a master never lists less than there is', async () => {
  const cluster = await redisCluster()
  onTestFinished(() => cluster.stop())
  const [first, second] = cluster.masters as [Service, Service]
  const driver = await openDriver({ dataSource: `redis+cluster://127.0.0.1:${second.port}`, timeout: 1500 })
  const ids = Array.from({ length: 60 }, (_, number) => `${number}`)
  for (const id of ids) await driver.store(id, bytes('1'), 600)
  await first.kill()
  await failure(() => list(driver))
  await failure(() => list(driver))
})
