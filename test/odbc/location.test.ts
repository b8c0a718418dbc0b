import { describe, expect, test } from 'vitest'
import { InvalidOptionError } from '../../src/errors.ts'
import {
  parseConnectionString,
  withDefaults,
  writeConnectionString,
} from '../../src/odbc/connection-string.ts'
import { locateOdbc } from '../../src/odbc/location.ts'

describe('where a database behind ODBC is', () => {
  const cases: [given: Record<string, unknown>, string: string, called: string][] = [
    [{ dataSource: 'dbi:ODBC:shop' }, 'DSN=shop', 'ODBC data source shop'],
    [{ dataSource: 'DSN=shop;UID=me', password: 'secret' }, 'DSN=shop;UID=me;PWD=secret', 'source shop'],
    [
      {
        dataSource: 'dbi:ODBC(RaiseError=>1):DSN=shop;UID=me;PWD=other',
        username: 'you',
        password: 's;}ecret',
      },
      'DSN=shop;UID=you;PWD={s;}}ecret}',
      'source shop',
    ],
    [
      { dataSource: 'dbi:ODBC:driver={PostgreSQL Unicode};Server=db.example;Port=5433;Database=app' },
      'driver=PostgreSQL Unicode;Server=db.example;Port=5433;Database=app',
      'database app on db.example:5433',
    ],
    [
      { dataSource: 'DRIVER=SQLite3;Database=/var/lib/app/sessions.sqlite' },
      'DRIVER=SQLite3;Database=/var/lib/app/sessions.sqlite',
      'database /var/lib/app/sessions.sqlite',
    ],
    [
      // As an option hash of a Perl program has it.
      {
        host: 'db.example',
        port: '3306',
        dataSourceAttrs: { connectionString: 'Driver=MariaDB;Database=app', LongReadLen: 9, odbc_utf8_on: 1 },
      },
      'Driver=MariaDB;Database=app;Server=db.example;Port=3306',
      'database app on db.example:3306',
    ],
  ]

  test.each(cases)('%j', (given, string, called) => {
    const location = locateOdbc(given)
    expect(writeConnectionString(location.keywords)).toBe(string)
    expect(location.called).toContain(called)
    expect(location.called).not.toContain('ecret')
  })

  test.each([
    [{}, 'driver:ODBC needs the option dataSource'],
    [{ dataSource: 'dbi:ODBC:' }, 'driver:ODBC needs the option dataSource'],
    [{ dataSource: 'dbi:Pg:dbname=app' }, 'this one begins with dbi:Pg:'],
    [{ dataSource: 'postgres://me:secret@host/app' }, 'this one begins with postgres:'],
    [{ dataSource: 'DSN=shop', socket: '/run/socket' }, 'takes no option socket'],
  ])('%j is refused', (given, message) => {
    expect(() => locateOdbc(given)).toThrow(InvalidOptionError)
    expect(() => locateOdbc(given)).toThrow(message)
    expect(() => locateOdbc(given)).not.toThrow('secret')
  })
})

test('a connection string is read and written again, and what it says goes before what is usual', () => {
  const keywords = parseConnectionString(' DSN = shop ; pwd={a;b}}c}; Port=5;port=6;')
  expect(writeConnectionString(keywords)).toBe('DSN=shop;pwd={a;b}}c};Port=5')
  expect(writeConnectionString(withDefaults(keywords, { PORT: 7, Timeout: 8 }))).toBe(
    'DSN=shop;pwd={a;b}}c};Port=5;Timeout=8',
  )
})
