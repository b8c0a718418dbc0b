import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { ClosedError, StorageError } from '../../src/errors.ts'
import type { Service } from '../services/index.ts'
import { bytes, imageOf, isMissingServer, openOn, type SqlServer } from './servers.ts'

/** Milliseconds. A server on this machine answers in one or two, unless it is stopped or the machine is busy. */
const timeout = 1000

async function failure(work: () => unknown): Promise<StorageError> {
  const error = await Promise.resolve()
    .then(work)
    .then(
      () => expect.unreachable(),
      (reason: unknown) => reason,
    )
  expect(error).toBeInstanceOf(StorageError)
  return error as StorageError
}

/** What must hold when a server goes away, stands still or comes back. */
export function failureTests(kind: SqlServer): void {
  describe.skipIf(isMissingServer(kind))(`${kind.service} in trouble`, () => {
    let server: Service
    beforeAll(async () => {
      server = await kind.start()
    })
    afterAll(() => server?.stop())

    /** Until the end of the test at the latest. */
    const pause = () => {
      const resume = kind.pause(server)
      onTestFinished(resume)
      return resume
    }

    const count = async (sql: string) => Number((await kind.query(server, sql))[0]?.['count'])
    const connections = () => count(kind.countConnections)

    /** A server takes notice of a closed connection when it comes to it. */
    const expectConnections = async (count: number) => {
      await expect.poll(connections, { timeout: 10_000 }).toBe(count)
    }

    beforeEach(() => expectConnections(0))

    test('that is not there at opening is a StorageError, at once', async () => {
      await server.kill()
      onTestFinished(() => server.restart())
      const error = await failure(() => openOn(kind, server, { timeout: 60_000 }))
      expect(error.message).toContain(`127.0.0.1:${server.port}`)
      expect((error.cause as NodeJS.ErrnoException).code).toBe(kind.refused)
    })

    test('without that database says so', async () => {
      const url = String(kind.options(server)['dataSource']).replace(/session$/, 'nowhere')
      const error = await failure(() => openOn(kind, server, { dataSource: url }))
      expect(error.message).toMatch(/nowhere.*Make the database first/)
    })

    test('that is restarted between two calls is not noticed', async () => {
      const { driver } = await openOn(kind, server)
      await driver.store('a', bytes('image'), 60)
      for (let round = 0; round < 2; round += 1) {
        await kind.restart(server)
        expect(await driver.create(`b${round}`, bytes('image'), 60)).toBe(true)
        expect(await driver.replace!('a', bytes('image'), bytes('image'), 60)).toBe('done')
        await Promise.all(
          Array.from({ length: 20 }, (_, number) => driver.store(`c${number}`, bytes('c'), 60)),
        )
      }
      expect(await imageOf(driver, 'a')).toBe('image')
    })

    test('that is away fails each call, and is found again', async () => {
      const { driver } = await openOn(kind, server)
      await driver.store('a', bytes('image'), 60)
      await server.kill(kind.crash)
      for (const call of [
        () => driver.retrieve('a'),
        () => driver.store('a', bytes('new'), 60),
        () => driver.create('b', bytes('new'), 60),
        () => driver.replace!('a', bytes('image'), bytes('new'), 60),
        () => driver.remove('a'),
        () => driver.touch!('a', 60),
        () => driver.purge!(0),
        async () => {
          for await (const _ of driver.ids()) expect.unreachable()
        },
      ]) {
        expect((await failure(call)).cause).toBeInstanceOf(Error)
      }
      await server.restart()
      expect(await imageOf(driver, 'a')).toBe('image')
      await driver.store('a', bytes('new'), 60)
    })

    test('that is killed under load loses nothing it acknowledged', async () => {
      const { driver } = await openOn(kind, server, { timeout })
      const acknowledged = new Map<string, string>()
      const load = { on: true }
      const writers = Array.from({ length: 16 }, async (_, writer) => {
        for (let number = 0; load.on; number += 1) {
          const [id, image] = [`${writer}-${number % 10}`, `${number}`]
          await driver.store(id, bytes(image), 60).then(
            () => acknowledged.set(id, image),
            (error: unknown) => {
              expect(error).toBeInstanceOf(StorageError)
              // It may have been done or not.
              acknowledged.delete(id)
            },
          )
        }
      })
      await expect.poll(() => acknowledged.size).toBe(160)
      await server.kill(kind.crash)
      await failure(() => driver.retrieve('x'))
      load.on = false
      await Promise.all(writers)
      await server.restart()
      expect(acknowledged.size).toBeGreaterThan(0)
      for (const [id, image] of acknowledged) expect([id, await imageOf(driver, id)]).toEqual([id, image])
    })

    test('that stands still fails within the timeout, and its connections are thrown away', async () => {
      const { driver } = await openOn(kind, server, { timeout })
      await driver.store('a', bytes('image'), 60)
      const resume = pause()
      const before = performance.now()
      const errors = await Promise.all([
        failure(() => driver.retrieve('a')),
        failure(() => driver.retrieve('b')),
        ...Array.from({ length: 20 }, () => failure(() => driver.touch!('a', 60))),
      ])
      expect(performance.now() - before).toBeLessThan(timeout * 5)
      for (const { message } of errors) expect(message).toContain(`within ${timeout} ms (option timeout)`)
      resume()
      expect(await imageOf(driver, 'a')).toBe('image')
      await driver.store('a', bytes('new'), 60)
      await driver.close()
      await expectConnections(0)
    })

    test('that stands still does not keep a store from being closed', async () => {
      const { driver } = await openOn(kind, server, { timeout })
      await driver.retrieve('a')
      pause()
      await driver.close()
      await expect(driver.retrieve('a')).rejects.toThrow(ClosedError)
    })

    test('that ends the connections at rest is not noticed', async () => {
      const { driver } = await openOn(kind, server)
      await driver.store('a', bytes('image'), 60)
      await kind.query(server, kind.endConnections)
      await expectConnections(0)
      expect(await driver.remove('a')).toBe(true)
    })

    test('leaves no connection, timer or listener behind', async () => {
      const before = process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').length
      for (let round = 0; round < 3; round += 1) {
        const { driver } = await openOn(kind, server)
        await Promise.all(
          Array.from({ length: 30 }, (_, number) => driver.store(`${number}`, bytes('c'), 60)),
        )
        expect(await connections()).toBeLessThanOrEqual(10)
        await driver.close()
      }
      await expectConnections(0)
      const after = process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').length
      expect(after).toBeLessThanOrEqual(before)
    })

    test('with a pool handed in: goes on after a restart, and leaves no listener', async () => {
      const { handle, query, end } = await kind.pool(server)
      onTestFinished(() => void end())
      const listeners = () =>
        ['error', 'end', 'connection', 'connect'].map((event) => handle.listenerCount?.(event))
      const before = listeners()
      const { driver } = await openOn(kind, server, { dbh: handle, timeout })
      await Promise.all(Array.from({ length: 9 }, (_, number) => driver.store(`${number}`, bytes('c'), 60)))
      await kind.restart(server)
      expect(await imageOf(driver, '3')).toBe('c')
      const resume = pause()
      await failure(() => driver.store('4', bytes('d'), 60))
      resume()
      expect(await driver.remove('5')).toBe(true)
      await driver.close()
      expect(listeners()).toEqual(before)
      await query('select 1')
    })

    test('with a connection handed in: leaves a failed transaction alone', async () => {
      const { handle, query, end } = await kind.client(server)
      onTestFinished(() => void end())
      const before = handle.listenerCount?.('error')
      const { driver, table } = await openOn(kind, server, { dbh: async () => handle })
      await query('begin')
      await driver.store('a', bytes('image'), 60)
      await query('select nonsense').catch(() => {})
      if (kind.failsOnInTransaction) {
        expect((await failure(() => driver.store('b', bytes('image'), 60))).message).toContain(
          'has failed; end it',
        )
      }
      await query('rollback')
      expect(await driver.retrieve('a')).toBeUndefined()
      await driver.store('a', bytes('image'), 60)
      await driver.close()
      expect(handle.listenerCount?.('error')).toBe(before)
      await query(`drop table ${table}`)
    })

    test('with a connection handed in: one that is lost is asked for again', async () => {
      const first = await kind.client(server)
      const second = await kind.client(server)
      onTestFinished(() => void second.end())
      const handles = [first.handle, second.handle]
      const { driver } = await openOn(kind, server, { dbh: () => handles.shift() })
      await driver.store('a', bytes('image'), 60)
      await first.end()
      expect(await imageOf(driver, 'a')).toBe('image')

      const third = await kind.client(server)
      const { driver: other } = await openOn(kind, server, { dbh: third.handle })
      await third.end()
      expect((await failure(() => other.retrieve('a'))).message).toContain('is closed')
    })

    test('a write that waits for a lock fails within the timeout, and is not done later', async () => {
      const { driver, table } = await openOn(kind, server, { timeout })
      await driver.store('a', bytes('image'), 60)
      await driver.store('b', bytes('image'), 60)
      const { query, end } = await kind.client(server)
      onTestFinished(() => void end())
      await query('begin')
      await query(`update ${table} set expires = 0 where id = 'a'`)
      const waiting = failure(() => driver.store('a', bytes('late'), 60))
      // Others, and readers of the same, do not wait for it.
      expect(await imageOf(driver, 'a')).toBe('image')
      await driver.store('b', bytes('new'), 60)
      await waiting
      // The server gives up by itself, at about the same time. Asked more often, MariaDB repeats what it said before.
      const waits = () => count(kind.countWaiting)
      await expect.poll(waits, { timeout: 10_000, interval: 250 }).toBe(0)
      await query('rollback')
      expect(await imageOf(driver, 'a')).toBe('image')
    })
  })
}
