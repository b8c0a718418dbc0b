import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { placeOf } from '../../src/cli/doctor/locate.ts'
import { copyOf, newFolder } from './data-session.ts'

test.each([
  ['postgres://ann@db.example/shop', 'Pg'],
  ['postgresql://db.example/shop', 'Pg'],
  ['mysql://db.example/shop', 'mysql'],
  ['mariadb://db.example/shop', 'mysql'],
  ['redis://db.example/0', 'Redis'],
  ['rediss://db.example', 'Redis'],
  ['redis+sentinel://one,two/shop', 'Redis'],
  ['unix:/run/redis.sock', 'Redis'],
  ['memcached://db.example', 'Memcached'],
  ['dbi:SQLite:dbname=/srv/sessions.sqlite', 'SQLite'],
  ['DBI:Pg(RaiseError=>1):dbname=shop', 'Pg'],
  ['dbi:MariaDB:database=shop', 'mysql'],
  ['dbi:ODBC:DSN=shop', 'ODBC'],
])('%s is of driver:%s', (dataSource, driver) => {
  expect(placeOf(dataSource, {}, '/')).toEqual({ driver, options: { dataSource } })
})

/** A file with these bytes at this place. */
function fileWith(at: number, ...bytes: number[]): string {
  const path = join(newFolder(), 'file')
  writeFileSync(path, Buffer.concat([Buffer.alloc(at), Buffer.from(bytes), Buffer.alloc(100)]))
  return path
}

test('a file is recognized by its first bytes', () => {
  const sqlite = join(copyOf('sqlite'), 'data-session.sqlite')
  for (const [path, driver] of [
    [sqlite, 'SQLite'],
    [fileWith(12, 0x61, 0x15, 0x06, 0), 'BerkeleyDB'],
    [fileWith(12, 0, 0x05, 0x31, 0x62), 'BerkeleyDB'],
    [fileWith(0, 0x61, 0x15, 0x06, 0), 'BerkeleyDB'],
    [fileWith(16, 0xde, 0xc0, 0xef, 0xbe), 'LMDB'],
  ] as const) {
    expect([driver, placeOf(path, {}, '/')]).toEqual([driver, { driver, options: { dataSource: path } }])
  }
  expect(placeOf(pathToFileURL(sqlite).href, {}, '/').driver).toBe('SQLite')
  expect(() => placeOf(fileWith(4), {}, '/')).toThrow('is no database that is known')
})

test('a path may be relative, a folder, and a socket', async () => {
  const folder = newFolder()
  mkdirSync(join(folder, 'sessions'))
  const directory = join(folder, 'sessions')
  expect(placeOf('sessions', {}, folder)).toEqual({ driver: 'File', options: { directory } })

  mkdirSync(join(folder, 'lmdb'))
  copyFileSync(fileWith(16, 0xde, 0xc0, 0xef, 0xbe), join(folder, 'lmdb', 'data.mdb'))
  expect(placeOf('lmdb', {}, folder).driver).toBe('LMDB')

  const server = createServer().listen(join(folder, 'socket'))
  onTestFinished(() => void server.close())
  await new Promise((ready) => server.once('listening', ready))
  expect(placeOf('socket', {}, folder).driver).toBe('Redis')
})

test('a type string says which driver it is', () => {
  const type = 'driver:SQLite;serialize:JSON'
  expect(placeOf('x', { type }, '/')).toEqual({ driver: 'SQLite', options: { dataSource: 'x' } })
  expect(placeOf('x', { type: 'd:file' }, '/')).toEqual({ driver: 'file', options: { directory: 'x' } })
  expect(placeOf(undefined, { type, dataSource: 'y' }, '/')).toEqual({ driver: 'SQLite', options: {} })
})
