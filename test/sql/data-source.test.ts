import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parsePerlDataSource } from '../../src/sql/data-source.ts'

const settingsOf = (text: string) => Object.fromEntries(parsePerlDataSource(text)?.settings ?? [])

describe('a Perl data source', () => {
  test('is taken apart', () => {
    const source = parsePerlDataSource('dbi:Pg:dbname=app;host=db.example;port=5433')
    expect(source?.dialect).toBe('Pg')
    expect(source?.rest).toBe('dbname=app;host=db.example;port=5433')
    expect([...(source?.settings ?? [])]).toEqual([
      ['dbname', 'app'],
      ['host', 'db.example'],
      ['port', '5433'],
    ])
  })

  test('may be written in other ways', () => {
    expect(settingsOf('DBI:mysql: Database = app ; host = a=b ;')).toEqual({ database: 'app', host: 'a=b' })
    expect(settingsOf('dbi:mysql(RaiseError=>1,PrintError=>0):database=app')).toEqual({ database: 'app' })
    expect(settingsOf('dbi:Pg:dbname=one;dbname=two')).toEqual({ dbname: 'two' })
    expect(parsePerlDataSource('dbi:SQLite:/var/lib/a b.sqlite')).toMatchObject({
      dialect: 'SQLite',
      rest: '/var/lib/a b.sqlite',
    })
    expect(parsePerlDataSource('dbi:ODBC:DSN')).toMatchObject({ dialect: 'ODBC', rest: 'DSN' })
  })

  test('is not everything', () => {
    for (const text of [
      '',
      'sessions.sqlite',
      '/dbi:SQLite:x',
      'dbi:',
      'dbi:SQLite',
      'postgres://dbi:Pg:x/',
    ]) {
      expect(parsePerlDataSource(text)).toBeUndefined()
    }
  })

  test('gives back the settings it was made of', () => {
    const name = fc.stringMatching(/^[a-z_]{1,8}$/)
    const value = fc.string({ unit: 'binary' }).filter((text) => !text.includes(';') && text === text.trim())
    fc.assert(
      fc.property(fc.dictionary(name, value), (settings) => {
        const parts = Object.entries(settings).map(([key, value]) => `${key}=${value}`)
        expect(settingsOf(`dbi:Pg:${parts.join(';')}`)).toEqual({ ...settings })
      }),
    )
  })

  test('of any text at all is taken apart or not, and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parsePerlDataSource(`dbi:Pg:${text}`)?.rest).toBe(text)
        parsePerlDataSource(text)
      }),
    )
  })
})
