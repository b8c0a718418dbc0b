import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import Redis from '../../drivers/Redis.ts'
import { InvalidIdError, InvalidOptionError, MissingPackageError, StorageError } from '../../src/errors.ts'
import { readLocation } from '../../src/redis/location.ts'
import { isMissing, redis, redisCommand, type Service } from '../services/index.ts'
import { TestClock } from '../support/clock.ts'
import { Proxy } from '../support/proxy.ts'
import { bytes, list, textOf } from '../support/stored.ts'
import { commandsOf, newClient, openDriver } from './redis-setup.ts'

describe('the place of the server', () => {
  const single = { kind: 'single', username: undefined, password: undefined, database: undefined, tls: false }

  test.each([
    [{}, { ...single, nodes: [{ host: '127.0.0.1', port: 6379 }], called: 'Redis at 127.0.0.1:6379' }],
    [{ dataSource: 'redis://db.example' }, { nodes: [{ host: 'db.example', port: 6379 }] }],
    [
      { dataSource: 'redis://us%40er:p%2Fw@db.example:6380/3' },
      { username: 'us@er', password: 'p/w', database: 3, nodes: [{ host: 'db.example', port: 6380 }] },
    ],
    [{ dataSource: 'redis://:secret@h' }, { username: undefined, password: 'secret' }],
    [{ dataSource: 'redis://[::1]:7000' }, { nodes: [{ host: '::1', port: 7000 }] }],
    [{ dataSource: 'rediss://h' }, { tls: true, kind: 'single' }],
    [{ dataSource: 'valkey://h' }, { tls: false, kind: 'single' }],
    [{ dataSource: '/run/redis.sock' }, { path: '/run/redis.sock', called: 'Redis at /run/redis.sock' }],
    [{ dataSource: 'unix:///run/redis.sock?db=2' }, { path: '/run/redis.sock', database: 2 }],
    [{ dataSource: 'redis+unix:///run/redis.sock' }, { path: '/run/redis.sock' }],
    [{ socket: '/run/redis.sock' }, { path: '/run/redis.sock' }],
    [
      { dataSource: 'redis+cluster://:pw@a:1,b' },
      {
        kind: 'cluster',
        password: 'pw',
        nodes: [
          { host: 'a', port: 1 },
          { host: 'b', port: 6379 },
        ],
        called: 'Redis cluster at a:1, b:6379',
      },
    ],
    [{ dataSource: 'rediss+cluster://a' }, { kind: 'cluster', tls: true }],
    [
      { dataSource: 'redis+sentinel://a,b:2/main/1' },
      {
        kind: 'sentinel',
        name: 'main',
        database: 1,
        nodes: [
          { host: 'a', port: 26_379 },
          { host: 'b', port: 2 },
        ],
      },
    ],
    [{ dataSource: 'redis+sentinel://a' }, { kind: 'sentinel', name: 'mymaster' }],
    [{ host: 'h', port: '7' }, { nodes: [{ host: 'h', port: 7 }] }],
    [
      { dataSource: 'redis://u:p@a:1/2', host: 'b', username: 'v', password: 'q' },
      { nodes: [{ host: 'b', port: 1 }], username: 'v', password: 'q', database: 2 },
    ],
  ])('%j', (options, location) => {
    expect(readLocation(options)).toMatchObject(location)
  })

  test.each([
    'localhost:6379',
    'http://h',
    'redis://h:port',
    'redis://h/x',
    'redis://%zz@h',
    'redis+cluster://h/1',
    'redis+unix://h',
    'redis://user:secret@h:port',
  ])('%s is refused, without showing it', (dataSource) => {
    const open = () => new Redis({ dataSource }, Date.now)
    expect(open).toThrow(InvalidOptionError)
    expect(open).not.toThrow(/secret/)
  })

  test('so are other options that cannot be', () => {
    for (const options of [
      { port: 'x' },
      { port: 0 },
      { port: 65_536 },
      { timeout: 0 },
      { prefix: 1 },
      { prefix: '\ud800' },
    ]) {
      expect(() => new Redis(options, Date.now)).toThrow(InvalidOptionError)
    }
  })
})

test('half a character is no id', () => {
  const driver = new Redis({}, Date.now)
  expect(() => driver.checkId('a\ud83d')).toThrow(InvalidIdError)
  expect(() => driver.checkId('a\u{1f600}')).not.toThrow()
})

test('without the package ioredis one sentence says what to install', async () => {
  vi.doMock('ioredis', () => {
    throw new Error('not there')
  })
  onTestFinished(() => {
    vi.doUnmock('ioredis')
  })
  const failure = await openDriver({}).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(MissingPackageError)
  expect((failure as Error).message).toMatch(
    /^driver:Redis needs the package ioredis, .*: npm install ioredis$/,
  )
})

describe.skipIf(isMissing('redis'))('with a server', () => {
  let server: Service
  let port: number
  let number = 0
  let prefix: string

  beforeAll(async () => {
    server = await redis()
    port = server.port
    return () => server.stop()
  })

  const newPrefix = () => {
    number += 1
    prefix = `test${number}:`
    return prefix
  }
  const ask = (name: string, ...args: string[]) => redisCommand(port, name, ...args)

  test('each verb is one command, and reading two that go together', async () => {
    const driver = await openDriver({ port, prefix: newPrefix() })
    const work = async () => {
      await driver.store('a', bytes('1'), 60)
      await driver.store('b', bytes('1'), undefined)
      await driver.create('c', bytes('1'), 60)
      await driver.retrieve('a')
      await driver.replace('a', bytes('1'), bytes('2'), 60)
      await driver.touch?.('a', 60)
      await driver.touch?.('a', undefined)
      await driver.remove('b')
      await driver.removeIf('a', bytes('2'))
    }
    await work() // The scripts are known from then on.
    await ask('DEL', `${prefix}c`)
    const commands = await commandsOf(port, work)
    expect(commands.map(([name]) => name?.toUpperCase())).toEqual(
      'SET SET SET PTTL GET EVALSHA PEXPIRE EVALSHA UNLINK EVALSHA'.split(' '),
    )
  })

  test('the image is the value of the key, as it is', async () => {
    const driver = await openDriver({ port })
    await driver.store('a', bytes('{"a":1}'), undefined)
    expect(await ask('GET', 'data_session:a')).toBe('{"a":1}')
    await driver.remove('a')
  })

  test('Redis drops a record soon after its last second, by its own clock', async () => {
    const clock = new TestClock()
    const driver = await openDriver({ port, prefix: newPrefix() }, () => clock.now() + 250)
    for (const write of [
      () => driver.store('a', bytes('1'), 60),
      () => driver.touch?.('a', 60),
      () => driver.replace('a', bytes('1'), bytes('1'), 60),
    ]) {
      await write()
      const left = Number(await ask('PTTL', `${prefix}a`))
      // Up to the end of the last second are 60.75 s, and then it is kept a little longer.
      expect(left).toBeGreaterThan(60_750)
      expect(left).toBeLessThanOrEqual(61_500)
    }
    await driver.touch?.('a', undefined)
    expect(await ask('PTTL', `${prefix}a`)).toBe(-1)
  })

  test('what has expired already is not kept', async () => {
    const driver = await openDriver({ port, prefix: newPrefix() })
    await driver.store('a', bytes('1'), 60)
    await driver.store('a', bytes('2'), 0)
    expect(await driver.retrieve('a')).toBeUndefined()
    expect(await driver.create('a', bytes('3'), -1)).toBe(true)
    expect(await driver.retrieve('a')).toBeUndefined()
    await driver.store('a', bytes('4'), 60)
    expect(await driver.create('a', bytes('5'), -1)).toBe(false)
    expect(await driver.replace('a', bytes('4'), bytes('6'), -1)).toBe('done')
    expect(await driver.retrieve('a')).toBeUndefined()
    await driver.store('a', bytes('7'), 60)
    expect(await driver.touch?.('a', 0)).toBe(true)
    expect(await driver.touch?.('a', 0)).toBe(false)
    expect(await list(driver)).toEqual([])
  })

  test('expires follows the clock, and not that of the server', async () => {
    const clock = new TestClock(1_000_000)
    const driver = await openDriver({ port, prefix: newPrefix() }, clock.now)
    await driver.store('a', bytes('1'), 100)
    expect((await driver.retrieve('a'))?.expires).toBe(1_000_100)
    // Another machine's clock is an hour behind: for it the record has as long to live.
    const other = await openDriver({ port, prefix }, new TestClock(996_400).now)
    expect((await other.retrieve('a'))?.expires).toBe(996_500)
  })

  test('a lifetime longer than Redis can count is cut', async () => {
    const driver = await openDriver({ port, prefix: newPrefix() })
    await driver.store('a', bytes('1'), Number.MAX_SAFE_INTEGER)
    expect(await textOf(driver, 'a')).toBe('1')
  })

  test('what has expired is listed by the time that is left, without what never expires', async () => {
    const clock = new TestClock()
    const driver = await openDriver({ port, prefix: newPrefix() }, clock.now)
    await driver.store('soon', bytes('1'), 10)
    await driver.store('late', bytes('1'), 100)
    await driver.store('never', bytes('1'), undefined)
    expect(await list(driver, clock.seconds + 10)).toEqual([])
    expect(await list(driver, clock.seconds + 11)).toEqual(['soon'])
    const shared = await openDriver({ port, prefix, shared: true }, clock.now)
    expect(await list(shared, clock.seconds + 11)).toEqual(['never', 'soon'])
    expect(await shared.retrieve('soon')).toEqual({ image: Buffer.from('1') })
    expect(shared.touch).toBeUndefined()
  })

  test('keys of others, and those that are no text, are not listed', async () => {
    newPrefix()
    const driver = await openDriver({ port, prefix: `${prefix}[a]*` })
    const client = newClient({ port })
    await driver.store('1', bytes('1'), undefined)
    await client.set(`${prefix}a-other`, '1')
    await client.set(`${prefix}[a]-other`, '1')
    await client.set(Buffer.concat([Buffer.from(`${prefix}[a]*`), Buffer.of(0xff)]), '1')
    expect(await list(driver)).toEqual(['1'])
  })

  test('without a prefix all keys are ids', async () => {
    const driver = await openDriver({ dataSource: `redis://127.0.0.1:${port}/5`, prefix: '' })
    await driver.store('', bytes('1'), undefined)
    await driver.store('a', bytes('1'), undefined)
    expect(await list(driver)).toEqual(['', 'a'])
  })

  test('a key of another kind is an error, and stays', async () => {
    const driver = await openDriver({ port, prefix: newPrefix() })
    await ask('HSET', `${prefix}a`, 'field', 'value')
    await expect(driver.retrieve('a')).rejects.toThrow(/WRONGTYPE.*choose another prefix/)
    await expect(driver.replace('a', bytes('1'), bytes('2'), 60)).rejects.toThrow(StorageError)
    expect(await ask('HGET', `${prefix}a`, 'field')).toBe('value')
  })

  test('scripts that Redis has forgotten are sent again', async () => {
    const driver = await openDriver({ port, prefix: newPrefix() })
    await driver.store('a', bytes('1'), 60)
    await ask('SCRIPT', 'FLUSH')
    expect(await textOf(driver, 'a')).toBe('1')
    await ask('SCRIPT', 'FLUSH')
    expect(await driver.replace('a', bytes('1'), bytes('2'), 60)).toBe('done')
  })

  test('a full Redis says so, and leaves what was there', async () => {
    const driver = await openDriver({ port, prefix: newPrefix() })
    await driver.store('a', bytes('1'), 60)
    await ask('CONFIG', 'SET', 'maxmemory', '1')
    try {
      const failure = await driver.store('a', bytes('2'), 60).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(StorageError)
      expect((failure as StorageError).message).toContain('raise its maxmemory')
      expect(await textOf(driver, 'a')).toBe('1')
    } finally {
      await ask('CONFIG', 'SET', 'maxmemory', '0')
    }
  })

  describe('a client of ioredis that was handed in', () => {
    test('is left open, without listeners', async () => {
      const client = newClient({ port })
      const counts = () => client.eventNames().map((name) => [name, client.listenerCount(name)])
      const before = counts()
      const driver = await openDriver({ cache: client, prefix: newPrefix() })
      await driver.store('a', bytes('1'), 60)
      await driver.close()
      expect(counts()).toEqual(before)
      expect(await client.get(`${prefix}a`)).toBe('1')
    })

    test('may come from a function', async () => {
      const client = newClient({ port })
      const driver = await openDriver({ cache: async () => client, prefix: newPrefix() })
      await driver.store('a', bytes('1'), 60)
      expect(await textOf(driver, 'a')).toBe('1')
    })

    test('puts its own prefix first', async () => {
      const client = newClient({ port, keyPrefix: 'own*:' })
      const driver = await openDriver({ cache: client, prefix: newPrefix() })
      await driver.store('a', bytes('1'), 60)
      expect(await client.get(`${prefix}a`)).toBe('1')
      expect(await ask('GET', `own*:${prefix}a`)).toBe('1')
      expect(await list(driver)).toEqual(['a'])
    })

    test('that is closed is an error at once', async () => {
      const client = newClient({ port })
      const driver = await openDriver({ cache: client })
      client.disconnect()
      await expect(driver.retrieve('a')).rejects.toThrow(StorageError)
    })
  })

  test('something else than a client is refused', async () => {
    for (const cache of [{}, 'redis://h', { get: () => 1 }]) {
      await expect(openDriver({ cache })).rejects.toThrow(InvalidOptionError)
    }
  })

  test('closing leaves no connection', async () => {
    const proxy = new Proxy(port)
    const driver = await openDriver({ port: await proxy.open() })
    expect(proxy.connections).toBe(1)
    await driver.close()
    await expect.poll(() => proxy.connections).toBe(0)
    await expect(driver.retrieve('a')).rejects.toThrow('is closed')
  })
})
