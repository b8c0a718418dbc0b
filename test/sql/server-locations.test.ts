import { describe, expect, test } from 'vitest'
import { InvalidOptionError } from '../../src/errors.ts'
import { locateMysql } from '../../src/mysql/location.ts'
import { locatePg } from '../../src/pg/location.ts'

describe('where a PostgreSQL is', () => {
  const cases: [given: Record<string, unknown>, config: Record<string, unknown>, called: string][] = [
    [
      { dataSource: 'dbi:Pg:dbname=app;host=db.example;port=5433', username: 'me', password: 'secret' },
      { database: 'app', host: 'db.example', port: 5433, user: 'me', password: 'secret' },
      'app on db.example:5433',
    ],
    [
      { dataSource: 'dbi:Pg(RaiseError=>1):db=app;hostaddr=10.0.0.1;user=a;password=b;sslmode=require' },
      { database: 'app', host: '10.0.0.1', user: 'a', password: 'b', ssl: { rejectUnauthorized: false } },
      'app on 10.0.0.1:5432',
    ],
    [
      { dataSource: 'dbi:Pg:database=app', socket: '/var/run/postgresql' },
      { database: 'app', host: '/var/run/postgresql' },
      'app on /var/run/postgresql:5432',
    ],
    [
      { dataSource: 'dbi:Pg:database=app', socket: '/tmp/.s.PGSQL.6543' },
      { database: 'app', host: '/tmp', port: 6543 },
      'app on /tmp:6543',
    ],
    [
      { dataSource: 'postgres://me:secret@db.example:5433/app?sslmode=disable' },
      { connectionString: 'postgres://me:secret@db.example:5433/app?sslmode=disable' },
      'app on db.example:5433',
    ],
    [
      { dataSource: 'postgresql:///app', username: 'me', socket: '/run/pg' },
      { connectionString: 'postgresql:///app?user=me&host=%2Frun%2Fpg' },
      'app on',
    ],
    [
      // As an option hash of a Perl program has it.
      {
        host: 'db.example',
        port: '5433',
        dataSourceAttrs: { database: 'app', AutoCommit: 1, pg_enable_utf8: 1, max: 3 },
      },
      { host: 'db.example', port: 5433, database: 'app', max: 3 },
      'app on db.example:5433',
    ],
  ]

  test.each(cases)('%j', (given, config, called) => {
    const location = locatePg(given)
    expect(location.config).toEqual(config)
    expect(location.called).toContain(called)
    expect(location.called).not.toContain('secret')
  })

  test.each([
    [{ dataSource: 'dbi:mysql:database=app' }, 'this one begins with dbi:mysql:'],
    [{ dataSource: 'mysql://me:secret@host/app' }, 'this one begins with mysql:'],
    [{ dataSource: 'app' }, 'neither a URL nor a data source of Perl'],
    [{ host: 'db.example', port: 'many' }, 'port must be a whole number'],
    [{ host: 5 }, 'host must be text'],
  ])('%j is refused', (given, message) => {
    expect(() => locatePg(given)).toThrow(InvalidOptionError)
    expect(() => locatePg(given)).toThrow(message)
    expect(() => locatePg(given)).not.toThrow('secret')
  })
})

describe('where a MySQL is', () => {
  const cases: [given: Record<string, unknown>, config: Record<string, unknown>, called: string][] = [
    [
      { dataSource: 'dbi:mysql:database=app;host=db.example;port=3307', username: 'me', password: 'secret' },
      { database: 'app', host: 'db.example', port: 3307, user: 'me', password: 'secret' },
      'app on db.example:3307',
    ],
    [
      { dataSource: 'dbi:mysql:dbname=app;mysql_socket=/run/mysqld/mysqld.sock' },
      { database: 'app', socketPath: '/run/mysqld/mysqld.sock' },
      'app on /run/mysqld/mysqld.sock',
    ],
    [
      { dataSource: 'dbi:mysql:dbname=app;host=elsewhere;mysql_socket=/run/mysqld/mysqld.sock' },
      { database: 'app', host: 'elsewhere' },
      'app on elsewhere:3306',
    ],
    [
      { dataSource: 'dbi:MariaDB:app:db.example:3307' },
      { database: 'app', host: 'db.example', port: 3307 },
      'app on',
    ],
    [
      { dataSource: 'dbi:mysql:test;host=localhost', socket: '/tmp/s' },
      { database: 'test', host: 'localhost', socketPath: '/tmp/s' },
      'test on /tmp/s',
    ],
    [
      { dataSource: 'mysql://me:se%40cret@db.example/app?connectionLimit=3', host: 'other' },
      { user: 'me', password: 'se@cret', database: 'app', host: 'other', connectionLimit: 3 },
      'app on other:3306',
    ],
    [
      { dataSourceAttrs: { host: 'h', database: 'app', mysql_enable_utf8: 1, RaiseError: 1 } },
      { host: 'h', database: 'app' },
      'app on h:3306',
    ],
  ]

  test.each(cases)('%j', (given, config, called) => {
    const location = locateMysql(given)
    expect(location.config).toEqual(config)
    expect(location.called).toContain(called)
    expect(location.called).not.toContain('cret')
  })

  test('nowhere is refused', () => {
    expect(() => locateMysql({})).toThrow('driver:mysql needs the option dataSource')
    expect(() => locateMysql({ dataSource: 'dbi:Pg:dbname=app' })).toThrow('begins with dbi:Pg:')
  })
})
