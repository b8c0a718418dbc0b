import { createHash } from 'node:crypto'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import SQLite from '../../drivers/SQLite.ts'
import type { StoredImage } from '../../src/contracts/driver.ts'
import { ClosedError, InvalidIdError, InvalidOptionError, LockTimeoutError } from '../../src/errors.ts'
import images from '../fixtures/sqlite/images.json' with { type: 'json' }
import { TestClock } from '../support/clock.ts'
import {
  bytes,
  clients,
  firstRow,
  imageOf,
  list,
  newFolder,
  newPath,
  openDriver,
  rawDatabase,
  rawDatabaseWith,
} from './sqlite-setup.ts'

const perlTable = 'create table sessions (id char(32) not null primary key, a_session text not null)'

async function expiryOf(driver: SQLite): Promise<number | undefined> {
  const stored = await driver.retrieve('a')
  return (stored ?? expect.unreachable()).expires
}

test('this Node has a client to test with', () => {
  expect(clients).not.toEqual([])
})

describe.each(clients)('with %s', (sqliteClient) => {
  const raw = (path: string, ...statements: string[]) => rawDatabaseWith(sqliteClient, path, ...statements)
  const open = (path = newPath()) => openDriver({ dataSource: path, sqliteClient })

  test('answers at once when nobody is in the way', async () => {
    const driver = await open()
    expect(driver.create('a', bytes('one'), 60)).toBe(true)
    expect(driver.replace('a', bytes('one'), bytes('two'), 60)).toBe('done')
    expect(driver.store('a', bytes('three'), 60)).toBeUndefined()
    const stored = driver.retrieve('a') as StoredImage
    expect([String(Buffer.from(stored.image)), stored.expires]).toEqual(['three', 1_700_000_060])
    expect(driver.touch?.('a', 90)).toBe(true)
    expect(driver.removeIf('a', bytes('three'))).toBe('done')
    expect(driver.remove('a')).toBe(false)
  })

  test('keeps ids of every kind of character', async () => {
    const driver = await open()
    const all = String.fromCharCode(...Array.from({ length: 256 }, (_, code) => code))
    const ids = ['', 'a', 'a\0', 'a\0b', '\0', all, '日本😀', 'É', 'é', "';--", '"'].toSorted()
    for (const id of ids) driver.checkId(id)
    for (const id of ids) expect(await driver.create(id, bytes(`image of ${id}`), 60)).toBe(true)
    for (const id of ids) expect(String(await imageOf(driver, id))).toBe(`image of ${id}`)
    expect((await list(driver)).toSorted()).toEqual(ids)
    expect((await list(driver, 1_800_000_000)).toSorted()).toEqual(ids)
  })

  test('keeps images of every length and byte', async () => {
    const driver = await open()
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    for (const image of [new Uint8Array(0), new Uint8Array(1), all, all.subarray(97, 99)]) {
      await driver.store('a', image, undefined)
      expect(await imageOf(driver, 'a')).toEqual(Buffer.from(image))
      expect(await driver.replace('a', image, all, undefined)).toBe('done')
      expect(await driver.removeIf('a', all)).toBe('done')
    }
  })

  test('reads and replaces what was stored as text, to the byte', async () => {
    const path = newPath()
    raw(
      path,
      'create table sessions (id text primary key, a_session text)',
      `insert into sessions values ('text', 'caf\u00e9'), ('latin', cast(x'636166e900ff' as text)), ('null', null)`,
    )
    const driver = await open(path)
    const stored = { text: bytes('café'), latin: Buffer.from('caf\xe9\0\xff', 'latin1'), null: bytes('') }
    for (const [id, image] of Object.entries(stored)) {
      expect(await imageOf(driver, id)).toEqual(Buffer.from(image))
      expect(await driver.replace(id, bytes('other'), bytes('new'), undefined)).toBe('changed')
      expect(await driver.replace(id, image, bytes('new'), undefined)).toBe('done')
      expect(await driver.removeIf(id, image)).toBe('changed')
    }
    const { types } = firstRow(
      raw(path),
      'select group_concat(distinct typeof(a_session)) as types from sessions',
    )
    expect(types).toBe('blob')
  })

  test('lists past ids that are no text or no UTF-8', async () => {
    const path = newPath()
    const handle = raw(path, 'create table sessions (id blob primary key, a_session blob)', 'begin')
    for (let number = 0; number < 2005; number++) {
      handle.exec(
        `insert into sessions values (cast(x'ff${number.toString(16).padStart(4, '0')}' as text), x'00')`,
      )
    }
    handle.exec(`insert into sessions values (x'6161', x'00'), (5, x'00'), ('plain', x'00')`)
    handle.exec('commit')
    const driver = await open(path)
    const ids = await list(driver)
    expect(ids).toHaveLength(2006)
    expect(ids[0]).toBe('plain')
  })

  test('uses a handle as it is and leaves it open', async () => {
    const handle = raw(newPath(), 'pragma busy_timeout = 1234', 'pragma synchronous = extra')
    Object.assign(handle, { close: () => expect.unreachable('the handle was closed') })
    for (const dbh of [handle, () => handle, () => Promise.resolve(handle)]) {
      const driver = await openDriver({ dbh })
      await driver.store('a', bytes('image'), 60)
      driver.close()
      expect(() => driver.retrieve('a')).toThrow(ClosedError)
    }
    expect(firstRow(handle, 'select id from sessions')).toEqual({ id: 'a' })
    expect(firstRow(handle, 'pragma busy_timeout')).toEqual({ timeout: 1234 })
    expect(firstRow(handle, 'pragma synchronous')).toEqual({ synchronous: 3 })
    expect(firstRow(handle, 'pragma journal_mode')).toEqual({ journal_mode: 'delete' })
    Reflect.deleteProperty(handle, 'close')
  })

  test('commits what it writes after others were kept out', async () => {
    const path = newPath()
    const driver = await openDriver({ dataSource: path, sqliteClient, timeout: 0 })
    await driver.store('a', bytes('old'), 60)
    const other = raw(path, 'begin immediate')
    await expect(driver.replace('a', bytes('old'), bytes('new'), 60)).rejects.toThrow(LockTimeoutError)
    await expect(driver.touch?.('a', 90)).rejects.toThrow(LockTimeoutError)
    other.exec('commit')

    expect(await driver.create('b', bytes('image'), 60)).toBe(true)
    expect(firstRow(other, 'select count(*) as count from sessions')).toEqual({ count: 2 })
    expect(await driver.touch?.('a', 90)).toBe(true)
    expect(await driver.replace('a', bytes('old'), bytes('new'), 60)).toBe('done')
    expect(firstRow(other, 'select cast(max(a_session) as text) as last from sessions')).toEqual({
      last: 'new',
    })
    expect(firstRow(other, 'select count(*) as count from sessions')).toEqual({ count: 2 })
  })

  test('keeps nobody out after it was kept out of reading', async () => {
    const path = newPath()
    raw(path, perlTable, "insert into sessions values ('a', 'image')")
    const driver = await openDriver({ dataSource: path, sqliteClient, shared: true, timeout: 0 })
    const other = raw(path, 'begin exclusive')
    await expect(list(driver)).rejects.toThrow(LockTimeoutError)
    await expect(driver.retrieve('a')).rejects.toThrow(LockTimeoutError)
    other.exec('commit')
    expect(await imageOf(driver, 'a')).toEqual(Buffer.from('image'))
    other.exec("update sessions set a_session = 'new'")
    expect(await imageOf(driver, 'a')).toEqual(Buffer.from('new'))
  })

  test('takes part in a transaction of the user', async () => {
    const handle = raw(newPath(), 'begin')
    const driver = await openDriver({ dbh: handle })
    await driver.store('a', bytes('image'), 60)
    handle.exec('rollback')
    expect(firstRow(handle, 'select count(*) as count from sqlite_master')).toEqual({ count: 0 })
  })
})

test('reads rows in one form from a handle that gives them in another', async () => {
  const raw = rawDatabase(newPath()) as ReturnType<typeof rawDatabase> & {
    defaultSafeIntegers?(on: boolean): void
  }
  const prepare = raw.prepare.bind(raw)
  raw.defaultSafeIntegers?.(true)
  if (!raw.defaultSafeIntegers) {
    raw.prepare = (sql) => {
      const statement = prepare(sql) as ReturnType<typeof prepare> & { setReadBigInts(on: boolean): void }
      statement.setReadBigInts(true)
      return statement
    }
  }
  const driver = await openDriver({ dbh: raw })
  expect(await driver.create('a', bytes('image'), 60)).toBe(true)
  expect(await expiryOf(driver)).toBe(1_700_000_060)
})

describe('the table', () => {
  test('is made with an index on the expiry', async () => {
    const path = newPath()
    await openDriver({ dataSource: path })
    const made = rawDatabase(path).prepare('select sql from sqlite_master where sql is not null').all()
    expect(made.map((row) => (row as { sql: string }).sql)).toEqual([
      'CREATE TABLE "sessions" ("id" text not null primary key, "a_session" blob not null, "expires" integer)',
      'CREATE INDEX "sessions_expires" on "sessions" ("expires")',
    ])
  })

  test('can have any names', async () => {
    const path = newPath()
    const options = {
      dataSource: path,
      tableName: 'table"name; drop',
      idColName: 'select "id"',
      dataColName: "a 'session'",
      expiresColName: '時',
    }
    for (let opened = 0; opened < 2; opened++) {
      const driver = await openDriver(options)
      await driver.store('a', bytes('image'), 60)
      expect(await driver.replace('a', bytes('image'), bytes('new'), -60)).toBe('done')
      expect(await driver.touch?.('a', -90)).toBe(true)
      expect(await list(driver)).toEqual(['a'])
      expect(await list(driver, 1_700_000_000)).toEqual(['a'])
      expect(await driver.purge?.(1_700_000_000)).toBe(1)
      driver.close()
    }
  })

  test('may be in an attached database', async () => {
    const other = newPath()
    const raw = rawDatabase(':memory:', `attach '${other}' as "other one"`)
    const driver = await openDriver({ dbh: raw, tableName: 'other one.sessions' })
    await driver.store('a', bytes('image'), 60)
    expect(await driver.purge?.(1_800_000_000)).toBe(1)
    const names = firstRow(rawDatabase(other), 'select group_concat(name) as names from sqlite_master')
    expect(names).toEqual({ names: expect.stringContaining('sessions_expires') })
  })

  test('of the Perl modules offers no touch and no purge', async () => {
    const path = newPath()
    rawDatabase(path, perlTable)
    const driver = await openDriver({ dataSource: path })
    await driver.store('a', bytes('image'), 60)
    expect(await expiryOf(driver)).toBeUndefined()
    expect([driver.touch, driver.purge]).toEqual([undefined, undefined])
    expect(await list(driver, 0)).toEqual(['a'])
  })

  test.each([
    ['without rowids', 'expires integer) without rowid'],
    ['with an expiry that is text', 'expires text)'],
    ['with an expiry of no type', 'expires)'],
  ])('%s offers no touch and no purge', async (_, rest) => {
    const path = newPath()
    rawDatabase(path, `create table sessions (id text primary key, a_session blob, ${rest}`)
    const driver = await openDriver({ dataSource: path })
    await driver.store('a', bytes('image'), 60)
    expect([driver.touch, driver.purge]).toEqual([undefined, undefined])
    expect(await list(driver, 0)).toEqual(['a'])
  })

  test('is used for expiry as soon as it has the column, in either case', async () => {
    const path = newPath()
    rawDatabase(path, perlTable, 'alter table sessions add column EXPIRES integer')
    const driver = await openDriver({ dataSource: path })
    await driver.store('a', bytes('image'), 60)
    expect(await driver.purge?.(1_700_000_061)).toBe(1)
  })

  test.each([
    ['a_session, id integer primary key', 'declared INTEGER'],
    ['id uuid primary key, a_session', 'declared uuid'],
    ['id text collate nocase primary key, a_session', 'collate NOCASE'],
    ['id text, a_session', 'create unique index "sessions_id" on "sessions" ("id")'],
    ['id text, a_session, primary key (id, a_session)', 'is not unique'],
    ['id text primary key, data', 'no column a_session; it has id, data'],
    ['name text primary key, a_session', 'no column id'],
  ])('is refused as (%s)', async (columns, reason) => {
    const path = newPath()
    rawDatabase(path, `create table sessions (${columns})`)
    const driver = new SQLite({ dataSource: path }, Date.now)
    const opening = driver.open()
    await expect(opening).rejects.toThrow(InvalidOptionError)
    await expect(opening).rejects.toThrow(reason)
  })

  test('is refused when only some of its ids are unique', async () => {
    const path = newPath()
    rawDatabase(
      path,
      'create table sessions (id text, a_session)',
      "create unique index some on sessions (id) where id > 'm'",
    )
    await expect(openDriver({ dataSource: path })).rejects.toThrow('is not unique')
  })
})

describe('what Perl wrote', () => {
  const whole = images.map(({ database, table }) => `${database} ${table}`)
  test.each([...new Set(whole)])('is read to the byte: %s', async (name) => {
    const [database = '', tableName = ''] = name.split(' ')
    const dataSource = join(newFolder(), 'copy.sqlite')
    copyFileSync(join(import.meta.dirname, `../fixtures/sqlite/${database}.sqlite`), dataSource)
    const driver = await openDriver({ dataSource, tableName })
    const expected = images.filter((image) => image.database === database && image.table === tableName)
    expect(await list(driver)).toEqual(expected.map(({ id }) => id).toSorted())
    for (const { id, length, sha256 } of expected) {
      const image = (await imageOf(driver, id)) ?? Buffer.alloc(0)
      expect([id, image.length, createHash('sha256').update(image).digest('hex')]).toEqual([
        id,
        length,
        sha256,
      ])
    }
  })
})

describe('shared with Perl', () => {
  test('reads and writes no time of expiry', async () => {
    const path = newPath()
    const alone = await openDriver({ dataSource: path })
    await alone.store('a', bytes('image'), 60)
    const shared = await openDriver({ dataSource: path, shared: true })
    expect([shared.touch, shared.purge]).toEqual([undefined, undefined])
    expect(await expiryOf(shared)).toBeUndefined()
    await shared.replace('a', bytes('image'), bytes('new'), 60)
    expect(await imageOf(alone, 'a')).toEqual(Buffer.from('new'))
    expect(await expiryOf(alone)).toBeUndefined()
    expect(await list(shared, 0)).toEqual(['a'])
  })

  test('leaves the journal mode of a file that is there', async () => {
    const path = newPath()
    rawDatabase(path, perlTable)
    await openDriver({ dataSource: path, shared: true })
    expect(firstRow(rawDatabase(path), 'pragma journal_mode')).toEqual({ journal_mode: 'delete' })
    await openDriver({ dataSource: path })
    expect(firstRow(rawDatabase(path), 'pragma journal_mode')).toEqual({ journal_mode: 'wal' })
  })
})

describe('ids that may have expired', () => {
  test('are those whose time is over and those without one, over many pages', async () => {
    const clock = new TestClock()
    const path = newPath()
    const driver = await openDriver({ dataSource: path }, clock)
    const raw = rawDatabase(path, 'begin')
    const expires = { gone: clock.seconds - 1, last: clock.seconds, never: 'null' }
    for (const [id, time] of Object.entries(expires)) {
      for (let number = 0; number < 1100; number++) {
        raw.exec(`insert into sessions values ('${id} ${number}', x'00', ${time})`)
      }
    }
    raw.exec('commit')
    const ids = await list(driver, clock.seconds)
    expect(ids.filter((id) => id.startsWith('gone'))).toHaveLength(1100)
    expect(new Set(ids).size).toBe(2200)
    expect(ids.some((id) => id.startsWith('last'))).toBe(false)

    expect(await driver.purge?.(clock.seconds)).toBe(1100)
    expect(await list(driver, clock.seconds)).toHaveLength(1100)
  })

  test('are found by rowids and times that JavaScript and JSON cannot write down', async () => {
    const path = newPath()
    const raw = rawDatabase(
      path,
      'create table sessions (number integer primary key, id text unique, a_session, expires datetime)',
      'begin',
    )
    for (let number = 0; number < 1001; number++) {
      raw.exec(
        `insert into sessions values (${2n ** 53n + BigInt(number)}, 'unknown ${number}', x'00', null)`,
      )
      raw.exec(
        `insert into sessions values (${-number - 1}, 'fraction ${number}', x'00', 0.1 + 0.2 + ${number})`,
      )
    }
    raw.exec("insert into sessions values (1, 'ever', x'00', 'indefinite')")
    raw.exec('commit')
    const driver = await openDriver({ dataSource: path })
    const ids = await list(driver, 2000)
    expect(ids).toHaveLength(2002)
    expect(new Set(ids).size).toBe(2002)
    expect(await driver.purge?.(2000)).toBe(1001)
  })
})

test('touch tells a record without change from one that is gone', async () => {
  const driver = await openDriver({ dataSource: ':memory:' })
  await driver.store('a', bytes('image'), 60)
  expect(await driver.touch?.('a', 60)).toBe(true)
  expect(await driver.touch?.('b', 60)).toBe(false)
})

test('a lifetime beyond all numbers is as good as for ever', async () => {
  const driver = await openDriver({ dataSource: ':memory:' })
  await driver.store('a', bytes('image'), Number.MAX_VALUE)
  expect(await expiryOf(driver)).toBeUndefined()
})

test('an id that is no whole text is refused', () => {
  const driver = new SQLite({ dataSource: ':memory:' }, Date.now)
  expect(() => driver.checkId('a\ud800')).toThrow(InvalidIdError)
  expect(() => driver.checkId('\u{1f600}')).not.toThrow()
})

test('close can be called twice and leaves one file', async () => {
  const path = newPath()
  const driver = await openDriver({ dataSource: path, sqliteClient: clients[0] })
  await driver.store('a', bytes('image'), 60)
  driver.close()
  driver.close()
  copyFileSync(path, `${path}.copy`)
  expect(await imageOf(await openDriver({ dataSource: `${path}.copy` }), 'a')).toEqual(Buffer.from('image'))
})

describe('options', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['no database', {}, "such as 'sessions.sqlite'"],
    ['an empty data source', { dataSource: '' }, "such as 'sessions.sqlite'"],
    ['a timeout below 0', { dataSource: 'x', timeout: -1 }, 'timeout'],
    ['a timeout that is no number', { dataSource: 'x', timeout: Number.NaN }, 'timeout'],
    ['a table without name', { dataSource: 'x', tableName: '' }, 'tableName'],
  ])('%s is refused', (_, options, reason) => {
    expect(() => new SQLite(options, Date.now)).toThrow(InvalidOptionError)
    expect(() => new SQLite(options, Date.now)).toThrow(reason)
  })

  test.each([{}, 5, { prepare: () => undefined }, () => undefined])('%s is no handle', async (dbh) => {
    await expect(new SQLite({ dbh }, Date.now).open()).rejects.toThrow(InvalidOptionError)
  })

  test('an unknown client is refused', async () => {
    const driver = new SQLite({ dataSource: ':memory:', sqliteClient: 'sqlite3' }, Date.now)
    await expect(driver.open()).rejects.toThrow(
      'sqliteClient must be one of node:sqlite, better-sqlite3, libsql',
    )
  })
})

test('what never expires is no candidate for a purge, what somebody else wrote is', async () => {
  const path = newPath()
  const driver = await openDriver({ dataSource: path })
  await driver.store('never', bytes('image'), undefined)
  rawDatabase(path).exec("insert into sessions (id, a_session) values ('theirs', x'00')")
  expect(await list(driver, Number.MAX_SAFE_INTEGER)).toEqual(['theirs'])
})
