import { describe, expect, test } from 'vitest'
import { InvalidIdError, InvalidOptionError, StorageError } from '../../src/errors.ts'
import { bytes, imageOf, list } from '../sql/servers.ts'
import { openRecorded, oracledb, oracleError, ownTable, perlTable, RecordedConnection } from './recorded.ts'
import Oracle from '../../drivers/Oracle.ts'

const image = Buffer.from('image')
const blob = (val: Uint8Array) => ({ val: Buffer.from(val), type: oracledb.BLOB })
const clob = (val: string | null) => ({ val, type: oracledb.CLOB })
const expires = 1_700_000_060

describe('in a table of its own', () => {
  test('each verb is one statement', async () => {
    const { driver, connection } = await openRecorded(ownTable)
    const one = { rowsAffected: 1 }
    const found = { rows: [[expires, image]] }
    connection.answers.push(found, one, one, one, one, one, one, one)
    expect(await driver.retrieve('a')).toEqual({ image, expires })
    await driver.store('a', image, 60)
    expect(await driver.create('a', image, undefined)).toBe(true)
    expect(await driver.replace!('a', image, bytes('new'), 60)).toBe('done')
    expect(await driver.remove('a')).toBe(true)
    expect(await driver.removeIf!('a', image)).toBe('done')
    expect(await driver.touch!('a', 60)).toBe(true)
    expect(await driver.purge!(5)).toBe(1)
    const never = Number.MAX_SAFE_INTEGER
    expect(connection.asked).toEqual([
      ['select "EXPIRES" as expires, "A_SESSION" as image from "SESSIONS" where "ID" = :1', 'a'],
      [
        'merge into "SESSIONS" using dual on ("ID" = :1) ' +
          'when matched then update set "A_SESSION" = coalesce(:2, empty_blob()), "EXPIRES" = :3 ' +
          'when not matched then insert ("ID", "A_SESSION", "EXPIRES") values (:4, coalesce(:5, empty_blob()), :6)',
        'a',
        blob(image),
        expires,
        'a',
        blob(image),
        expires,
      ],
      [
        'merge into "SESSIONS" using dual on ("ID" = :1) ' +
          'when not matched then insert ("ID", "A_SESSION", "EXPIRES") values (:2, coalesce(:3, empty_blob()), :4)',
        'a',
        'a',
        blob(image),
        never,
      ],
      [
        'update "SESSIONS" set "A_SESSION" = coalesce(:1, empty_blob()), "EXPIRES" = :2 where "ID" = :3 and ' +
          'dbms_lob.compare(coalesce("A_SESSION", empty_blob()), coalesce(:4, empty_blob())) = 0',
        blob(bytes('new')),
        expires,
        'a',
        blob(image),
      ],
      ['delete from "SESSIONS" where "ID" = :1', 'a'],
      [
        'delete from "SESSIONS" where "ID" = :1 and ' +
          'dbms_lob.compare(coalesce("A_SESSION", empty_blob()), coalesce(:2, empty_blob())) = 0',
        'a',
        blob(image),
      ],
      ['update "SESSIONS" set "EXPIRES" = :1 where "ID" = :2', expires, 'a'],
      ['delete from "SESSIONS" where "EXPIRES" < :1 and rownum <= 1000', 5],
    ])
    for (const options of connection.options) {
      expect(options).toMatchObject({ autoCommit: true, outFormat: oracledb.OUT_FORMAT_ARRAY })
      expect(options.fetchTypeHandler({ dbType: oracledb.BLOB })).toEqual({ type: oracledb.BUFFER })
      expect(options.fetchTypeHandler({ dbType: oracledb.CLOB })).toEqual({ type: oracledb.STRING })
      expect(options.fetchTypeHandler({ dbType: oracledb.NUMBER })).toBeUndefined()
    }
  })

  test('ids come by pages', async () => {
    const { driver, connection } = await openRecorded(ownTable)
    const page = Array.from({ length: 1000 }, (_, number) => [`n${number}`])
    connection.answers.push({ rows: page }, { rows: [['o']] })
    expect(await list(driver)).toHaveLength(1001)
    connection.answers.push({ rows: [['u']] }, { rows: [['e', 4]] })
    expect(await list(driver, 5)).toEqual(['u', 'e'])
    const rest = 'order by "ID" fetch first 1000 rows only'
    expect(connection.asked).toEqual([
      [`select "ID" as id from "SESSIONS" ${rest}`],
      [`select "ID" as id from "SESSIONS" where "ID" > :1 ${rest}`, 'n999'],
      [`select "ID" as id from "SESSIONS" where "EXPIRES" is null ${rest}`],
      [
        'select "ID" as id, "EXPIRES" from "SESSIONS" where "EXPIRES" < :1 ' +
          'order by "EXPIRES", "ID" fetch first 1000 rows only',
        5,
      ],
    ])
  })

  test('an image of no bytes is null to Oracle', async () => {
    const { driver, connection } = await openRecorded(ownTable)
    connection.answers.push({ rows: [[null, null]] })
    expect(await driver.retrieve('a')).toEqual({ image: Buffer.alloc(0), expires: undefined })
  })

  test('a merge that was too late for an insert, and what met a deadlock, is done again', async () => {
    const { driver, connection } = await openRecorded(ownTable)
    connection.answers.push(oracleError('ORA-00001'), { rowsAffected: 0 })
    expect(await driver.create('a', image, 60)).toBe(false)
    connection.answers.push(oracleError('ORA-00060'), { rowsAffected: 1 })
    expect(await driver.remove('a')).toBe(true)
    expect(connection.asked).toHaveLength(4)
    connection.answers.push(oracleError('ORA-01031'))
    const failing = driver.remove('a')
    await expect(failing).rejects.toThrow(StorageError)
    await expect(failing).rejects.toThrow('ORA-01031: said. The user may not do this; grant it')
  })
})

describe('in a table that Perl made', () => {
  test('of clob: ids are compared as char, bytes are characters', async () => {
    const { driver, connection } = await openRecorded(perlTable('CLOB'))
    expect([driver.touch, driver.purge]).toEqual([undefined, undefined])
    connection.answers.push({ rows: [['caf\xe9']] }, { rowsAffected: 1 }, { rowsAffected: 1 })
    expect(await imageOf(driver, 'a')).toBe('caf\xe9')
    await driver.store('a', Buffer.from('caf\xe9', 'latin1'), 60)
    // These bytes may be there as the characters that they are in UTF-8, too.
    expect(await driver.replace!('a', bytes('☕'), bytes('new'), 60)).toBe('done')
    const isId = (at: number) => `"ID" = cast(:${at} as char(32))`
    expect(connection.asked).toEqual([
      [`select "A_SESSION" as image from "SESSIONS" where ${isId(1)}`, 'a'],
      [
        `merge into "SESSIONS" using dual on (${isId(1)}) ` +
          'when matched then update set "A_SESSION" = coalesce(:2, empty_clob()) ' +
          'when not matched then insert ("ID", "A_SESSION") values (:3, coalesce(:4, empty_clob()))',
        'a',
        clob('caf\xe9'),
        'a',
        clob('caf\xe9'),
      ],
      [
        `update "SESSIONS" set "A_SESSION" = coalesce(:1, empty_clob()) where ${isId(2)} and ` +
          '(dbms_lob.compare(coalesce("A_SESSION", empty_clob()), coalesce(:3, empty_clob())) = 0 ' +
          'or dbms_lob.compare(coalesce("A_SESSION", empty_clob()), :4) = 0)',
        clob('new'),
        'a',
        clob('\xe2\x98\x95'),
        clob('☕'),
      ],
    ])
    connection.answers.push({ rows: [['short'.padEnd(32)]] })
    expect(await list(driver)).toEqual(['short'])
    for (const id of ['blank ', 'é', 'x'.repeat(33)]) expect(() => driver.checkId(id)).toThrow(InvalidIdError)
    await expect(driver.store('a', bytes('a\0'), 60)).rejects.toThrow('holds no NUL')
  })

  test('of long, which Oracle neither compares nor merges', async () => {
    const { driver, connection } = await openRecorded(perlTable('LONG'))
    expect([driver.replace, driver.removeIf]).toEqual([undefined, undefined])
    connection.answers.push(
      { rowsAffected: 0 },
      oracleError('ORA-00001'),
      { rows: [[1]] },
      { rowsAffected: 1 },
    )
    await driver.store('a', image, 60)
    const update = 'update "SESSIONS" set "A_SESSION" = :1 where "ID" = cast(:2 as char(32))'
    expect(connection.asked).toEqual([
      [update, 'image', 'a'],
      ['insert into "SESSIONS" ("ID", "A_SESSION") values (:1, :2)', 'a', 'image'],
      ['select 1 as found from "SESSIONS" where "ID" = cast(:1 as char(32))', 'a'],
      [update, 'image', 'a'],
    ])
  })

  test('of varchar2: what is too long is refused, and nothing is null', async () => {
    const { driver, connection } = await openRecorded(perlTable('VARCHAR2'))
    await expect(driver.store('a', new Uint8Array(4001).fill(65), 60)).rejects.toThrow('holds 4000 bytes')
    connection.answers.push({ rowsAffected: 1 })
    expect(await driver.removeIf!('a', bytes('x'))).toBe('done')
    expect(connection.asked).toEqual([
      [
        'delete from "SESSIONS" where "ID" = cast(:1 as char(32)) and ("A_SESSION" in (:2, :3) ' +
          'or ("A_SESSION" is null and :4 is null))',
        'a',
        'x',
        null,
        'x',
      ],
    ])
  })

  test.each<[string, Parameters<typeof openRecorded>[0], string]>([
    [
      'ids of numbers',
      {
        columns: [
          ['T', 'ID', 'NUMBER'],
          ['T', 'A_SESSION', 'BLOB'],
        ],
      },
      'is NUMBER; declare',
    ],
    [
      'images of dates',
      {
        columns: [
          ['T', 'ID', 'CHAR'],
          ['T', 'A_SESSION', 'DATE'],
        ],
      },
      'is DATE; declare',
    ],
    ['other columns', { columns: [['T', 'ID', 'CHAR']] }, 'has no column a_session'],
    [
      'a key of two',
      {
        ...ownTable,
        unique: [
          ['ME', 'PK', 'ID'],
          ['ME', 'PK', 'B'],
        ],
      },
      'add unique ("ID")',
    ],
  ])('with %s is refused', async (_, table, message) => {
    const opening = openRecorded(table)
    await expect(opening).rejects.toThrow(InvalidOptionError)
    await expect(opening).rejects.toThrow(message)
  })
})

test('a table that is not there is made, under names that need no quotes if that is possible', async () => {
  const connection = new RecordedConnection(undefined)
  const names = { tableName: 'app.my_sessions', dataColName: 'odd "name' }
  const opening = new Oracle({ dbh: connection, ...names }, Date.now).open()
  await expect(opening).rejects.toThrow('Make the table yourself: create table "APP"."MY_SESSIONS" (')
  expect(connection.asked).toEqual([
    [
      'create table "APP"."MY_SESSIONS" ("ID" varchar2(255 char) not null primary key, ' +
        '"odd ""name" blob not null, "EXPIRES" number(19))',
    ],
    ['create index "APP"."MY_SESSIONS_EXPIRES" on "APP"."MY_SESSIONS" ("EXPIRES")'],
  ])
})

test('a connection that is lost goes out of its pool, and a read is done again', async () => {
  const { driver, connection } = await openRecorded(ownTable)
  connection.closed.length = 0
  connection.answers.push(oracleError('NJS-500'), { rows: [[expires, image]] })
  expect(await driver.retrieve('a')).toEqual({ image, expires })
  expect(connection.closed).toEqual([{ drop: true }, { drop: false }])
  connection.answers.push(oracleError('NJS-500'))
  await expect(driver.store('a', image, 60)).rejects.toThrow('NJS-500')
  expect(connection.asked).toHaveLength(3)
})

test('a single connection that was closed is said to be', async () => {
  const connection = new RecordedConnection(ownTable)
  const driver = new Oracle({ dbh: connection }, Date.now)
  await driver.open()
  connection.healthy = false
  await expect(driver.retrieve('a')).rejects.toThrow(
    'The Oracle database: the connection in the option dbh is closed',
  )
  await driver.close()
  expect(connection.closed).toEqual([])
})
