import { mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import LMDB from '../../drivers/LMDB.ts'
import { ClosedError, InvalidIdError, InvalidOptionError } from '../../src/errors.ts'
import { newFolder } from '../files/folder.ts'
import { TestClock } from '../support/clock.ts'
import { bytes, databasesIn, list, newPath, openDriver, openRaw, textOf } from './lmdb-setup.ts'

describe('options', () => {
  test.each([
    [{}, 'needs the option dataSource'],
    [{ dataSource: 'dbi:SQLite:sessions' }, 'must be the path of a file or a folder'],
    [{ dataSource: 'redis://127.0.0.1' }, 'must be the path of a file or a folder'],
    [{ dataSource: 'sessions\0.lmdb' }, 'must be the path of a file or a folder'],
    [{ dataSource: 'x.lmdb', tableName: '' }, 'tableName must be a name'],
    [{ dataSource: 'x.lmdb', timeout: 0 }, 'timeout must be a number of milliseconds'],
  ])('%j are refused', (options, message) => {
    const make = () => new LMDB(options, Date.now)
    expect(make).toThrow(InvalidOptionError)
    expect(make).toThrow(message)
  })

  test('cache must be a database', async () => {
    await expect(openDriver({ cache: { get() {} } })).rejects.toThrow('cache must be a database')
  })
})

describe('the file', () => {
  test('is made, and its folder, for this user and group alone', async () => {
    const folder = join(newFolder(), 'made', 'here')
    const driver = await openDriver({ dataSource: join(folder, 'sessions.lmdb') })
    await driver.store('a', bytes('image'), 60)
    expect(readdirSync(folder)).toEqual(['sessions.lmdb', 'sessions.lmdb-lock'])
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o007).toBe(0)
  })

  test('can be in a folder that is there, or that a slash tells', async () => {
    const there = newFolder()
    const made = join(newFolder(), 'made')
    for (const [folder, dataSource] of [
      [there, there],
      [made, `${made}/`],
    ] as const) {
      const driver = await openDriver({ dataSource })
      await driver.store('a', bytes('image'), 60)
      expect(readdirSync(folder)).toEqual(['data.mdb', 'lock.mdb'])
    }
  })

  test('has plain records: a version, the time of expiry, the image', async () => {
    const path = newPath()
    const clock = new TestClock()
    const driver = await openDriver({ dataSource: path }, clock)
    await driver.store('ä', bytes('image'), 60)
    await driver.store('never', bytes('image'), undefined)
    const { sessions, index } = databasesIn(openRaw(path))

    const { value, version } = sessions.getEntry(Buffer.from('ä'))!
    expect(version).toEqual(expect.any(Number))
    expect(Number(value.readBigUInt64BE(0))).toBe(clock.seconds + 60)
    expect(value.subarray(8).toString()).toBe('image')
    expect(Number(sessions.get(Buffer.from('never'))!.readBigUInt64BE(0))).toBe(Number.MAX_SAFE_INTEGER)

    const [key, ...more] = [...index.getKeys()]
    expect(key!.readUInt32BE(0)).toBe(Math.floor((clock.seconds + 60) / 60))
    expect(key!.subarray(4).toString()).toBe('ä')
    expect(more).toEqual([])
  })

  test('holds several tables that know nothing of one another', async () => {
    const path = newPath()
    const one = await openDriver({ dataSource: path })
    const other = await openDriver({ dataSource: path, tableName: 'Другое' })
    await one.store('a', bytes('one'), 60)
    await other.store('b', bytes('other'), 60)
    expect([await list(one), await list(other)]).toEqual([['a'], ['b']])
  })

  test('grows with what it holds, for all who have it open', async () => {
    const path = newPath()
    const driver = await openDriver({ dataSource: path, fsync: false })
    for (let number = 0; number < 40; number++) {
      await driver.store(`session ${number}`, Buffer.alloc(1_000_000, number), 60)
    }
    for (let number = 0; number < 40; number++) {
      const { image } = driver.retrieve(`session ${number}`)!
      expect(Buffer.alloc(1_000_000, number).equals(image)).toBe(true)
    }
    expect(statSync(path).size).toBeGreaterThan(40_000_000)
  })

  test('does not grow while a listing stands still', async () => {
    const path = newPath()
    const driver = await openDriver({ dataSource: path, fsync: false })
    for (const id of 'abc') await driver.store(id, Buffer.alloc(3000), 60)
    const listing = driver.ids()[Symbol.asyncIterator]()
    await listing.next()
    for (let time = 0; time < 300; time++) await driver.store('a', Buffer.alloc(3000, time), 60)
    // With a reader that holds the beginning it would have more than two new pages for each write.
    expect(statSync(path).size).toBeLessThan(200_000)
    await listing.return?.()
  })
})

describe('ids', () => {
  test('can be as long as the key of the index holds', async () => {
    const driver = await openDriver({ dataSource: newPath() })
    const longest = 'ä'.repeat(987)
    driver.checkId(longest)
    await driver.store(longest, bytes('image'), 60)
    expect(textOf(driver, longest)).toBe('image')
    expect(await list(driver)).toEqual([longest])
    expect(await list(driver, Number.MAX_SAFE_INTEGER - 1)).toEqual([longest])
  })

  test.each([
    ['an empty id', ''],
    ['an id with half a character', 'a\ud800'],
    ['an id of more than 1974 bytes', 'x'.repeat(1975)],
  ])('%s is refused', async (why, id) => {
    const driver = await openDriver({ dataSource: newPath() })
    expect(() => driver.checkId(id)).toThrow(InvalidIdError)
    expect(() => driver.checkId(id)).toThrow(why)
  })

  test('that are no UTF-8 are passed over', async () => {
    const path = newPath()
    const driver = await openDriver({ dataSource: path })
    await driver.store('a', bytes('image'), 60)
    await databasesIn(openRaw(path)).sessions.put(Buffer.of(0xff), Buffer.alloc(9), 0.5)
    expect(await list(driver)).toEqual(['a'])
  })
})

describe('what is written together', () => {
  async function commitsOf(work: (driver: LMDB) => Promise<unknown>): Promise<number> {
    const path = newPath()
    const driver = await openDriver({ dataSource: path })
    for (let number = 0; number < 64; number++) await driver.store(`old ${number}`, bytes('image'), 60)
    const root = openRaw(path)
    const commits = () => (root.getStats() as { lastTxnId: number }).lastTxnId
    const before = commits()
    await work(driver)
    root.resetReadTxn()
    return commits() - before
  }

  const all = (work: (number: number) => unknown) =>
    Promise.all(Array.from({ length: 64 }, async (_, number) => work(number)))

  test('has one commit, for each verb', async () => {
    expect(await commitsOf((driver) => all((n) => driver.store(`old ${n}`, bytes('new'), 90)))).toBe(1)
    expect(await commitsOf((driver) => all((n) => driver.create(`new ${n}`, bytes('new'), 90)))).toBe(1)
    expect(await commitsOf((driver) => all((n) => driver.touch?.(`old ${n}`, 90)))).toBe(1)
    expect(await commitsOf((driver) => all((n) => driver.remove(`old ${n}`)))).toBe(1)
  })

  test('and what changes nothing has none', async () => {
    const nothing = await commitsOf(async (driver) => {
      await driver.create('old 1', bytes('image'), 60)
      await driver.replace('old 1', bytes('other'), bytes('new'), 60)
      await driver.touch?.('old 1', 60)
      await driver.remove('missing')
    })
    expect(nothing).toBe(0)
  })

  test('on one record has an order', async () => {
    const driver = await openDriver({ dataSource: newPath() })
    await driver.store('a', bytes('0'), 60)
    const results = await all(async (number) => driver.replace('a', bytes('0'), bytes(`new ${number}`), 60))
    expect(results.filter((result) => result === 'done')).toHaveLength(1)
    expect(textOf(driver, 'a')).toBe(`new ${results.indexOf('done')}`)
    await all(async (number) => driver.store('a', bytes(String(number)), 60))
    expect(await all(() => driver.remove('a'))).toEqual(expect.arrayContaining([true, false]))
  })
})

describe('two stores on one file', () => {
  test('see each other at once, and close by themselves', async () => {
    const path = newPath()
    const link = join(newFolder(), 'link.lmdb')
    const one = await openDriver({ dataSource: path })
    symlinkSync(path, link)
    const other = await openDriver({ dataSource: link })
    for (let time = 0; time < 50; time++) {
      await one.store('a', bytes(`one ${time}`), 60)
      expect(textOf(other, 'a')).toBe(`one ${time}`)
      await other.store('a', bytes(`other ${time}`), 60)
      expect(textOf(one, 'a')).toBe(`other ${time}`)
    }
    await one.close()
    expect(() => one.retrieve('a')).toThrow(ClosedError)
    await other.store('a', bytes('still open'), 60)
    await other.close()
    expect(textOf(await openDriver({ dataSource: path }), 'a')).toBe('still open')
    expect(readdirSync(dirname(link))).toEqual(['link.lmdb'])
  })

  test('can be opened at the same moment', async () => {
    const path = newPath()
    const drivers = await Promise.all(Array.from({ length: 5 }, () => openDriver({ dataSource: path })))
    await drivers[0]!.store('a', bytes('image'), 60)
    for (const driver of drivers) expect(textOf(driver, 'a')).toBe('image')
  })

  test('must agree on fsync', async () => {
    const path = newPath()
    const fast = await openDriver({ dataSource: path, fsync: false })
    await expect(openDriver({ dataSource: path })).rejects.toThrow('with another value of the option fsync')
    await fast.close()
    await openDriver({ dataSource: path })
  })
})

describe('a database handed in', () => {
  test('is left open, and may hold other things', async () => {
    const root = openRaw(newPath(), { overlappingSync: true })
    await root.put('mine', { own: true })
    const driver = await openDriver({ cache: () => Promise.resolve(root) })
    await driver.store('a', bytes('image'), 60)
    await driver.close()
    expect(root.get('mine')).toEqual({ own: true })
    expect(databasesIn(root).sessions.get(Buffer.from('a'))?.subarray(8).toString()).toBe('image')
  })
})

describe('expiry', () => {
  test('moves the index once a minute only, and is exact to the second', async () => {
    const path = newPath()
    const clock = new TestClock(1_700_000_040) // the first second of a minute
    const driver = await openDriver({ dataSource: path }, clock)
    const { index } = databasesIn(openRaw(path))
    const keys = () => {
      // Otherwise what was written since the last reading is seen at the next turn of the event loop.
      index.resetReadTxn()
      return [...index.getKeys()].map((key) => key.toString('hex'))
    }

    await driver.store('a', bytes('image'), 120)
    const [before] = keys()
    for (const lifetime of [150, 179]) {
      await driver.touch?.('a', lifetime)
      expect(driver.retrieve('a')?.expires).toBe(clock.seconds + lifetime)
      expect(keys()).toEqual([before])
    }
    await driver.store('b', bytes('image'), 121)
    expect(await list(driver, clock.seconds + 122)).toEqual(['b'])
    expect(await driver.purge?.(clock.seconds + 121)).toBe(0)
    expect(await driver.purge?.(clock.seconds + 122)).toBe(1)
    await driver.touch?.('a', 180)
    expect(keys()).toHaveLength(1)
    expect(keys()).not.toEqual([before])
    await driver.touch?.('a', undefined)
    expect(keys()).toEqual([])
    expect(await driver.purge?.(Number.MAX_SAFE_INTEGER)).toBe(0)
    expect(await list(driver)).toEqual(['a'])
  })

  test('of a shared store is in the images, which a store of its own then looks at', async () => {
    const path = newPath()
    const shared = await openDriver({ dataSource: path, shared: true })
    await shared.store('a', bytes('image'), 60)
    expect(shared.retrieve('a')).toEqual({ image: Buffer.from('image') })
    const driver = await openDriver({ dataSource: path })
    expect(driver.retrieve('a')).toEqual({ image: Buffer.from('image') })
    expect(await list(driver, 0)).toEqual(['a'])
    expect(await driver.purge?.(Number.MAX_SAFE_INTEGER)).toBe(0)
    await driver.touch?.('a', 60)
    expect(await list(driver, 0)).toEqual([])
  })

  test('that the index has wrong removes nothing', async () => {
    const path = newPath()
    const driver = await openDriver({ dataSource: path })
    await driver.store('a', bytes('image'), 60)
    const { index } = databasesIn(openRaw(path))
    for (const id of ['a', 'missing']) await index.put(Buffer.from(`\0\0\0\x02${id}`), Buffer.alloc(0))
    expect(await driver.purge?.(1000)).toBe(0)
    expect(textOf(driver, 'a')).toBe('image')
  })
})

test('a folder in place of the file of locks is no reason to end the process', async () => {
  const path = newPath()
  mkdirSync(`${path}-lock`)
  await expect(openDriver({ dataSource: path })).rejects.toThrow('is not a regular file')
})
