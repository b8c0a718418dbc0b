import { spawnSync } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import BerkeleyDB from '../../drivers/BerkeleyDB.ts'
import { InvalidOptionError, LockTimeoutError, MissingPackageError } from '../../src/errors.ts'
import { findFlock } from '../../src/files/find-flock.ts'
import { SessionStore } from '../../src/index.ts'
import { Spool } from '../../src/berkeley-db/spool.ts'
import { isMissing, isPerlMissing, problemsOf } from '../berkeley-db/here.ts'
import { newDriver, textOf } from '../berkeley-db/new-driver.ts'
import { newFolder } from '../files/folder.ts'
import { all, image, silent } from '../files/new-file-driver.ts'

test('libdb and Perl are here when everything is required', () => {
  if (process.env['CI_REQUIRE_ALL'] === '1') expect([isMissing, isPerlMissing]).toEqual([false, false])
})

describe('options', () => {
  test.each([
    [{}, /needs the option dataSource/],
    [{ dataSource: 'a\0b' }, /is no path/],
    [{ cache: 5 }, /cache must be the path/],
    [{ cache: {} }, /cache must be the path/],
    [{ cache: { get() {}, put() {}, del() {} } }, /get, put, del and keys/],
    [{ cache: { home: '/tmp/x', filename: 5 } }, /cache must be the path/],
    [{ cache: 'a.db', dataSource: 'b.db' }, /leave out dataSource and directory/],
    [{ dataSource: 'a.db', accessMethod: 'Recno' }, /accessMethod must be 'Hash' or 'Btree'/],
    [{ dataSource: 'a.db', timeout: 0 }, /timeout must be/],
    [{ dataSource: 'a.db', umask: 'rw' }, /'umask' must be/],
  ])('%j', (options, message) => {
    expect(() => new BerkeleyDB(options, silent)).toThrow(InvalidOptionError)
    expect(() => new BerkeleyDB(options, silent)).toThrow(message)
  })

  test('no conditional writes over an object', () => {
    const cache = { get() {}, put() {}, del() {}, keys() {} }
    const { create, replace, removeIf } = new BerkeleyDB({ cache }, silent)
    expect([create, replace, removeIf]).toEqual([undefined, undefined, undefined])
  })
})

describe.skipIf(isMissing)('where it is', () => {
  test.each([
    ['dataSource', (folder: string) => ({ dataSource: join(folder, 'x.db') }), 'x.db'],
    ['a path as cache', (folder: string) => ({ cache: join(folder, 'x.db') }), 'x.db'],
    ['directory', (folder: string) => ({ directory: folder }), 'sessions.db'],
    ['directory and dataSource', (folder: string) => ({ directory: folder, dataSource: 'x.db' }), 'x.db'],
    ['home as cache', (folder: string) => ({ cache: { home: folder } }), 'sessions.db'],
    ['home and filename as cache', (home: string) => ({ cache: { home, filename: 'x.db' } }), 'x.db'],
    [
      'an absolute path outside of the environment',
      (folder: string) => ({ directory: join(folder, 'home'), dataSource: join(folder, 'x.db') }),
      'x.db',
    ],
  ])('%s', async (_, options, file) => {
    const folder = newFolder()
    const driver = await newDriver(options(folder))
    await driver.store('id', image('x'))
    await driver.close()
    expect(problemsOf(join(folder, file))).toBe('')
    const again = await newDriver(options(folder))
    expect(await all(again.ids())).toEqual(['id'])
  })

  test('an environment is made with its folders, and new files with the mode of umask', async () => {
    const directory = join(newFolder(), 'a', 'b')
    const driver = await newDriver({ directory, umask: '0600' })
    await driver.store('id', image('x'))
    expect(statSync(join(directory, 'sessions.db')).mode & 0o777).toBe(0o600)
    expect(statSync(directory).mode & 0o777).toBe(0o700)
    expect(readdirSync(directory).filter((name) => name.startsWith('__db.')).length).toBeGreaterThan(0)
  })

  test('a file by itself lies with its lock file, and is made by the first write', async () => {
    const folder = newFolder()
    const driver = await newDriver({ dataSource: join(folder, 'x.db') })
    expect(await driver.retrieve('id')).toBeUndefined()
    expect(await all(driver.ids())).toEqual([])
    expect(readdirSync(folder)).toEqual(['x.db.lck'])
    await driver.store('id', image('x'))
    expect(readdirSync(folder).sort()).toEqual(['x.db', 'x.db.lck'])
  })

  test('Hash is what is made, Btree if that is asked for, and what is there is used as it is', async () => {
    const folder = newFolder()
    for (const accessMethod of ['Hash', 'Btree']) {
      const dataSource = join(folder, accessMethod)
      const driver = await newDriver({ dataSource, ...(accessMethod === 'Btree' && { accessMethod }) })
      await driver.store('id', image('x'))
      expect(readFileSync(dataSource).readUInt32LE(12).toString(16)).toBe(
        accessMethod === 'Hash' ? '61561' : '53162',
      )
      const other = await newDriver({ dataSource, accessMethod: accessMethod === 'Hash' ? 'Btree' : 'Hash' })
      await other.store('id', image('y'))
      expect(await textOf(driver, 'id')).toBe('y')
      expect(await all(other.ids())).toEqual(['id'])
    }
  })

  test('the store takes the options, and lists, updates and purges', async () => {
    const store = await SessionStore.open<{ n: number }>({
      type: 'driver:BerkeleyDB;id:SHA256;serialize:JSON',
      directory: newFolder(),
      access_method: 'Btree',
    })
    const session = await store.create()
    session.param('n', 1)
    session.expire(-1)
    await session.flush()
    const other = await store.create()
    other.param('n', 1)
    await other.flush()
    await Promise.all(
      Array.from({ length: 20 }, () => store.update(other.id, (s) => s.param('n', s.param('n')! + 1))),
    )
    expect((await store.load(other.id)).param('n')).toBe(21)
    expect(await store.purge()).toBe(1)
    expect(await all(store.ids())).toEqual([other.id])
    await store.close()
  })
})

describe.skipIf(isMissing)('what is no place for sessions is refused, and stays as it is', () => {
  /** The first page of a file, as libdb would write it. */
  function header(magic: number, version: number, { flags = 0, encryption = 0 } = {}): Buffer {
    const bytes = Buffer.alloc(4096)
    bytes.writeUInt32LE(magic, 12)
    bytes.writeUInt32LE(version, 16)
    bytes.writeUInt32LE(4096, 20)
    bytes[24] = encryption
    bytes.writeUInt32LE(flags, 48)
    return bytes
  }

  test.each<[string, Buffer, RegExp]>([
    ['text', Buffer.from('not a database'), /it is not a Berkeley DB file, or it is damaged/],
    ['noise', Buffer.alloc(8192, 0xa5), /it is not a Berkeley DB file/],
    ['a Hash cut short', header(0x061561, 9).subarray(0, 40), /it is not a Berkeley DB file/],
    ['a Queue', header(0x042253, 4), /it is a Queue, and sessions need a Hash or a Btree/],
    ['a Hash of libdb 6', header(0x061561, 10), /version 10 of Hash, and libdb 5.3 uses 8 and 9/],
    ['an encrypted Hash', header(0x061561, 9, { encryption: 1 }), /it is encrypted/],
    ['several databases', header(0x053162, 9, { flags: 0x20 }), /it holds several databases/],
  ])('%s', async (_, bytes, message) => {
    const folder = newFolder()
    const dataSource = join(folder, 'sessions.db')
    writeFileSync(dataSource, bytes)
    for (const options of [{ dataSource }, { directory: folder }]) {
      const driver = new BerkeleyDB(options, silent)
      const error: unknown = await driver.open().catch((error: unknown) => error)
      expect(error).toMatchObject({
        code: 'ERR_SESSION_STORAGE',
        message: expect.stringMatching(message) as string,
      })
      expect(readFileSync(dataSource)).toEqual(bytes)
    }
  })

  test.skipIf(isPerlMissing).each([
    ['Recno', 'BerkeleyDB::Recno->new(-Filename => $ARGV[0], -Flags => DB_CREATE)', /it is a Recno/],
    [
      'Queue',
      'BerkeleyDB::Queue->new(-Filename => $ARGV[0], -Flags => DB_CREATE, -Len => 10)',
      /it is a Queue/,
    ],
    [
      'Hash with duplicates',
      'BerkeleyDB::Hash->new(-Filename => $ARGV[0], -Flags => DB_CREATE, -Property => DB_DUP)',
      /several records under one key/,
    ],
    [
      'Btree with duplicates',
      'BerkeleyDB::Btree->new(-Filename => $ARGV[0], -Flags => DB_CREATE, -Property => DB_DUP)',
      /several records under one key/,
    ],
    [
      'Hash with a name',
      'BerkeleyDB::Hash->new(-Filename => $ARGV[0], -Subname => "x", -Flags => DB_CREATE)',
      /it holds several databases/,
    ],
  ])('a %s that Perl made', async (_, statement, message) => {
    const dataSource = join(newFolder(), 'sessions.db')
    const { status, stderr } = spawnSync('perl', ['-MBerkeleyDB', '-e', `${statement} or die`, dataSource], {
      encoding: 'utf8',
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    await expect(new BerkeleyDB({ dataSource }, silent).open()).rejects.toThrow(message)
  })

  test.skipIf(isPerlMissing)('an environment with transactions', async () => {
    const directory = newFolder()
    const flags = 'DB_CREATE | DB_INIT_TXN | DB_INIT_LOG | DB_INIT_LOCK | DB_INIT_MPOOL'
    const program = `BerkeleyDB::Env->new(-Home => $ARGV[0], -Flags => ${flags}) or die`
    expect(spawnSync('perl', ['-MBerkeleyDB', '-e', program, directory]).status).toBe(0)
    await expect(new BerkeleyDB({ directory }, silent).open()).rejects.toThrow('Concurrent Data Store')
  })

  test('a folder that is not there, for a file by itself', async () => {
    const driver = await newDriver({ dataSource: join(newFolder(), 'none', 'x.db') })
    await expect(driver.store('id', image('x'))).rejects.toMatchObject({ code: 'ERR_SESSION_STORAGE' })
  })

  test('a link in the place of the lock file', async () => {
    const folder = newFolder()
    const driver = await newDriver({ dataSource: join(folder, 'x.db') })
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'x.db.lck'))
    await expect(driver.store('id', image('x'))).rejects.toMatchObject({ code: 'ERR_SESSION_STORAGE' })
    expect(readdirSync(folder)).toEqual(['x.db.lck'])
  })

  test('a file that somebody spoils later', async () => {
    const dataSource = join(newFolder(), 'x.db')
    const driver = await newDriver({ dataSource })
    await driver.store('id', image('x'))
    writeFileSync(dataSource, 'spoilt')
    await expect(driver.retrieve('id')).rejects.toThrow('is not a Berkeley DB file')
    await expect(driver.store('id', image('y'))).rejects.toThrow('is not a Berkeley DB file')
    expect(readFileSync(dataSource, 'utf8')).toBe('spoilt')
    rmSync(dataSource)
    mkdirSync(dataSource)
    await expect(driver.retrieve('id')).rejects.toMatchObject({ code: 'ERR_SESSION_STORAGE' })
  })
})

describe.skipIf(isMissing)('waiting', () => {
  test('for the lock of a file that somebody keeps is an error after the timeout, and the loop turns', async () => {
    const dataSource = join(newFolder(), 'x.db')
    const driver = await newDriver({ dataSource, timeout: 200 })
    await driver.store('id', image('x'))
    const lock = openSync(`${dataSource}.lck`, 'r+')
    expect(await findFlock()!.tryLock(lock, 'exclusive')).toBe(true)
    let ticks = 0
    const ticking = setInterval(() => (ticks += 1), 1)
    const results = await Promise.allSettled<unknown>([driver.retrieve('id'), driver.store('id', image('y'))])
    clearInterval(ticking)
    closeSync(lock)
    for (const result of results) {
      expect(result.status === 'rejected' && result.reason).toBeInstanceOf(LockTimeoutError)
    }
    expect(ticks).toBeGreaterThan(5)
    const patient = await newDriver({ dataSource })
    expect(await textOf(patient, 'id')).toBe('x')
  })

  test('calls on a closed driver say so', async () => {
    const driver = await newDriver({ directory: newFolder() })
    await driver.close()
    expect(() => driver.retrieve('id')).toThrow('is closed')
    await driver.close()
  })

  test('close waits for what is under way', async () => {
    const directory = newFolder()
    const driver = await newDriver({ directory })
    const writes = Array.from({ length: 20 }, (_, n) => driver.store(`id-${n}`, image('x')))
    const listing = all(driver.ids())
    await Promise.all([driver.close(), ...writes, listing])
    const again = await newDriver({ directory })
    expect(await all(again.ids())).toHaveLength(20)
  })
})

describe('without', () => {
  test('libdb it says what to install', async () => {
    vi.resetModules()
    vi.doMock('koffi', () => ({
      sizeof: () => 8,
      load: (name: string) => {
        throw new Error(`${name}: cannot open shared object file`)
      },
    }))
    try {
      const { default: Driver } = await import('../../drivers/BerkeleyDB.ts')
      const opening = new Driver({ dataSource: join(newFolder(), 'x.db') }, silent).open()
      await expect(opening).rejects.toThrow('needs the library libdb 5.3')
      await expect(opening).rejects.toThrow('apt install libdb5.3')
      await expect(opening).rejects.toMatchObject({ name: MissingPackageError.name })
    } finally {
      vi.doUnmock('koffi')
      vi.resetModules()
    }
  })
})

describe('an object as cache', () => {
  function simple(records: Record<string, string | Buffer>, more: object = {}): object {
    return {
      get: async (id: string) => records[id] ?? null,
      put: async (id: string, bytes: Buffer) => void (records[id] = bytes),
      del: async (id: string) => void delete records[id],
      keys: async () => Object.keys(records),
      ...more,
    }
  }

  test('may give text for bytes and say nothing of what it removed', async () => {
    const records: Record<string, string | Buffer> = { old: 'café' }
    const driver = await newDriver({ cache: simple(records) })
    expect(await textOf(driver, 'old')).toBe('café')
    expect(await driver.remove('old')).toBe(true)
    expect(await driver.remove('old')).toBe(false)
    await driver.store('new', image('x'))
    expect(records).toEqual({ new: Buffer.from('x') })
    expect(await all(driver.ids())).toEqual(['new'])
  })

  test('is left as it is by close, and its errors are errors of the storage', async () => {
    const reason = new Error('out of order')
    const fails = () => Promise.reject(reason)
    const driver = await newDriver({
      cache: simple({}, { get: fails, put: fails, keys: fails, close: fails }),
    })
    for (const work of [driver.retrieve('id'), driver.store('id', image('x')), all(driver.ids())]) {
      await expect(work).rejects.toMatchObject({ code: 'ERR_SESSION_STORAGE', cause: reason })
    }
    await driver.close()
  })

  test('that gives neither bytes nor text is an error', async () => {
    const driver = await newDriver({ cache: simple({}, { get: () => ({ an: 'object' }) }) })
    await expect(driver.retrieve('id')).rejects.toThrow('something else than bytes or text')
  })

  test('serves a store, which makes its conditional writes', async () => {
    const store = await SessionStore.open<{ n: number }>({
      type: 'driver:BerkeleyDB;id:SHA256;serialize:JSON',
      cache: simple({}),
    })
    const session = await store.create()
    session.param('n', 0)
    await session.flush()
    await Promise.all(
      Array.from({ length: 10 }, () => store.update(session.id, (s) => s.param('n', s.param('n')! + 1))),
    )
    expect((await store.load(session.id)).param('n')).toBe(10)
    await store.close()
  })
})

describe('the spool', () => {
  test.each([0, 1, 1000, 20_000])('tells %i texts as they were noted', (count) => {
    const spool = new Spool()
    const textAt = (number: number) => `${number}`.repeat(number % 40)
    for (let number = 0; number < count; number += 1) spool.add(Buffer.from(textAt(number)))
    const told = Array.from(spool.all(), String)
    spool.close()
    expect(told).toHaveLength(count)
    expect(told.filter((text, number) => text !== textAt(number))).toEqual([])
  })

  test('takes texts that are larger than its memory', () => {
    const spool = new Spool()
    const texts = ['small', 'x'.repeat(300_000), 'between', 'y'.repeat(200_000), '']
    for (const text of texts) spool.add(Buffer.from(text))
    expect(Array.from(spool.all(), String)).toEqual(texts)
    spool.close()
  })
})
