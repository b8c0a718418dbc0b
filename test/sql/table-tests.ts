import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InvalidIdError, InvalidOptionError, MissingStorageError, StorageError } from '../../src/errors.ts'
import type { Service } from '../services/index.ts'
import { TestClock } from '../support/clock.ts'
import { countRoundTrips } from './round-trips.ts'
import { bytes, imageOf, isMissingServer, list, openOn, type SqlServer } from './servers.ts'

/** What a kind of server says about tables that cannot hold sessions: how each is made, and what the message says. */
export interface OddTables {
  readonly refused: Readonly<Record<string, readonly [columns: string, message: RegExp]>>
  /** Columns of an id with 32 characters and of an image. */
  readonly plain: string
  /** SQL that makes a user who may look and not make, and what the driver needs to come as that one. */
  readonly reader: readonly [sql: string, options: Readonly<Record<string, unknown>>]
  /** Options that name the database, in every way there is. */
  ways(server: Service): readonly Readonly<Record<string, unknown>>[]
}

export function tableTests(kind: SqlServer, odd: OddTables): void {
  describe.skipIf(isMissingServer(kind))(`tables in ${kind.service}`, () => {
    let server: Service
    beforeAll(async () => {
      server = await kind.start()
    })
    afterAll(() => server?.stop())
    let made = 0
    const makeTable = async (columns: string) => {
      const table = `made${(made += 1)}`
      await kind.query(server, `create table ${table} (${columns})`)
      return table
    }

    test.each(Object.entries(odd.refused))('with %s are refused', async (_, [columns, message]) => {
      const tableName = await makeTable(columns)
      const opening = openOn(kind, server, { tableName })
      await expect(opening).rejects.toThrow(InvalidOptionError)
      await expect(opening).rejects.toThrow(message)
    })

    test('that cannot be made are told with the SQL that makes them', async () => {
      const [sql, options] = odd.reader
      await kind.query(server, sql)
      const opening = openOn(kind, server, { tableName: 'absent', ...options })
      await expect(opening).rejects.toThrow(StorageError)
      await expect(opening).rejects.toThrow(
        /Make the table yourself: create table if not exists .absent. \(.*expires/s,
      )
    })

    test('that must be there are not made', async () => {
      const opening = () => openOn(kind, server, { tableName: 'missing', mustExist: true })
      await expect(opening()).rejects.toThrow(MissingStorageError)
      await expect(opening()).rejects.toThrow('The table missing is not there')
    })

    test('are the same, however the database is named', async () => {
      const { driver, table } = await openOn(kind, server)
      await driver.store('a', bytes('image'), 60)
      for (const way of odd.ways(server)) {
        const { driver: other } = await openOn(kind, server, {
          dataSource: undefined,
          ...way,
          tableName: table,
        })
        expect([way, await imageOf(other, 'a')]).toEqual([way, 'image'])
      }
    })

    test('with other names are used', async () => {
      const names = {
        idColName: 'Key "`',
        dataColName: 'value; drop',
        expiresColName: 'until',
        tableName: 'Odd `"',
      }
      const { driver } = await openOn(kind, server, names)
      await driver.store('a', bytes('image'), 60)
      expect(await driver.touch!('a', 120)).toBe(true)
      const { driver: other } = await openOn(kind, server, names)
      expect(await other.retrieve('a')).toEqual({ image: Buffer.from('image'), expires: 1_700_000_120 })
    })

    test('can be made by the SQL that the driver tells, by somebody else', async () => {
      const tableName = 'by "hand"'
      const told = new kind.Driver({ ...kind.options(server), tableName }, Date.now).tableSql()
      for (const sql of [...told, ...told]) await kind.query(server, sql)
      const { driver } = await openOn(kind, server, { tableName })
      await driver.store('a', bytes('image'), 60)
      expect(await driver.touch!('a', 120)).toBe(true)
      expect(await driver.purge!(0)).toBe(0)
    })

    test('are made once by many who come at the same time', async () => {
      const opened = await Promise.all(
        Array.from({ length: 8 }, () => openOn(kind, server, { tableName: 'together' })),
      )
      await Promise.all(opened.map(({ driver }, number) => driver.store(`${number}`, bytes('image'), 60)))
      expect(await list(opened[0]!.driver)).toHaveLength(8)
    })

    test('of Perl: short ids are listed as they are, and what is too long is refused', async () => {
      const { driver } = await openOn(kind, server, { tableName: await makeTable(odd.plain) })
      const ids = ['short', 'x'.repeat(32), '☕'.repeat(32)]
      for (const id of ids) {
        driver.checkId(id)
        await driver.store(id, bytes(id), 60)
        expect(await imageOf(driver, id)).toBe(Buffer.from(id).toString('latin1'))
      }
      expect((await list(driver)).toSorted()).toEqual(ids.toSorted())
      expect(() => driver.checkId('x'.repeat(33))).toThrow(InvalidIdError)
      expect(() => driver.checkId('blank ')).toThrow(InvalidIdError)
      expect([driver.touch, driver.purge]).toEqual([undefined, undefined])
    })

    test('of Perl, with nothing in a row, have an empty image there', async () => {
      const tableName = await makeTable(odd.plain)
      const { driver } = await openOn(kind, server, { tableName })
      await kind.query(server, `insert into ${tableName} (id) values ('empty')`)
      expect(await driver.retrieve('empty')).toEqual({ image: Buffer.alloc(0) })
      expect(await driver.replace!('empty', bytes('x'), bytes('new'), 60)).toBe('changed')
      expect(await driver.replace!('empty', bytes(''), bytes('new'), 60)).toBe('done')
      expect(await driver.removeIf!('empty', bytes('new'))).toBe('done')
      expect(await driver.removeIf!('empty', bytes('new'))).toBe('absent')
    })

    test('shared with Perl: the column of expiry is neither read nor written', async () => {
      const clock = new TestClock()
      const { driver, table } = await openOn(kind, server, { shared: true }, clock)
      await driver.store('a', bytes('image'), 60)
      await kind.query(server, `update ${table} set expires = 5`)
      expect(await driver.retrieve('a')).toEqual({ image: Buffer.from('image') })
      expect(await list(driver, clock.seconds)).toEqual(['a'])
      await driver.store('a', bytes('image'), 60)
      expect(await kind.query(server, `select expires from ${table}`)).toEqual([{ expires: null }])
      expect([driver.touch, driver.purge]).toEqual([undefined, undefined])
    })

    test('what has expired, or may have, is listed by pages in the order of expiry', async () => {
      const clock = new TestClock()
      const { driver, table } = await openOn(kind, server, {}, clock)
      const ids = Array.from({ length: 2300 }, (_, number) => `n${number}`)
      // Many of the same second, on the borders of pages.
      await Promise.all(ids.map((id, number) => driver.store(id, bytes('c'), 10 + (number % 3))))
      await driver.store('never', bytes('c'), undefined)
      await kind.query(server, `update ${table} set expires = null where id in ('n5', 'n6')`)
      const expired = await list(driver, clock.seconds + 12)
      const known = ids.filter((id, number) => number % 3 < 2 || id === 'n5')
      expect(expired.toSorted()).toEqual([...new Set([...known, 'n5', 'n6'])].toSorted())
      expect(await driver.purge!(clock.seconds + 12)).toBe(known.length - 2)
    })

    test('each verb takes one round trip', async () => {
      const proxy = await countRoundTrips(server.port)
      const dataSource = String(kind.options(server)['dataSource']).replace(
        `:${server.port}/`,
        `:${proxy.port}/`,
      )
      const { driver } = await openOn(kind, server, { dataSource })
      const verbs: Readonly<Record<string, () => unknown>> = {
        store: () => driver.store('a', bytes('image'), 60),
        retrieve: () => driver.retrieve('a'),
        create: () => driver.create('b', bytes('image'), 60),
        replace: () => driver.replace!('a', bytes('image'), bytes('image'), 60),
        touch: () => driver.touch!('a', 60),
        ids: () => list(driver),
        purge: () => driver.purge!(0),
        removeIf: () => driver.removeIf!('a', bytes('image')),
        remove: () => driver.remove('b'),
      }
      // The first time connections are opened and statements prepared.
      for (const verb of Object.values(verbs)) await verb()
      for (const [name, verb] of Object.entries(verbs)) {
        const before = proxy.count()
        await verb()
        expect([name, proxy.count() - before]).toEqual([name, 1])
      }
    })

    test('a hundred thousand ids are listed, and a tenth of them purged', async () => {
      const clock = new TestClock()
      const { driver, table } = await openOn(kind, server, {}, clock)
      await kind.query(server, kind.fillTable(table, 100_000, clock.seconds))
      let count = 0
      for await (const id of driver.ids()) count += id.length === 32 ? 1 : 0
      expect(count).toBe(100_000)
      expect(await driver.purge!(clock.seconds)).toBe(10_000)
    })
  })
}
