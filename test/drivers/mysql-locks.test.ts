import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import Mysql from '../../drivers/mysql.ts'
import { InvalidOptionError, LockTimeoutError, StorageError } from '../../src/errors.ts'
import { isMissing, type Service } from '../services/index.ts'
import { bytes, type Handle, imageOf, mariadbServer, openOn } from '../sql/servers.ts'
import { eventually } from '../support/outcome.ts'
import { watched } from '../support/watched.ts'

test.each([
  [{ lockName: 'Apache-Session', shared: true }, 'must contain %s once'],
  [{ lockName: '%s-%s', shared: true }, 'must contain %s once'],
  [{ lockName: 'Apache-Session-%s' }, 'goes with shared: true'],
])('options %j are refused', (options, message) => {
  expect(() => new Mysql(options, Date.now)).toThrow(InvalidOptionError)
  expect(() => new Mysql(options, Date.now)).toThrow(message)
})

describe.skipIf(isMissing('mariadb'))('the option lockName', () => {
  let server: Service
  beforeAll(async () => {
    server = await mariadbServer.start()
  })
  afterAll(() => server?.stop())

  const open = (more: object = {}) =>
    openOn(mariadbServer, server, { lockName: 'Apache-Session-%s', shared: true, timeout: 30_000, ...more })

  async function client(): Promise<Handle> {
    const handle = await mariadbServer.client(server)
    onTestFinished(async () => void (await handle.end()))
    return handle
  }

  const holders = async () => {
    const [row] = await mariadbServer.query(server, "select is_used_lock('Apache-Session-a') as holder")
    return row!['holder']
  }

  test('each write waits for the lock, holds it, and lets it go', async () => {
    const { driver } = await open()
    await driver.create('a', bytes('old'), undefined)
    const other = await client()
    const works = [
      () => driver.replace!('a', bytes('old'), bytes('new'), undefined),
      () => driver.store('a', bytes('newer'), undefined),
      () => driver.removeIf!('a', bytes('older')),
      () => driver.remove('a'),
      () => driver.create('a', bytes('again'), undefined),
    ]
    for (const work of works) {
      await other.query("select get_lock('Apache-Session-a', 30)")
      const ours = watched<unknown>(work())
      await driver.create('b', bytes('of another name'), undefined)
      await driver.retrieve('a')
      expect(ours.isOver).toBe(false)
      await other.query("do release_lock('Apache-Session-a')")
      await ours.work
    }
    expect(await imageOf(driver, 'a')).toBe('again')
    while ((await holders()) !== null) await setTimeout(5)
  })

  test('many writes of one session take one connection while they wait', async () => {
    const { driver } = await open({ dataSourceAttrs: { connectionLimit: 2 } })
    const other = await client()
    await other.query("select get_lock('Apache-Session-a', 30)")
    const writes = Array.from({ length: 10 }, (_, n) => driver.store('a', bytes(String(n)), undefined))
    await driver.store('b', bytes('free'), undefined)
    await other.query("do release_lock('Apache-Session-a')")
    await Promise.all(writes)
    expect(await imageOf(driver, 'a')).toBe('9')
  })

  test('on a connection that was handed in nobody is left with a lock that came too late', async () => {
    const own = await client()
    const other = await client()
    const { table } = await open()
    const { driver } = await open({ dbh: own.handle, tableName: table, timeout: 100 })
    await other.query("select get_lock('Apache-Session-a', 30)")
    await expect(driver.store('a', bytes('late'), undefined)).rejects.toThrow(LockTimeoutError)
    // It asks for a second at least, within which it still may get it.
    await other.query("do release_lock('Apache-Session-a')")
    while ((await holders()) !== null) await setTimeout(5)
    await own.query('select 1')
    expect(await holders()).toBeNull()
  })

  test('a connection that died at rest is no reason to fail', async () => {
    const { driver } = await open()
    await driver.create('a', bytes('old'), undefined)
    await mariadbServer.query(server, mariadbServer.endConnections)
    expect(await driver.replace!('a', bytes('old'), bytes('new'), undefined)).toBe('done')
  })

  describe('held for longer than one call', () => {
    const free = async () => (await holders()) === null
    const countConnections = async () => {
      const [row] = await mariadbServer.query(server, mariadbServer.countConnections)
      return Number(row!['count'])
    }

    const handedIn = {
      'on a connection of our own': async () => open(),
      'on a pool that was handed in': async () => {
        const pool = await mariadbServer.pool(server)
        onTestFinished(async () => void (await pool.end()))
        return open({ dbh: pool.handle })
      },
      'on a connection that was handed in': async () => open({ dbh: (await client()).handle }),
    }

    test.each(Object.entries(handedIn))(
      '%s: keeps others out, and no verb of its driver',
      async (_, start) => {
        const { driver, table } = await start()
        const { driver: other } = await open({ tableName: table })
        const lock = (await driver.tryLock!('a'))!
        expect(await free()).toBe(false)
        expect(await other.tryLock!('a')).toBeUndefined()
        expect(await driver.tryLock!('a')).toBeUndefined()
        expect(await driver.create('a', bytes('old'), undefined)).toBe(true)
        expect(await driver.replace!('a', bytes('old'), bytes('new'), undefined)).toBe('done')
        const theirs = watched(other.store('a', bytes('theirs'), undefined))
        await other.store('b', bytes('of another name'), undefined)
        await driver.store('b', bytes('of another name'), undefined)
        expect(await imageOf(other, 'a')).toBe('new')
        expect(await lock.renew()).toBe(true)
        expect(theirs.isOver).toBe(false)
        await lock.release()
        await theirs.work
        expect(await imageOf(driver, 'a')).toBe('theirs')
        const next = await eventually(async () => (await other.tryLock!('a')) ?? failing())
        await next.release()
        expect(await free()).toBe(true)
      },
    )

    test('however many there are, they take one connection, and leave the others to the statements', async () => {
      const { driver } = await open({ dataSourceAttrs: { connectionLimit: 1 } })
      await driver.store('x', bytes('opens a connection'), undefined)
      const before = await countConnections()
      const ids = Array.from({ length: 20 }, (_, n) => `a${n}`)
      const locks = await Promise.all(ids.map((id) => driver.tryLock!(id)))
      await Promise.all(ids.map((id) => driver.store(id, bytes(id), undefined)))
      expect(await countConnections()).toBeLessThanOrEqual(before + 1)
      expect(await Promise.all(locks.map((lock) => lock!.renew()))).toEqual(ids.map(() => true))
      await Promise.all(locks.map((lock) => lock!.release()))
      await (await driver.tryLock!('a0'))!.release()
    })

    test('is lost with the connection, and can be had again', async () => {
      const { driver } = await open()
      const lock = (await driver.tryLock!('a'))!
      await mariadbServer.query(server, mariadbServer.endConnections)
      expect(await (async () => lock.renew())().catch(() => false)).toBe(false)
      await driver.store('a', bytes('under a lock of its own'), undefined)
      const next = await eventually(async () => (await driver.tryLock!('a')) ?? failing())
      await lock.release()
      expect(await next.renew()).toBe(true)
      expect(await free()).toBe(false)
    })

    test('is not to be had while a write of this driver waits for somebody else', async () => {
      const { driver } = await open()
      const other = await client()
      await other.query("select get_lock('Apache-Session-a', 30)")
      const ours = watched(driver.store('a', bytes('new'), undefined))
      expect(await driver.tryLock!('a')).toBeUndefined()
      expect(ours.isOver).toBe(false)
      await other.query("do release_lock('Apache-Session-a')")
      await ours.work
      const lock = await eventually(async () => (await driver.tryLock!('a')) ?? failing())
      await lock.release()
    })

    test('is let go of when the writes under it are done', async () => {
      const { driver } = await open()
      const lock = (await driver.tryLock!('a'))!
      const writes = Array.from({ length: 5 }, (_, n) =>
        watched(driver.store('a', bytes(String(n)), undefined)),
      )
      await lock.release()
      expect(writes.map(({ isOver }) => isOver)).toEqual([true, true, true, true, true])
      expect(await imageOf(driver, 'a')).toBe('4')
    })
  })
})

/** For what is tried again. */
function failing(): never {
  throw new StorageError('not yet', { cause: new Error('somebody has it') })
}
