import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type Memcached from '../../drivers/Memcached.ts'
import { isMissing, memcached, memcachedCommand, type Service } from '../services/index.ts'
import { freePort } from '../services/ports.ts'
import { eventually, failure } from '../support/outcome.ts'
import { Proxy } from '../support/proxy.ts'
import { bytes, list, textOf } from '../support/stored.ts'
import { newClient, newServer, openDriver, sourceOf } from './memcached-setup.ts'

const unknown = 'before the answer came. The change may have been made or not'

describe.skipIf(isMissing('memcached'))('opening', () => {
  test('where nobody listens says so when the time is over', async () => {
    const port = await freePort()
    const { message } = await failure(() => openDriver({ port, timeout: 1500 }))
    expect(message).toBe(`Memcached at 127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}`)
  })

  test('waits for a server that is just starting', async () => {
    const server = await newServer()
    await server.kill()
    const opening = openDriver({ port: server.port })
    await server.restart()
    await (await opening).store('a', bytes('1'), 60)
  })

  test('a server that is silent fails in time', async () => {
    const server = await newServer()
    server.pause()
    const { message } = await failure(() => openDriver({ port: server.port, timeout: 200 }))
    expect(message).toContain('did not answer within 200 ms (option timeout)')
  })

  test('what speaks another language fails in time', async () => {
    const port = await serving((socket) =>
      socket.write('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'),
    )
    await failure(() => openDriver({ port, timeout: 200 }))
  })

  test('three servers of which one is not there goes well, of which none is there does not', async () => {
    const servers = await Promise.all([newServer(), newServer(), newServer()])
    await servers[1].kill()
    const driver = await openDriver({ dataSource: sourceOf(servers), timeout: 1000 })
    await driver.close()
    for (const server of servers) await server.kill()
    await failure(() => openDriver({ dataSource: sourceOf(servers), timeout: 200 }))
  })
})

describe.skipIf(isMissing('memcached'))('a connection that breaks', () => {
  let server: Service
  beforeAll(async () => {
    server = await memcached()
    return () => server.stop()
  })

  async function openBehindProxy(prefix: string): Promise<{ driver: Memcached; proxy: Proxy }> {
    const proxy = new Proxy(server.port)
    const driver = await openDriver({ port: await proxy.open(), prefix })
    return { driver, proxy }
  }

  test('between two calls is not noticed', async () => {
    const { driver, proxy } = await openBehindProxy('between:')
    await driver.store('a', bytes('1'), 60)
    for (let round = 0; round < 3; round += 1) {
      proxy.cut()
      await expect.poll(() => proxy.connections).toBe(0)
      await eventually(() => textOf(driver, 'a'))
      await driver.store('a', bytes('1'), 60)
    }
  })

  test.each([0, 10, 24, 30])('%d bytes into the answer of a read: it is read again', async (length) => {
    const { driver, proxy } = await openBehindProxy(`read${length}:`)
    await driver.store('a', bytes('1'.repeat(100)), 60)
    proxy.loseAnswer(length)
    expect(await textOf(driver, 'a')).toBe('1'.repeat(100))
    // Half an answer does not stay for the next one.
    expect(await textOf(driver, 'a')).toBe('1'.repeat(100))
    expect(proxy.connections).toBe(1)
  })

  test.each([0, 10])(
    '%d bytes into the answer of a write: it is said, and not written twice',
    async (length) => {
      const { driver, proxy } = await openBehindProxy(`write${length}:`)
      await driver.store('a', bytes('1'), 60)
      const expected = (await driver.retrieve('a'))!.image
      const writes: Record<string, () => Promise<unknown>> = {
        replace: () => driver.replace('a', expected, bytes('2'), 60),
        store: () => driver.store('a', bytes('3'), 60),
        create: () => driver.create('b', bytes('1'), 60),
        remove: () => driver.remove('b'),
      }
      for (const [verb, write] of Object.entries(writes)) {
        proxy.loseAnswer(length)
        expect((await failure(write)).message, verb).toContain(unknown)
      }
      expect(await list(driver)).toEqual(['a'])
      expect(await textOf(driver, 'a')).toBe('3')
    },
  )

  test('fails all writes that are under way, and no reads', async () => {
    const { driver, proxy } = await openBehindProxy('many:')
    for (let next = 0; next < 20; next += 1) await driver.store(`${next}`, bytes(`${next}`), 60)
    proxy.loseAnswer()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, next) =>
        next % 2 === 0 ? textOf(driver, `${next}`) : driver.create(`new${next}`, bytes('1'), 60),
      ),
    )
    for (const [next, outcome] of outcomes.entries()) {
      if (next % 2 === 0) expect(outcome).toEqual({ status: 'fulfilled', value: `${next}` })
      else expect(String((outcome as PromiseRejectedResult).reason)).toContain(unknown)
    }
  })

  test('of a client that was handed in: both can go on with it', async () => {
    const proxy = new Proxy(server.port)
    const client = newClient([await proxy.open()], { retries: 1 })
    const driver = await openDriver({ cache: client, prefix: 'handed:' })
    await driver.store('a', bytes('1'), 60)
    const image = (await driver.retrieve('a'))!.image
    proxy.loseAnswer(10)
    expect((await failure(() => driver.replace('a', image, bytes('2'), 60))).message).toContain(unknown)
    expect(String((await client.get('handed:a')).value)).toBe('2')
    proxy.loseAnswer(10)
    const theirs = client.get('handed:a').catch((error: unknown) => error)
    expect(await textOf(driver, 'a')).toBe('2')
    expect(await theirs).toBeInstanceOf(Error)
    expect(String((await client.get('handed:a')).value)).toBe('2')
    expect(proxy.connections).toBe(1)
  })

  test('in the middle of a listing: it is said', async () => {
    const { driver, proxy } = await openBehindProxy('listing:')
    const id = (next: number) => 'long'.repeat(50) + next
    for (let start = 0; start < 20_000; start += 1000) {
      await Promise.all(
        Array.from({ length: 1000 }, (_, next) => driver.store(id(start + next), bytes('1'), 60)),
      )
    }
    const { message } = await failure(async () => {
      let seen = 0
      for await (const _ of driver.ids()) {
        seen += 1
        if (seen === 100) proxy.cut()
      }
    })
    expect(message).toMatch(/closed before it had listed all|ECONNRESET/)
    expect((await list(driver)).length).toBe(20_000)
  })
})

describe.skipIf(isMissing('memcached'))('a server', () => {
  test('that goes and comes back: calls wait, or fail in time, and it has nothing any more', async () => {
    const server = await newServer()
    const driver = await openDriver({ port: server.port, timeout: 400 })
    await eventually(() => driver.store('a', bytes('1'), 60))
    await server.kill()
    expect((await failure(() => driver.retrieve('a'))).message).toContain('ECONNREFUSED')
    await Promise.all(
      Array.from({ length: 20 }, (_, next) => failure(() => driver.store(`late${next}`, bytes('2'), 60))),
    )
    await failure(() => list(driver))
    await server.restart()
    expect(await eventually(() => driver.retrieve('a'))).toBeUndefined()
    // What was given up is not written later.
    expect(await eventually(() => list(driver))).toEqual([])
  })

  test('that is restarted while calls wait answers them', async () => {
    const server = await newServer()
    const driver = await openDriver({ port: server.port })
    await driver.store('a', bytes('1'), 60)
    await server.kill('SIGTERM')
    const calls = [driver.retrieve('a'), driver.create('b', bytes('2'), 60)] as const
    await server.restart()
    expect(await Promise.all(calls)).toEqual([undefined, true])
  })

  test('that is silent makes calls fail in time, and is used again when it goes on', async () => {
    const server = await newServer()
    const driver = await openDriver({ port: server.port, timeout: 300 })
    await eventually(() => driver.store('a', bytes('1'), 60))
    server.pause()
    expect((await failure(() => driver.retrieve('a'))).message).toContain('did not answer within 300 ms')
    await failure(() => driver.create('b', bytes('1'), 60))
    await failure(() => list(driver))
    server.resume()
    expect(await eventually(() => textOf(driver, 'a'))).toBe('1')
  })

  test('that dies does not give its part to the others', async () => {
    const servers = await Promise.all([newServer(), newServer(), newServer()])
    const driver = await openDriver({ dataSource: sourceOf(servers), timeout: 500 })
    const ids = Array.from({ length: 40 }, (_, next) => `id${next}`)
    for (const id of ids) await eventually(() => driver.store(id, bytes('1'), 60))
    const isOnFirst = await Promise.all(
      ids.map(async (id) => (await memcachedCommand(servers[0].port, `get ${id}`)) !== 'END'),
    )
    await servers[0].kill()
    const outcomes = await Promise.allSettled(ids.map((id) => driver.store(id, bytes('2'), 60)))
    expect(outcomes.map(({ status }) => status === 'rejected')).toEqual(isOnFirst)
    expect(isOnFirst).toContain(true)
    await failure(() => list(driver))
    await servers[0].restart()
    for (const [index, id] of ids.entries()) {
      expect(await eventually(() => textOf(driver, id))).toBe(isOnFirst[index] ? undefined : '2')
    }
  })
})

describe.skipIf(isMissing('memcached'))('while servers are killed under load', () => {
  test('nothing hangs, and no connection is left', async () => {
    const server = await newServer()
    const proxy = new Proxy(server.port)
    const driver = await openDriver({ port: await proxy.open(), timeout: 1000 })
    const stop = new AbortController()
    const work = async (id: string) => {
      for (let value = 0; !stop.signal.aborted; value += 1) {
        try {
          await driver.store(id, bytes(`${id} ${value}`), 60)
          const text = await textOf(driver, id)
          // Never that of another id, nor an older one.
          if (text !== undefined) expect(text).toBe(`${id} ${value}`)
        } catch (error) {
          expect(error).toHaveProperty('code', 'ERR_SESSION_STORAGE')
        }
      }
    }
    const workers = Array.from({ length: 8 }, (_, next) => work(`worker${next}`))
    for (let round = 0; round < 3; round += 1) {
      await server.kill()
      proxy.cut()
      await server.restart()
      await eventually(() => driver.store('between', bytes('1'), 60))
    }
    stop.abort()
    await Promise.all(workers)
    expect(proxy.connections).toBe(1)
    await driver.close()
    await expect.poll(() => proxy.connections).toBe(0)
  })
})

async function serving(answer: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => answer(socket))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as { port: number }).port
}
