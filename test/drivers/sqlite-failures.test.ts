import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { MissingStorageError } from '../../src/errors.ts'
import type { Connection } from '../../src/sqlite/connection.ts'
import { openingError, resultCode } from '../../src/sqlite/failures.ts'
import { applySettings } from '../../src/sqlite/settings.ts'
import { failure } from '../support/outcome.ts'
import { bytes, firstRow, imageOf, newFolder, newPath, openDriver, rawDatabase } from './sqlite-setup.ts'

describe('a database that cannot be opened', () => {
  test('for want of its folder says which', async () => {
    const folder = join(newFolder(), 'missing')
    const { message } = await failure(() => openDriver({ dataSource: join(folder, 'sessions.sqlite') }))
    expect(message).toContain(`there is no folder ${folder}. Make it first`)
  })

  test('since it is a folder', async () => {
    const { message } = await failure(() => openDriver({ dataSource: newFolder() }))
    expect(message).toContain('Check the path')
  })

  test('since it is something else', async () => {
    const path = newPath()
    writeFileSync(path, 'This is a letter to the reader. '.repeat(100))
    const { message } = await failure(() => openDriver({ dataSource: path }))
    expect(message).toContain(`SQLite database ${path}: file is not a database`)
  })
})

describe('a write that is refused', () => {
  test('for want of space says so, and leaves what was there', async () => {
    const raw = rawDatabase(newPath())
    const driver = await openDriver({ dbh: raw })
    await driver.store('a', bytes('image'), 60)
    const { page_count } = firstRow(raw, 'pragma page_count')
    raw.exec(`pragma max_page_count = ${Number(page_count)}`)
    const large = new Uint8Array(100_000)
    const writes = [
      () => driver.store('a', large, 60),
      () => driver.create('b', large, 60),
      () => driver.replace('a', bytes('image'), large, 60),
    ]
    for (const write of writes) {
      expect((await failure(write)).message).toContain('full. Free some space')
      expect(await imageOf(driver, 'a')).toEqual(Buffer.from('image'))
      expect(await driver.retrieve('b')).toBeUndefined()
    }
    raw.exec('pragma max_page_count = 1000000')
    expect(await driver.replace('a', bytes('image'), large, 60)).toBe('done')
  })

  test('since there is no space for the table leaves no half of it', async () => {
    const raw = rawDatabase(newPath(), 'create table other (a)', 'pragma max_page_count = 4')
    await failure(() => openDriver({ dbh: raw }))
    expect(firstRow(raw, 'select group_concat(name) as names from sqlite_master')).toEqual({ names: 'other' })
    raw.exec('pragma max_page_count = 100')
    await (await openDriver({ dbh: raw })).store('a', bytes('image'), 60)
  })

  test('since the database may only be read says so', async () => {
    const raw = rawDatabase(newPath())
    const driver = await openDriver({ dbh: raw })
    await driver.store('a', bytes('image'), 60)
    raw.exec('pragma query_only = 1')
    expect((await failure(() => driver.remove('a'))).message).toContain('Check who may write the file')
    expect(await imageOf(driver, 'a')).toEqual(Buffer.from('image'))
  })

  test('by a rule of the table says so', async () => {
    const path = newPath()
    rawDatabase(path, 'create table sessions (id text primary key, a_session blob, owner text not null)')
    const driver = await openDriver({ dataSource: path })
    expect((await failure(() => driver.create('a', bytes('image'), 60))).message).toContain(
      'sessions.owner. The table has a rule',
    )
  })
})

test('a damaged file is an error, not absence', async () => {
  const path = newPath()
  const raw = rawDatabase(path, 'pragma page_size = 4096')
  const driver = await openDriver({ dbh: raw })
  await driver.store('a', bytes('image'), 60)
  raw.exec('vacuum')
  const { rootpage } = firstRow(raw, "select rootpage from sqlite_master where name = 'sessions'")
  const file = await open(path, 'r+')
  await file.write(Buffer.alloc(4096, 'x'), 0, 4096, (Number(rootpage) - 1) * 4096)
  await file.close()
  const again = await openDriver({ dataSource: path })
  expect((await failure(() => again.retrieve('a'))).message).toContain('The file is damaged')
})

test('a table that has gone is an error, not absence', async () => {
  const path = newPath()
  const driver = await openDriver({ dataSource: path })
  rawDatabase(path, 'drop table sessions')
  expect((await failure(() => driver.retrieve('a'))).message).toContain('no such table')
})

describe('settings', () => {
  const synchronous = (fsync: boolean, shared: boolean, ...statements: string[]) => {
    const raw = rawDatabase(newPath(), ...statements)
    applySettings(raw, { fsync, shared, mustExist: false })
    return firstRow(raw, 'pragma synchronous').synchronous
  }
  const normal = 1
  const full = 2

  test('leave out fsync only where that cannot damage the database', () => {
    expect(synchronous(false, false)).toBe(normal)
    expect(synchronous(true, false)).toBe(full)
    expect(synchronous(false, true)).toBe(normal)
    expect(synchronous(false, true, 'create table there (already)')).toBe(full)
  })

  test('make and change nothing if all must exist', async () => {
    const path = newPath()
    const opening = () => openDriver({ dataSource: path, mustExist: true })
    await expect(opening()).rejects.toThrow(MissingStorageError)
    expect(existsSync(path)).toBe(false)

    rawDatabase(path, 'create table other (id text)')
    const before = readFileSync(path)
    await expect(opening()).rejects.toThrow('The table sessions is not there')
    expect(readFileSync(path)).toEqual(before)

    rawDatabase(path, 'create table sessions (id text primary key, a_session blob)')
    await (await opening()).close()
    expect(firstRow(rawDatabase(path), 'pragma journal_mode').journal_mode).toBe('delete')
  })

  test('let a file that may only be read be', () => {
    const executed: string[] = []
    const readOnly: Connection = {
      prepare: (sql) => ({
        get: () => {
          if (sql.includes('= wal')) throw Object.assign(new Error('readonly'), { code: 'SQLITE_READONLY' })
          return { journal_mode: 'delete' }
        },
        all: () => [],
        run: () => ({ changes: 0 }),
      }),
      exec: (sql) => executed.push(sql),
      close: () => undefined,
    }
    applySettings(readOnly, { fsync: false, shared: false, mustExist: false })
    expect(executed.at(-1)).toBe('pragma synchronous = full')
  })
})

describe('result codes', () => {
  test.each([
    ['node:sqlite', { code: 'ERR_SQLITE_ERROR', errcode: 517 }, 'BUSY'],
    ['better-sqlite3', { code: 'SQLITE_BUSY_SNAPSHOT' }, 'BUSY'],
    ['libsql', { code: 'SQLITE_LOCKED_SHAREDCACHE', rawCode: 262 }, 'LOCKED'],
    ['libsql, not known to it', { code: 'UNKNOWN_SQLITE_ERROR_1544', rawCode: 1544 }, 'READONLY'],
    [
      'libsql at opening',
      { message: 'ConnectionFailed("Unable to open connection to local database x: 14")' },
      'CANTOPEN',
    ],
    ['anything else', new TypeError('no'), undefined],
    ['nothing', undefined, undefined],
  ])('of %s', (_, error, code) => {
    expect(resultCode(error)).toBe(code)
  })

  test('an error of opening keeps its cause', () => {
    const cause = new TypeError('Cannot open database because the directory does not exist')
    expect(openingError('SQLite database', '/no/such/folder/x', cause)).toMatchObject({ cause })
  })
})
