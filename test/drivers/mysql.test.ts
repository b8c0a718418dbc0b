import { describe, expect, onTestFinished, test } from 'vitest'
import mysql from 'mysql2/promise'
import Mysql from '../../drivers/mysql.ts'
import { InvalidIdError, InvalidOptionError, StorageError } from '../../src/errors.ts'
import { isMissing } from '../services/index.ts'
import { bytes, imageOf, list, mariadbServer, openOn } from '../sql/servers.ts'
import { tableTests } from '../sql/table-tests.ts'

tableTests(mariadbServer, {
  plain: 'id char(32) character set utf8mb4 primary key, a_session longblob',
  refused: {
    'ids that are numbers': [
      'id bigint primary key, a_session longblob',
      /is bigint.*declare it varbinary\(255\)/,
    ],
    'ids that are padded': [
      'id binary(32) primary key, a_session longblob',
      /is binary\(32\); declare it varbinary/,
    ],
    'ids that are not unique': ['id char(32), a_session longblob', /add unique/],
    'ids that are unique with others': [
      'id char(32), b int, a_session longblob, primary key (id, b)',
      /not unique by itself/,
    ],
    'ids whose beginnings are unique': [
      'id varchar(255), a_session longblob, unique (id(32))',
      /not unique by itself/,
    ],
    'no column for the images': [
      'id char(32) primary key, data longblob',
      /has no column a_session; it has id, data/,
    ],
    'images of another alphabet': [
      'id char(32) primary key, a_session text character set latin2',
      /is text character set latin2; declare it longblob/,
    ],
  },
  ways: ({ port, socket }) => [
    { dataSource: `dbi:mysql:database=session;host=127.0.0.1;port=${port}`, username: 'root' },
    { dataSource: `dbi:MariaDB:session:127.0.0.1:${port}`, username: 'root' },
    { dataSource: `dbi:mysql:dbname=session;mysql_socket=${socket}`, username: 'root' },
    { dataSource: 'dbi:mysql:database=session;user=root', socket },
    { dataSource: `mariadb://root:@127.0.0.1:${port}/session?connectionLimit=1` },
    {
      dataSourceAttrs: { database: 'session', user: 'root', AutoCommit: 1 },
      host: '127.0.0.1',
      port: String(port),
    },
  ],
  reader: ["create user reader@'%'; grant select on session.* to reader@'%'", { username: 'reader' }],
})

test.each([[{}], [{ dbh: {} }], [{ dataSource: 'mysql://h/d', dataSourceAttrs: { connectionLimit: 'x' } }]])(
  'options %j are refused at opening',
  async (options) => {
    await expect(new Mysql(options, Date.now).open()).rejects.toThrow(InvalidOptionError)
  },
)

describe.skipIf(isMissing('mariadb'))('tables of Perl', () => {
  test('keep ids apart, or say that they cannot', async () => {
    const server = await mariadbServer.start()
    onTestFinished(() => server.stop())
    await mariadbServer.query(
      server,
      'create table inexact (id varchar(32) primary key, a_session blob, expires bigint) charset utf8mb4',
    )
    const { driver } = await openOn(mariadbServer, server, { tableName: 'inexact' })
    await driver.store('MiXed', bytes('image'), 60)
    for (const id of ['mixed', 'MIXED', 'Mixéd']) {
      expect(await driver.retrieve(id)).toBeUndefined()
      expect(await driver.remove(id)).toBe(false)
      expect(await driver.touch!(id, 60)).toBe(false)
      expect(await driver.replace!(id, bytes('image'), bytes('new'), 60)).toBe('absent')
      for (const write of [
        () => driver.store(id, bytes('new'), 60),
        () => driver.create(id, bytes('new'), 60),
      ]) {
        await expect(write()).rejects.toThrow(StorageError)
        await expect(write()).rejects.toThrow('takes two different ids for one; declare it varbinary(255)')
      }
    }
    expect(() => driver.checkId('MiXed ')).toThrow(InvalidIdError)
    expect(await driver.create('MiXed', bytes('new'), 60)).toBe(false)
    await driver.store('MiXed', bytes('new'), 60)
    expect(await imageOf(driver, 'MiXed')).toBe('new')
    expect(await list(driver)).toEqual(['MiXed'])

    // Nothing is cut off.
    await driver.store('large', new Uint8Array(65_535), 60)
    await expect(driver.store('large', new Uint8Array(65_536), 60)).rejects.toThrow(
      'is blob, and holds 65535 bytes, while this session takes 65536. Give it a larger type',
    )
    expect((await driver.retrieve('large'))?.image.length).toBe(65_535)

    // What is not text is no id that anybody could ask for.
    const { driver: exact, table } = await openOn(mariadbServer, server)
    await exact.store('a', bytes('image'), 60)
    await mariadbServer.query(server, `insert into ${table} values (x'ff00fe', 'image', null)`)
    expect(await list(exact)).toEqual(['a'])

    // Perl would read two bytes for one.
    await mariadbServer.query(
      server,
      'create table texts (id char(32) primary key, a_session longtext) charset utf8mb4',
    )
    const { driver: shared } = await openOn(mariadbServer, server, { tableName: 'texts', shared: true })
    await shared.store('a', bytes('plain'), 60)
    await expect(shared.store('a', Buffer.from('café', 'latin1'), 60)).rejects.toThrow(
      'Perl would read other bytes',
    )
  })

  test('are used through a pool with settings of its own', async () => {
    const server = await mariadbServer.start()
    onTestFinished(() => server.stop())
    const address = { host: '127.0.0.1', port: server.port, user: 'root', database: 'session' }
    const pool = mysql.createPool({
      ...address,
      namedPlaceholders: true,
      nestTables: true,
      typeCast: false,
      dateStrings: true,
      supportBigNumbers: true,
      bigNumberStrings: true,
      rowsAsArray: false,
      flags: ['-FOUND_ROWS'],
    })
    onTestFinished(() => void pool.end())
    const { driver } = await openOn(mariadbServer, server, { dbh: () => pool })
    await driver.store('a', bytes('image'), 60)
    expect(await driver.retrieve('a')).toEqual({ image: Buffer.from('image'), expires: 1_700_000_060 })
    expect(await driver.touch!('a', 60)).toBe(true)
    expect(await driver.replace!('a', bytes('image'), bytes('image'), 60)).toBe('done')
    expect(await list(driver)).toEqual(['a'])
    await driver.close()

    const latin = mysql.createPool({ ...address, charset: 'LATIN1_SWEDISH_CI' })
    onTestFinished(() => void latin.end())
    await expect(openOn(mariadbServer, server, { dbh: latin, tableName: 't' })).rejects.toThrow(
      "charset: 'utf8mb4'",
    )
  })
})
