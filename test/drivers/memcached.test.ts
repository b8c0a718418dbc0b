import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Client } from 'memjs'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import Memcached from '../../drivers/Memcached.ts'
import type { Image } from '../../src/contracts/driver.ts'
import { InvalidIdError, InvalidOptionError, MissingPackageError, StorageError } from '../../src/errors.ts'
import { readLocation } from '../../src/memcached/location.ts'
import { isMissing, memcached, memcachedCommand, type Service } from '../services/index.ts'
import { TestClock } from '../support/clock.ts'
import { Proxy } from '../support/proxy.ts'
import { bytes, list, textOf } from '../support/stored.ts'
import { newClient, newServer, openDriver, sourceOf } from './memcached-setup.ts'

describe('the place of the servers', () => {
  const usual = { host: '127.0.0.1', port: 11_211 }

  test.each([
    [{}, { places: [usual], called: 'Memcached at 127.0.0.1:11211', username: undefined }],
    [
      { dataSource: 'a:1, b' },
      {
        places: [
          { host: 'a', port: 1 },
          { host: 'b', port: 11_211 },
        ],
        called: 'Memcached at a:1, b:11211',
      },
    ],
    [
      { dataSource: 'memcached://us%40er:p%2Fw@a,[::1]:2/' },
      {
        places: [
          { host: 'a', port: 11_211 },
          { host: '::1', port: 2 },
        ],
        username: 'us@er',
        password: 'p/w',
      },
    ],
    [{ dataSource: '/run/memcached.sock' }, { places: [{ path: '/run/memcached.sock' }] }],
    [{ socket: '/run/m.sock', dataSource: 'a' }, { places: [{ path: '/run/m.sock' }] }],
    [{ host: 'h', port: '7' }, { places: [{ host: 'h', port: 7 }] }],
    [
      { dataSource: 'memcached://u:p@a:1', host: 'b', username: 'v', password: 'q' },
      { places: [{ host: 'b', port: 1 }], username: 'v', password: 'q' },
    ],
    [{ dataSourceAttrs: { keepAlive: true } }, { attributes: { keepAlive: true } }],
  ])('%j', (options, location) => {
    expect(readLocation(options)).toMatchObject(location)
  })

  test.each(['http://h', 'h:port', 'a,,b', 'memcached://%zz@h', 'memcached://user:secret@h:port', 'a/b'])(
    '%s is refused, without showing it',
    (dataSource) => {
      const open = () => new Memcached({ dataSource }, Date.now)
      expect(open).toThrow(InvalidOptionError)
      expect(open).not.toThrow(/secret/)
    },
  )

  test('so are other options that cannot be', () => {
    for (const options of [
      { port: 'x' },
      { timeout: 0 },
      { prefix: 1 },
      { prefix: 'a b' },
      { prefix: 'a'.repeat(250) },
      { distribution: 'ketama' },
      { dataSourceAttrs: { failover: true } },
    ]) {
      expect(() => new Memcached(options, Date.now)).toThrow(InvalidOptionError)
    }
  })
})

test('ids that are no keys are refused', () => {
  const driver = new Memcached({ prefix: 'é:' }, Date.now)
  for (const id of ['', 'a b', 'a\n', 'a\u007f', 'a\ud83d', 'a'.repeat(248), 'é'.repeat(124)]) {
    expect(() => driver.checkId(id), id).toThrow(InvalidIdError)
  }
  for (const id of ['a', 'a\u{1f600}', 'a'.repeat(247), '%41']) {
    expect(() => driver.checkId(id)).not.toThrow()
  }
})

test('without the package memjs one sentence says what to install', async () => {
  vi.doMock('memjs', () => {
    throw new Error('not there')
  })
  onTestFinished(() => {
    vi.doUnmock('memjs')
  })
  const failure = await openDriver({}).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(MissingPackageError)
  expect((failure as Error).message).toMatch(
    /^driver:Memcached needs the package memjs, .*: npm install memjs$/,
  )
})

describe.skipIf(isMissing('memcached'))('with a server', () => {
  let server: Service
  let port: number
  let number = 0
  let prefix: string

  beforeAll(async () => {
    server = await memcached(['-m', '256'])
    port = server.port
    return () => server.stop()
  })

  const newPrefix = () => {
    number += 1
    prefix = `test${number}:`
    return prefix
  }
  const ask = (command: string) => memcachedCommand(port, command)
  const imageOf = async (driver: Memcached, id: string): Promise<Image> => {
    return (await driver.retrieve(id))!.image
  }

  test('a session is loaded by one request, and written by another', async () => {
    const driver = await openDriver({ port, prefix: newPrefix() })
    const client = newClient([port])
    const counts = async (work: () => Promise<unknown>) => {
      const before = await statisticsOf(client)
      await work()
      const after = await statisticsOf(client)
      const names = ['cmd_get', 'cmd_set', 'delete_hits', 'cas_hits', 'total_connections']
      return names.map((name) => Number(after[name]) - Number(before[name]))
    }
    expect(await counts(() => driver.create('a', bytes('1'), 60))).toEqual([0, 1, 0, 0, 0])
    expect(await counts(() => driver.store('a', bytes('2'), 60))).toEqual([0, 1, 0, 0, 0])
    expect(
      await counts(async () => {
        const image = await imageOf(driver, 'a')
        const later = bytes('3')
        expect(await driver.replace('a', image, later, 60)).toBe('done')
        expect(await driver.replace('a', later, bytes('4'), 60)).toBe('done')
      }),
    ).toEqual([1, 2, 0, 2, 0])
    expect(await counts(async () => driver.removeIf('a', await imageOf(driver, 'a')))).toEqual([
      1, 0, 1, 0, 0,
    ])
  })

  test('the image is the value of the key, as it is, with no flags', async () => {
    const driver = await openDriver({ port })
    await driver.store('all', bytes('{"a":1}'), undefined)
    expect(await ask('get all')).toBe('VALUE all 0 7')
    await driver.remove('all')
  })

  describe('memcached drops a record soon after its last second', () => {
    const day = 86_400
    // It counts in seconds of its own, one of which may end between.
    const left = async () => Number(/t(-?\d+)/.exec(await ask(`mg ${prefix}a t`))?.[1])

    test.each([1, 60, 30 * day - 2, 30 * day - 1, 30 * day, 30 * day + 1, 31 * day, 3650 * day])(
      'of %d s',
      async (lifetime) => {
        const driver = await openDriver({ port, prefix: newPrefix() })
        for (const write of [
          () => driver.create('a', bytes('1'), lifetime),
          () => driver.store('a', bytes('2'), lifetime),
          () => driver.replace('a', bytes('2'), bytes('3'), lifetime),
        ]) {
          await write()
          const seconds = await left()
          expect(seconds).toBeGreaterThanOrEqual(lifetime)
          expect(seconds).toBeLessThanOrEqual(lifetime + 3)
        }
      },
    )

    test('and one without an end, or with one that it cannot count, never', async () => {
      const driver = await openDriver({ port, prefix: newPrefix() })
      for (const lifetime of [undefined, Number.MAX_SAFE_INTEGER]) {
        await driver.store('a', bytes('1'), lifetime)
        expect(await left()).toBe(-1)
      }
    })
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
    expect(await list(driver)).toEqual([])
  })

  test('what has expired is listed, without what never expires', async () => {
    const clock = new TestClock()
    const driver = await openDriver({ port, prefix: newPrefix() }, clock.now)
    await driver.store('soon', bytes('1'), 10)
    await driver.store('late', bytes('1'), 100)
    await driver.store('never', bytes('1'), undefined)
    expect(await list(driver, clock.seconds + 5)).toEqual([])
    expect(await list(driver, clock.seconds + 11)).toEqual(['soon'])
    const shared = await openDriver({ port, prefix, shared: true }, clock.now)
    expect(await list(shared, clock.seconds + 11)).toEqual(['never', 'soon'])
  })

  test('keys of others, and those that no id leads to, are not listed', async () => {
    const driver = await openDriver({ port, prefix: newPrefix() })
    const client = newClient([port])
    await driver.store('é%41', bytes('1'), undefined)
    await client.set(`other${prefix}a`, '1', {})
    await client.set(prefix, '1', {})
    await client.set(`${prefix}with a space`, '1', {})
    await client.set(Buffer.concat([Buffer.from(prefix), Buffer.of(0xff)]) as unknown as string, '1', {})
    expect(await list(driver)).toEqual(['é%41'])
  })

  test('a record that is too large is an error, and leaves what was there', async () => {
    const driver = await openDriver({ port, prefix: newPrefix() })
    await driver.store('a', bytes('small'), 60)
    const large = new Uint8Array(2 ** 20)
    const expected = await imageOf(driver, 'a')
    for (const write of [
      () => driver.store('a', large, 60),
      () => driver.store('b', large, 60),
      () => driver.create('b', large, 60),
      () => driver.replace('a', expected, large, 60),
      () => driver.store('a', new Uint8Array(2 ** 25), 60),
    ]) {
      const failure = await write().catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(StorageError)
      expect((failure as StorageError).message).toContain('start it with a higher limit (-I)')
    }
    expect(await textOf(driver, 'a')).toBe('small')
    expect(await list(driver)).toEqual(['a'])
  })

  test('a full memcached that may drop nothing says so, and leaves what was there', async () => {
    const { port } = await newServer(['-m', '2', '-M'])
    const driver = await openDriver({ port })
    const image = new Uint8Array(200_000)
    await driver.store('a', bytes('1'.repeat(200_000)), undefined)
    const fill = async () => {
      for (let next = 0; next < 1000; next += 1) await driver.store(`${next}`, image, undefined)
    }
    await expect(fill()).rejects.toThrow(/Out of memory.*start it without -M/)
    await expect(driver.store('a', new Uint8Array(200_001), undefined)).rejects.toThrow(StorageError)
    expect(await textOf(driver, 'a')).toBe('1'.repeat(200_000))
  })

  describe('flags of a value', () => {
    const set = async (id: string, flags: number, value: string | Buffer) => {
      const socket = connect(port, '127.0.0.1')
      socket.write(`set ${prefix}${id} ${flags} 0 ${value.length}\r\n`)
      socket.write(value)
      socket.write('\r\n')
      const [answer] = (await once(socket, 'data')) as [Buffer]
      socket.destroy()
      expect(answer.toString()).toBe('STORED\r\n')
    }

    test('2: it was compressed by Cache::Memcached', async () => {
      const driver = await openDriver({ port, prefix: newPrefix() })
      await set('a', 2, gzipSync('long '.repeat(1000)))
      expect(await textOf(driver, 'a')).toBe('long '.repeat(1000))
      expect(await driver.replace('a', bytes('long '.repeat(1000)), bytes('new'), 60)).toBe('done')
      expect(await ask(`get ${prefix}a`)).toBe(`VALUE ${prefix}a 0 3`)
      await set('b', 2, 'not so')
      await expect(driver.retrieve('b')).rejects.toThrow(StorageError)
    })

    test('others: it is no session, and stays', async () => {
      const driver = await openDriver({ port, prefix: newPrefix() })
      for (const flags of [1, 3, 4]) {
        await set('a', flags, 'value')
        await expect(driver.retrieve('a')).rejects.toThrow(`its flags are ${flags}`)
        await expect(driver.replace('a', bytes('value'), bytes('2'), 60)).rejects.toThrow(StorageError)
        expect(await ask(`get ${prefix}a`)).toBe(`VALUE ${prefix}a ${flags} 5`)
      }
    })
  })

  test('a version means nothing to the next memcached on the same port', async () => {
    const server = await newServer()
    const [driver, other] = [await openDriver({ port: server.port }), await openDriver({ port: server.port })]
    await driver.store('a', bytes('1'), 60)
    const image = await imageOf(driver, 'a')
    await server.kill()
    await server.restart()
    // It counts from the beginning, so that this one is the first again.
    await other.store('a', bytes('2'), 60)
    expect(await driver.replace('a', image, bytes('3'), 60)).toBe('changed')
    expect(await driver.removeIf('a', image)).toBe('changed')
    expect(await textOf(driver, 'a')).toBe('2')
  })

  test('an image that another id had, or that another wrote anew, is compared', async () => {
    const driver = await openDriver({ port, prefix: newPrefix() })
    const other = await openDriver({ port, prefix })
    const image = bytes('same')
    await driver.store('a', image, 60)
    await driver.store('b', image, 60)
    expect(await driver.replace('a', image, bytes('new'), 60)).toBe('done')
    await other.store('b', bytes('same'), 60)
    expect(await driver.replace('b', image, bytes('new'), 60)).toBe('done')
  })

  test('a memcached without versions refuses conditional writes, and says why', async () => {
    const { port } = await newServer(['-C'])
    const driver = await openDriver({ port })
    expect(await driver.create('a', bytes('1'), 60)).toBe(true)
    await expect(driver.replace('a', bytes('1'), bytes('2'), 60)).rejects.toThrow('Start it without -C')
    await expect(driver.removeIf('a', bytes('1'))).rejects.toThrow('Start it without -C')
    expect(await driver.replace('a', bytes('0'), bytes('2'), 60)).toBe('changed')
    expect(await textOf(driver, 'a')).toBe('1')
  })

  test('a Unix socket will do', async () => {
    const path = join(server.folder, 'socket')
    const way = createServer((near) => {
      const far = connect(port, '127.0.0.1')
      near.pipe(far).pipe(near)
    })
    await once(way.listen(path), 'listening')
    onTestFinished(() => void way.close())
    const driver = await openDriver({ dataSource: path, prefix: newPrefix() })
    await driver.store('a', bytes('1'), 60)
    expect(await list(driver)).toEqual(['a'])
    await driver.close()
  })

  test('closing leaves no connection, and ends what is under way', async () => {
    const proxy = new Proxy(port)
    const driver = await openDriver({ port: await proxy.open() })
    expect(proxy.connections).toBe(1)
    const call = expect(driver.retrieve('a')).rejects.toThrow('is closed')
    await driver.close()
    await call
    await expect.poll(() => proxy.connections).toBe(0)
    await expect(driver.retrieve('a')).rejects.toThrow('is closed')
  })

  describe('listing', () => {
    test('that memcached does not allow says so', async () => {
      for (const [args, reason] of [
        [['-X'], 'metadump not allowed'],
        [['-o', 'no_lru_crawler'], 'lru crawler disabled'],
      ] as const) {
        const { port } = await newServer(args)
        const driver = await openDriver({ port })
        await driver.store('a', bytes('1'), 60)
        await expect(list(driver)).rejects.toThrow(reason)
      }
    })

    test('waits while memcached lists for somebody else', async () => {
      const { port } = await newServer()
      const driver = await openDriver({ port })
      const ids = Array.from({ length: 30_000 }, (_, next) => `${'long'.repeat(40)}${next}`)
      for (let start = 0; start < ids.length; start += 1000) {
        await Promise.all(ids.slice(start, start + 1000).map((id) => driver.store(id, bytes('1'), 60)))
      }
      // This one takes only what it needs to get the first id; memcached has to wait with the rest.
      const slow = driver.ids()[Symbol.asyncIterator]()
      await slow.next()
      expect(await memcachedCommand(port, 'lru_crawler metadump hash')).toMatch(/^BUSY/)
      const second = list(driver)
      let count = 1
      while ((await slow.next()).done !== true) count += 1
      expect(count).toBe(30_000)
      expect((await second).length).toBe(30_000)
      // Meanwhile it answers everything else.
      const third = driver.ids()[Symbol.asyncIterator]()
      await third.next()
      await driver.store('new', bytes('1'), 60)
      expect(await textOf(driver, 'new')).toBe('1')
      await third.return?.(undefined)
      expect((await list(driver)).length).toBe(30_001)
    })

    test('takes the order that an old memcached knows', async () => {
      const port = await answering((command) =>
        command.endsWith('hash') ? 'BADCLASS invalid class id' : 'key=a%25 exp=-1 la=1\nEND',
      )
      expect(await list(await openHalf(port))).toEqual(['a%'])
    })

    test('never ends early in silence', async () => {
      for (const answer of ['key=a exp=-1 la=1\nkey=b', 'key=a exp=-1 la=1\nEN', '']) {
        const port = await answering(() => answer)
        await expect(list(await openHalf(port))).rejects.toThrow('before it had listed all its keys')
      }
    })

    /** A driver whose listing alone meets the server at this port. */
    async function openHalf(listing: number): Promise<Memcached> {
      const client = newClient([listing])
      return openDriver({ cache: client })
    }

    /** A server that gives one answer and, if that does not say otherwise, closes the connection. */
    async function answering(answer: (command: string) => string): Promise<number> {
      const server = createServer((socket: Socket) => {
        socket.on('error', () => {})
        socket.on('data', (command) => {
          const text = answer(command.toString().trim())
          if (text.startsWith('BADCLASS')) socket.write(`${text}\r\n`)
          else socket.end(text.endsWith('END') ? `${text}\r\n` : text)
        })
      })
      await once(server.listen(0, '127.0.0.1'), 'listening')
      onTestFinished(() => void server.close())
      return (server.address() as { port: number }).port
    }
  })

  describe('a client that was handed in', () => {
    test('is left open, without listeners', async () => {
      const client = newClient([port])
      const driver = await openDriver({ cache: client, prefix: newPrefix() })
      await driver.store('a', bytes('1'), 60)
      const socket = await socketOf(client)
      expect(socket.listenerCount('close')).toBeGreaterThan(0)
      const listeners = socket.listenerCount('close')
      await driver.close()
      expect(socket.listenerCount('close')).toBe(listeners - 1)
      expect(String((await client.get(`${prefix}a`)).value)).toBe('1')
      expect(await socketOf(client)).toBe(socket)
    })

    test('may come from a function', async () => {
      const client = newClient([port])
      const driver = await openDriver({ cache: async () => client, prefix: newPrefix() })
      await driver.store('a', bytes('1'), 60)
      expect(await textOf(driver, 'a')).toBe('1')
    })

    test('decides which server has a key', async () => {
      const servers = await Promise.all([newServer(), newServer()])
      const client = newClient(servers.map(({ port }) => port))
      client.getServer = () => '1'
      const driver = await openDriver({ cache: client })
      await driver.store('a', bytes('1'), 60)
      expect(await memcachedCommand(servers[0].port, 'get a')).toBe('END')
      expect(await memcachedCommand(servers[1].port, 'get a')).toBe('VALUE a 0 1')
      expect(await list(driver)).toEqual(['a'])
    })

    test('can have counted as far as memjs can', async () => {
      const client = newClient([port])
      Object.assign(client, { seq: 2 ** 31 - 2 })
      const driver = await openDriver({ cache: client, prefix: newPrefix() })
      for (let next = 0; next < 4; next += 1) await driver.store('a', bytes(`${next}`), 60)
      expect(await textOf(driver, 'a')).toBe('3')
    })

    test('must be one of memjs', async () => {
      for (const cache of [{}, 'memcached://h', { get: () => 1 }, { servers: [{}] }]) {
        await expect(openDriver({ cache })).rejects.toThrow(InvalidOptionError)
      }
    })
  })

  describe('of three servers', () => {
    let servers: Service[]
    beforeAll(async () => {
      servers = await Promise.all([memcached(), memcached(), memcached()])
      return async () => {
        for (const server of servers) await server.stop()
      }
    })
    const ids = Array.from({ length: 60 }, (_, next) => `id${next}`)
    const held = (id: string) =>
      Promise.all(servers.map(async ({ port }) => (await memcachedCommand(port, `get ${id}`)) !== 'END'))

    test('each has a part of the records, as memjs distributes them', async () => {
      const driver = await openDriver({ dataSource: sourceOf(servers), distribution: 'memjs' })
      const client = newClient(servers.map(({ port }) => port))
      for (const id of ids) await driver.store(id, bytes(id), 60)
      for (const id of ids) expect(String((await client.get(id)).value)).toBe(id)
      const holders = await Promise.all(ids.map(held))
      for (const index of [0, 1, 2]) expect(holders.some((held) => held[index])).toBe(true)
      expect(await list(driver)).toEqual([...ids].sort())
      for (const id of ids) await driver.remove(id)
    })

    test('what lies where nobody looks for it is not listed', async () => {
      const driver = await openDriver({ dataSource: sourceOf(servers) })
      await driver.store('a', bytes('1'), 60)
      const at = (await held('a')).indexOf(true)
      for (const [index, { port }] of servers.entries()) {
        if (index !== at) await newClient([port]).set('a', '2', {})
      }
      expect(await list(driver)).toEqual(['a'])
      await driver.remove('a')
      expect(await list(driver)).toEqual([])
    })

    test('one that is named several times has as many parts, and one connection', async () => {
      const [first, second] = servers as [Service, Service]
      const proxy = new Proxy(first.port)
      const port = await proxy.open()
      const dataSource = `127.0.0.1:${port},127.0.0.1:${port},127.0.0.1:${port},127.0.0.1:${second.port}`
      const driver = await openDriver({ dataSource, prefix: 'weighty:' })
      for (const id of ids) await driver.store(id, bytes('1'), 60)
      expect(proxy.connections).toBe(1)
      const holders = await Promise.all(ids.map((id) => held(`weighty:${id}`)))
      expect(holders.filter(([one]) => one).length).toBeGreaterThan(30)
      expect(await list(driver)).toEqual([...ids].sort())
      await driver.close()
    })
  })
})

function statisticsOf(client: Client): Promise<Record<string, string>> {
  return new Promise((settle, fail) => {
    client.stats((error, _, statistics) => (statistics ? settle(statistics) : fail(error)))
  })
}

function socketOf(client: Client): Promise<Socket> {
  return new Promise((settle) => client.servers[0]!.sock(false, settle))
}
