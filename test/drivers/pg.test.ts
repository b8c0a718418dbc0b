import { describe, expect, test } from 'vitest'
import Pg from '../../drivers/Pg.ts'
import { InvalidOptionError, StorageError } from '../../src/errors.ts'
import { isMissing } from '../services/index.ts'
import { bytes, imageOf, openOn, postgresServer } from '../sql/servers.ts'
import { tableTests } from '../sql/table-tests.ts'

tableTests(postgresServer, {
  plain: 'id char(32) primary key, a_session bytea',
  refused: {
    'ids that are numbers': ['id bigint primary key, a_session bytea', /is bigint; declare it text/],
    'ids that are not unique': ['id text, a_session bytea', /create unique index on/],
    'ids that are unique with others': [
      'id text, b int, a_session bytea, primary key (id, b)',
      /not unique by itself/,
    ],
    'no column for the images': [
      'id text primary key, data bytea',
      /has no column a_session; it has id, data/,
    ],
    'images that are numbers': ['id text primary key, a_session int', /is integer; declare it bytea/],
  },
  ways: ({ port, socket }) => [
    { dataSource: `dbi:Pg:dbname=session;host=127.0.0.1;port=${port}`, username: 'session' },
    { dataSource: `postgres://127.0.0.1:${port}/session`, username: 'session', password: 'any' },
    { dataSource: `postgresql:///session?port=${port}`, username: 'session', socket },
    { dataSource: 'dbi:Pg:db=session', username: 'session', socket, port },
    { dataSource: 'dbi:Pg:db=session;user=session', socket: `${socket}/.s.PGSQL.${port}` },
    {
      dataSourceAttrs: { database: 'session', user: 'session', AutoCommit: 1 },
      host: '127.0.0.1',
      port: String(port),
    },
  ],
  reader: [`create role reader login; revoke create on schema public from public`, { username: 'reader' }],
})

test('options that say nothing of a database are refused', () => {
  expect(() => new Pg({ timeout: 0 }, Date.now)).toThrow(InvalidOptionError)
  expect(() => new Pg({ tableName: 'a.b.c' }, Date.now)).toThrow(InvalidOptionError)
})

test.each([
  [{}],
  [{ dbh: {} }],
  [{ dbh: () => 5 }],
  [{ dataSource: 'postgres://h/d', dataSourceAttrs: { max: 0 } }],
])('options %j are refused at opening', async (options) => {
  await expect(new Pg(options, Date.now).open()).rejects.toThrow(InvalidOptionError)
})

describe.skipIf(isMissing('postgres'))('columns of text', () => {
  test('are made and used if asked for, and hold no NUL', async () => {
    const server = await postgresServer.start()
    try {
      const { driver, table } = await openOn(postgresServer, server, { pgText: true })
      await driver.store('a', Buffer.from('café', 'latin1'), 60)
      expect(await postgresServer.query(server, `select a_session from ${table}`)).toEqual([
        { a_session: 'café' },
      ])
      const writes = [
        () => driver.store('a', bytes('a\0'), 60),
        () => driver.create('b', bytes('a\0'), 60),
        () => driver.replace!('a', bytes('x'), bytes('a\0'), 60),
      ]
      for (const write of writes) {
        await expect(write()).rejects.toThrow(StorageError)
        await expect(write()).rejects.toThrow('is text, and text holds no NUL')
      }
      expect(await driver.replace!('a', bytes('a\0'), bytes('b'), 60)).toBe('changed')

      // Characters that are no bytes, as Perl can have written.
      await postgresServer.query(server, `update ${table} set a_session = 'é ☕'`)
      expect(await imageOf(driver, 'a')).toBe(Buffer.from('é ☕').toString('latin1'))
      expect(await driver.replace!('a', bytes('é ☕'), bytes('new'), 60)).toBe('done')

      await expect(openOn(postgresServer, server, { pgBytea: true, tableName: table })).rejects.toThrow(
        'is text, which does not go with pgBytea',
      )
      // A store goes on when its table is altered.
      await postgresServer.query(server, `alter table ${table} alter a_session type varchar(100)`)
      expect(await imageOf(driver, 'a')).toBe('new')
      await driver.close()
    } finally {
      await server.stop()
    }
  })
})
