import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import Odbc from '../../drivers/ODBC.ts'
import Pg from '../../drivers/Pg.ts'
import { InvalidOptionError, StorageError } from '../../src/errors.ts'
import type { Connection } from '../../src/odbc/client.ts'
import { fastScratchFolder } from '../contract/scratch.ts'
import { connect, incognito, missingForOdbc, odbcDrivers, odbcPackage } from '../odbc/installed.ts'
import { mariadbByOdbc, postgresByOdbc, postgresString } from '../odbc/servers.ts'
import type { Service } from '../services/index.ts'
import { bytes, imageOf, list } from '../sql/servers.ts'
import { TestClock } from '../support/clock.ts'

type Given = Readonly<Record<string, unknown>>

/** Of what is to succeed, on a machine with much else to do. */
const timeout = 20_000

async function open(options: Given): Promise<Odbc> {
  const driver = new Odbc({ timeout, ...options }, new TestClock().now)
  await driver.open()
  onTestFinished(() => driver.close())
  return driver
}

async function handle(connectionString: string): Promise<Connection> {
  const connection = await connect(connectionString)
  onTestFinished(() => connection.close())
  return connection
}

const execute = (connection: Connection, sql: string) => connection.query(sql, null, {})

const image = Uint8Array.from({ length: 1_048_576 }, (_, at) => at * 7 + (at >> 8))

test.each<[Given, string]>([
  [{}, 'needs the option dataSource'],
  [{ dbh: {} }, 'must be a pool or connection of the package odbc'],
  [{ dataSource: 'DSN=x', timeout: 0 }, 'timeout must be'],
])('options %j are refused', async (options, message) => {
  const opening = (async () => new Odbc(options, Date.now).open())()
  await expect(opening).rejects.toThrow(InvalidOptionError)
  await expect(opening).rejects.toThrow(message)
})

test('the package is here when everything is required', () => {
  expect(odbcPackage !== undefined || process.env['CI_REQUIRE_ALL'] !== '1').toBe(true)
})

test.skipIf(!odbcPackage)('a data source that is not there says where to look', async () => {
  const opening = open({ dataSource: 'dbi:ODBC:nowhere' })
  await expect(opening).rejects.toThrow(StorageError)
  await expect(opening).rejects.toThrow(/^ODBC data source nowhere: .*odbc\.ini/)
})

describe.skipIf(missingForOdbc('sqlite'))('SQLite by ODBC', () => {
  const folder = fastScratchFolder()
  let count = 0
  const newDatabase = () =>
    `DRIVER=${odbcDrivers.sqlite};Database=${join(folder, `${(count += 1)}.sqlite`)};Timeout=20000`

  test.each(['blob', 'text', 'longtext', 'varchar(20)', 'char(20)', 'longvarbinary', 'longvarchar', 'clob'])(
    'a large image is itself in a column %s',
    async (type) => {
      const dataSource = newDatabase()
      const connection = await handle(dataSource)
      await execute(
        connection,
        `create table sessions (id text primary key, a_session ${type}, expires integer)`,
      )
      const driver = await open({ dataSource })
      for (const size of [0, 255, 256, 70_000, 1_048_576]) {
        await driver.store('a', image.subarray(0, size), 60)
        const stored = await driver.retrieve('a')
        expect(stored?.expires).toBe(1_700_000_060)
        expect(Buffer.from(image.buffer, 0, size).equals(stored!.image)).toBe(true)
        expect(await driver.replace!('a', image.subarray(0, size), bytes('b'), undefined)).toBe('done')
        expect(await driver.retrieve('a')).toEqual({ image: Buffer.from('b'), expires: undefined })
      }
      // Text stays text for those who look for text.
      const isText = /char|text|clob/.test(type) && !/long(?!v|t)/.test(type)
      const [row] = await execute(connection, 'select typeof(a_session) as type from sessions')
      expect(row).toEqual({ type: isText ? 'text' : 'blob' })
    },
  )

  test.each<[string, string, RegExp]>([
    ['ids that are numbers', 'id int primary key, a_session blob', /turns some ids into numbers/],
    ['ids that are not unique', 'id text, a_session blob', /not unique by itself.*create unique index/],
    ['ids without regard to case', 'id text collate nocase primary key, a_session blob', /byte by byte/],
    ['no column for the images', 'id text primary key, data blob', /has no column a_session/],
  ])('a table with %s is refused', async (_, columns, message) => {
    const dataSource = newDatabase()
    await execute(await handle(dataSource), `create table sessions (${columns})`)
    const opening = open({ dataSource })
    await expect(opening).rejects.toThrow(InvalidOptionError)
    await expect(opening).rejects.toThrow(message)
  })

  test('one that somebody else is writing to fails within the timeout', async () => {
    const dataSource = newDatabase()
    const driver = await open({ dataSource })
    await driver.store('a', bytes('image'), 60)
    const other = await handle(dataSource)
    await execute(other, 'begin immediate')
    const hasty = await open({ dataSource: dataSource.replace(/;Timeout=.*/, ''), timeout: 500 })
    const late = hasty.store('a', bytes('late'), 60)
    await expect(late).rejects.toThrow(StorageError)
    // Its statement ends by itself, at about the same time.
    await hasty.close()
    await execute(other, 'rollback')
    expect(await imageOf(driver, 'a')).toBe('image')
  })

  test('a database that is not known is asked what it can', async () => {
    const dataSource = newDatabase()
    const connection = await handle(dataSource)
    const asked: string[] = []
    const spied: Connection = {
      ...incognito(connection),
      query: (sql, values, options) => {
        asked.push(sql)
        return incognito(connection).query(sql, values, options)
      },
    }
    // SQLite takes any name for a type, so that the one that others have will do.
    const driver = await open({ dbh: spied })
    expect(await driver.create('a', bytes('image'), 60)).toBe(true)
    expect(await driver.create('a', bytes('other'), 60)).toBe(false)
    expect(await driver.purge!(0)).toBe(0)
    await driver.store('a', bytes('more'), 60)
    expect(await list(driver)).toEqual(['a'])
    expect(asked.join('\n')).not.toMatch(/on conflict|on duplicate|merge|returning/)
    expect(() => driver.checkId('é')).toThrow('holds ASCII only')
    expect(() => driver.checkId('a ')).toThrow('ends with a blank')
    // Its ODBC driver says 255 bytes of this column, and then the package gives others.
    await expect(driver.store('b', image.subarray(0, 256), 60)).rejects.toThrow('holds 255 bytes')
    await execute(connection, "insert into sessions (id, a_session) values ('c', zeroblob(300))")
    await expect(driver.retrieve('c')).rejects.toThrow(/holds 255 bytes and has 300 there.*for long values/)
  })
})

describe.skipIf(missingForOdbc('postgres'))('PostgreSQL by ODBC', () => {
  let server: Service
  beforeAll(async () => {
    server = await postgresByOdbc.start()
  })
  afterAll(() => server?.stop())

  test('the same table by each way to name it, and by driver:Pg', async () => {
    const { port } = server
    const driver = await open({ dataSource: postgresString(server) })
    await driver.store('a', image, 60)
    const ways: Given[] = [
      { dataSource: `dbi:ODBC:driver={${odbcDrivers.postgres}};database=session`, host: '127.0.0.1', port },
      { dataSourceAttrs: { connectionString: postgresString(server), maxSize: 1 } },
      { dbh: () => handle(postgresString(server)) },
    ]
    for (const way of ways) {
      const other = await open({ username: 'session', ...way })
      const stored = await other.retrieve('a')
      expect([way, Buffer.from(image).equals(stored!.image)]).toEqual([way, true])
    }
    const native = new Pg({ dataSource: `postgres://session@127.0.0.1:${port}/session`, timeout }, Date.now)
    await native.open()
    onTestFinished(() => native.close())
    const stored = await native.retrieve('a')
    expect(stored).toEqual({ image: Buffer.from(image), expires: 1_700_000_060 })
  })

  test('a column of text has a character for each byte', async () => {
    const dataSource = postgresString(server)
    const driver = await open({ dataSource, tableName: 'texts', pgText: true })
    const all = Uint8Array.from({ length: 255 }, (_, byte) => byte + 1)
    await driver.store('a', all, 60)
    expect(await imageOf(driver, 'a')).toBe(Buffer.from(all).toString('latin1'))
    const rows = await postgresByOdbc.query(server, 'select length(a_session) as length from texts')
    expect(rows).toEqual([{ length: 255 }])
    await postgresByOdbc.query(server, "update texts set a_session = 'é ☕'")
    expect(await imageOf(driver, 'a')).toBe(Buffer.from('é ☕').toString('latin1'))
    expect(await driver.replace!('a', bytes('é ☕'), all, 60)).toBe('done')
    expect(await driver.removeIf!('a', all)).toBe('done')
    await expect(driver.store('a', bytes('a\0'), 60)).rejects.toThrow('text holds no NUL')

    await postgresByOdbc.query(server, 'create table empty (id char(32) primary key, a_session bytea)')
    await postgresByOdbc.query(server, "insert into empty values ('a')")
    const other = await open({ dataSource, tableName: 'empty' })
    expect(await other.retrieve('a')).toEqual({ image: Buffer.alloc(0) })
    expect(await other.replace!('a', bytes(''), bytes('new'), 60)).toBe('done')
    expect(await list(other)).toEqual(['a'])
  })

  test('a database that is not known, whose images cannot be compared, has no conditional writes', async () => {
    const connection = await handle(postgresString(server))
    await execute(connection, 'create table opaque (id varchar(40) primary key, a_session xml)')
    const driver = await open({ dbh: incognito(connection), tableName: 'opaque' })
    expect([driver.replace, driver.removeIf]).toEqual([undefined, undefined])
    await driver.store('a', bytes('<a/>'), 60)
    expect(await driver.create('a', bytes('<b/>'), 60)).toBe(false)
    expect(await imageOf(driver, 'a')).toBe('<a/>')
    await expect(driver.store('a', Buffer.from('<é/>'), 60)).rejects.toThrow('is not ASCII')
    expect(await driver.remove('a')).toBe(true)

    await execute(connection, 'create table keyless (id varchar(40), a_session bytea)')
    await expect(open({ dbh: incognito(connection), tableName: 'keyless' })).rejects.toThrow(
      'is not its primary key',
    )
  })
})

describe.skipIf(missingForOdbc('mariadb'))('MariaDB by ODBC', () => {
  const folder = fastScratchFolder()
  let server: Service
  beforeAll(async () => {
    server = await mariadbByOdbc.start()
  })
  afterAll(() => server?.stop())

  test('a data source of odbc.ini is told what its database needs', async () => {
    const ini = join(folder, 'odbc.ini')
    const entry = { Driver: odbcDrivers.mariadb, Server: '127.0.0.1', Port: server.port, Database: 'session' }
    const lines = Object.entries(entry).map(([name, value]) => `${name}=${value}`)
    writeFileSync(ini, ['[shop]', ...lines, ''].join('\n'))
    const before = process.env['ODBCINI']
    process.env['ODBCINI'] = ini
    onTestFinished(() => {
      if (before === undefined) delete process.env['ODBCINI']
      else process.env['ODBCINI'] = before
    })
    const driver = await open({ dataSource: 'dbi:ODBC:shop', username: 'root', tableName: 'by_name' })
    await driver.store('é☕', image, 60)
    expect(Buffer.from(image).equals((await driver.retrieve('é☕'))!.image)).toBe(true)
    expect(await driver.touch!('é☕', 60)).toBe(true)
    expect(await driver.touch!('é', 60)).toBe(false)
    expect(await list(driver)).toEqual(['é☕'])
  })

  test('one that stands still does not stop the program, nor other databases for longer than the timeout', async () => {
    const hasty = await open({ ...mariadbByOdbc.options(server), tableName: 'still', timeout: 1000 })
    await hasty.store('a', bytes('image'), 60)

    const resume = mariadbByOdbc.pause(server)
    onTestFinished(resume)
    const failures = await Promise.allSettled(
      Array.from({ length: 8 }, (_, number) => hasty.retrieve(`${number}`)),
    )
    for (const failure of failures) {
      expect(failure).toMatchObject({ status: 'rejected', reason: { message: /within 1000 ms/ } })
    }
    const dataSource = `DRIVER=${odbcDrivers.sqlite};Database=${join(folder, 'beside.sqlite')}`
    const beside = await open({ dataSource })
    await beside.store('a', bytes('beside'), 60)
    expect(await imageOf(beside, 'a')).toBe('beside')
    resume()
    await expect.poll(() => imageOf(hasty, 'a').catch(() => 'not yet'), { timeout }).toBe('image')
  })
})
