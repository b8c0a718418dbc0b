import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { SessionStore } from '../../src/index.ts'
import type { Service } from '../services/index.ts'
import { startPerl } from '../support/perl-dialogue.ts'
import { bytes, imageOf, isMissingServer, list, openOn, type SqlServer } from './servers.ts'

export interface PerlSide {
  readonly driver: string
  /** The module of Perl. */
  readonly module: string
  dataSource(server: Service): string
  readonly username: string
  /** Types of the column, and whether every byte reaches Perl as itself. */
  readonly columns: Readonly<Record<string, boolean>>
}

const hex = (text: string) => Buffer.from(text).toString('hex')

/** Perl and this driver on one table, and what each reads of the other. */
export function perlTests(kind: SqlServer, perl: PerlSide): void {
  const hasPerl = spawnSync('perl', [`-M${perl.module}`, '-MJSON::PP', '-e', '1']).status === 0

  test(`Perl with ${perl.module} is here when everything is required`, () => {
    expect(hasPerl || process.env['CI_REQUIRE_ALL'] !== '1').toBe(true)
  })

  describe.skipIf(isMissingServer(kind) || !hasPerl)(`${perl.module} and driver:${perl.driver}`, () => {
    let server: Service
    beforeAll(async () => {
      server = await kind.start()
    })
    afterAll(() => server?.stop())

    const inPerl = (...words: string[]) => {
      const script = join(import.meta.dirname, 'perl-table.pl')
      return startPerl(script, perl.dataSource(server), perl.username, ...words)
    }

    const cases = Object.keys(perl.columns).flatMap((column) =>
      ['DataDumper', 'JSON'].map((serializer) => [column, serializer] as const),
    )

    test.each(cases)('continue the same sessions, in a column %s by %s', async (column, serializer) => {
      const tableName = `perl_${column}_${serializer}`.toLowerCase()
      const ask = inPerl(tableName, column, serializer)
      expect(await ask('make')).toBe('made')
      const store = await SessionStore.open({
        type: `driver:${perl.driver};id:MD5;serialize:${serializer}`,
        dataSource: perl.dataSource(server),
        username: perl.username,
        tableName,
        shared: true,
      })
      onTestFinished(() => store.close())

      const ours = await store.load()
      ours.param('name', 'Zoe')
      ours.param('wide', 'a ☕ in 日本')
      await ours.flush()
      expect(await ask('get', ours.id, 'name')).toBe(hex('Zoe'))
      expect(await ask('get', ours.id, 'wide')).toBe(hex('a ☕ in 日本'))
      // Data::Session itself cannot write this text everywhere.
      ours.clear('wide')
      await ours.flush()

      // What Perl adds is merged with what is added here.
      ours.param('late', 'mine')
      expect(await ask('set', ours.id, 'theirs', hex('from Perl'))).toBe('stored')
      await ours.flush()
      expect(await ask('get', ours.id, 'late')).toBe(hex('mine'))
      expect(await ask('get', ours.id, 'theirs')).toBe(hex('from Perl'))

      expect(await ask('set', 'short', 'x', hex('plain'))).toBe('stored')
      const short = await store.load('short')
      expect([short.isNew, short.param('x')]).toEqual([false, 'plain'])
      short.param('y', 'more')
      await short.flush()
      expect(await ask('get', 'short', 'x')).toBe(hex('plain'))
      expect(await ask('get', 'short', 'y')).toBe(hex('more'))

      const ids = []
      for await (const id of store.ids()) ids.push(id)
      expect(ids.sort()).toEqual([ours.id, 'short'].sort())
      expect((await ask('ids')).split(' ').sort()).toEqual(ids)
      expect(await store.remove('short')).toBe(true)
      expect(await ask('remove', ours.id)).toBe('1')
      expect((await store.load(ours.id)).isNew).toBe(true)
    })

    test.each(Object.entries(perl.columns))(
      'bytes in a column %s reach Perl as they are: %s',
      async (column, all) => {
        const tableName = `bytes_${column}`
        const ask = inPerl(tableName, column, 'JSON')
        await ask('make')
        const { driver } = await openOn(kind, server, { tableName })
        const image = Uint8Array.from({ length: 255 }, (_, byte) => byte + 1)
        await driver.store('a', image, undefined)
        expect(await imageOf(driver, 'a')).toBe(Buffer.from(image).toString('latin1'))
        const sum = image.reduce((total, byte) => total + byte, 0)
        if (all) expect(await ask('raw', 'a')).toBe(`255 ${sum}`)
        else expect(await ask('raw', 'a')).not.toBe(`255 ${sum}`)
        expect(await driver.replace!('a', image, bytes('b'), undefined)).toBe('done')
        expect(await list(driver)).toEqual(['a'])
      },
    )
  })
}
