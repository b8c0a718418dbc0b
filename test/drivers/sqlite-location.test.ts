import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { InvalidOptionError } from '../../src/errors.ts'
import { locateDatabase } from '../../src/sqlite/location.ts'

const absolute = resolve('/var/lib/my app/sessions.sqlite')

test.each([
  ['sessions.sqlite', 'sessions.sqlite'],
  [absolute, absolute],
  ['C:\\data\\sessions.sqlite', 'C:\\data\\sessions.sqlite'],
  ['a=b;c.sqlite', 'a=b;c.sqlite'],
  [':memory:', ':memory:'],
  [`dbi:SQLite:${absolute}`, absolute],
  [`dbi:SQLite:dbname=${absolute}`, absolute],
  [`DBI:sqlite:database=${absolute}`, absolute],
  [`dbi:SQLite:db=${absolute};sqlite_unicode=1`, absolute],
  ['dbi:SQLite(RaiseError=>1):dbname=:memory:', ':memory:'],
  [`dbi:SQLite:uri=${pathToFileURL(absolute).href}`, absolute],
  [pathToFileURL(absolute).href, absolute],
  ['file:my%20sessions.sqlite', 'my sessions.sqlite'],
  ['FILE::memory:', ':memory:'],
])('%s is %s', (dataSource, path) => {
  expect(locateDatabase(dataSource)).toBe(path)
})

test.each([
  [undefined, "such as 'sessions.sqlite'"],
  [5, "such as 'sessions.sqlite'"],
  ['dbi:SQLite:', 'names no file'],
  ['dbi:SQLite:dbname=', 'names no file'],
  ['dbi:SQLite:sqlite_unicode=1', 'names no file'],
  ['a\0b', 'names no file'],
  ['dbi:Pg:dbname=app;password=secret', 'another kind of database than SQLite: dbi:Pg'],
  ['postgres://user:secret@host/app', 'another kind of database than SQLite: postgres:'],
  ['file:///data.sqlite?mode=ro', 'must not have parameters'],
  ['file:%zz', 'no valid file URL'],
])('%j is refused', (dataSource, reason) => {
  expect(() => locateDatabase(dataSource)).toThrow(InvalidOptionError)
  expect(() => locateDatabase(dataSource)).toThrow(reason)
  expect(() => locateDatabase(dataSource)).not.toThrow('secret')
})
