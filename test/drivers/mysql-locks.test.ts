import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import Mysql from '../../drivers/mysql.ts'
import { InvalidOptionError, LockTimeoutError } from '../../src/errors.ts'
import { isMissing, type Service } from '../services/index.ts'
import { bytes, type Handle, imageOf, mariadbServer, openOn } from '../sql/servers.ts'
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
})
