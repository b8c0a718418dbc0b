import { describe, expect, test } from 'vitest'
import { InvalidOptionError } from '../../src/errors.ts'
import { quoteIdentifier } from '../../src/sql/identifier.ts'
import { readTableNames, sameName } from '../../src/sql/table-names.ts'

describe('quoted identifiers', () => {
  test('hold every character', () => {
    expect(quoteIdentifier('sessions')).toBe('"sessions"')
    expect(quoteIdentifier('a"b""c; drop')).toBe('"a""b""""c; drop"')
    expect(quoteIdentifier('a`b"c', '`')).toBe('`a``b"c`')
  })
})

describe('table names', () => {
  test('are those of Data::Session unless said otherwise', () => {
    expect(readTableNames({})).toEqual({
      schema: undefined,
      table: 'sessions',
      id: 'id',
      data: 'a_session',
      expires: 'expires',
    })
  })

  test('given as null are left out, as undef in Perl', () => {
    expect(readTableNames({ tableName: null, idColName: undefined })).toEqual(readTableNames({}))
  })

  test('come from the options', () => {
    const options = {
      tableName: 'my app.my table',
      idColName: 'key',
      dataColName: 'value',
      expiresColName: '1 2',
    }
    expect(readTableNames(options)).toEqual({
      schema: 'my app',
      table: 'my table',
      id: 'key',
      data: 'value',
      expires: '1 2',
    })
  })

  test.each<[string, unknown]>([
    ['tableName', ''],
    ['tableName', 'a.b.c'],
    ['tableName', '.sessions'],
    ['tableName', 'app.'],
    ['tableName', 'a\0b'],
    ['idColName', ''],
    ['idColName', true],
    ['dataColName', 5],
    ['expiresColName', '\ud800'],
    ['expiresColName', 'ID'],
    ['dataColName', 'id'],
  ])('cannot have %s = %j', (option, value) => {
    expect(() => readTableNames({ [option]: value })).toThrow(InvalidOptionError)
  })

  test('are the same in either case of the letters A to Z', () => {
    expect(sameName('Expires', 'eXPIRES')).toBe(true)
    expect(sameName('É', 'é')).toBe(false)
    expect(sameName('K', '\u212a')).toBe(false)
  })
})
