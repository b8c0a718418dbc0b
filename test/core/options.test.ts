import { describe, expect, test } from 'vitest'
import { InvalidOptionError } from '../../src/errors.ts'
import { readOptions } from '../../src/options.ts'

describe('readOptions', () => {
  test("takes Perl's spelling", () => {
    const perl = {
      data_source: 'dbi:SQLite:dbname=x',
      table_name: 's',
      no_flock: 1,
      data_source_attr: { a: 1 },
      '-id_step': '2',
    }
    expect(readOptions(perl)).toEqual({
      dataSource: 'dbi:SQLite:dbname=x',
      tableName: 's',
      noFlock: true,
      dataSourceAttrs: { a: 1 },
      idStep: '2',
    })
  })

  test('takes the options of CGI::Session and Apache::Session', () => {
    expect(readOptions({ DataSource: 'dbi:mysql:x', User: 'me', Password: '', TableName: 's' })).toEqual({
      dataSource: 'dbi:mysql:x',
      username: 'me',
      password: '',
      tableName: 's',
    })
    expect(readOptions({ Directory: '/a', LockDirectory: '/b', UserName: 'me' })).toEqual({
      directory: '/a',
      lockDirectory: '/b',
      username: 'me',
    })
    // Perhaps a plug-in's own.
    expect(readOptions({ user: 'me' })).toEqual({ user: 'me' })
  })

  test('leaves out what is undefined and passes on what a plug-in may know', () => {
    expect(readOptions({ name: undefined, hosts: ['a'], my_driver_thing: 7 })).toEqual({
      hosts: ['a'],
      my_driver_thing: 7,
    })
  })

  test.each([
    [{ dataSorce: 'x' }, "did you mean 'dataSource'?"],
    [{ tabel_name: 'x' }, "did you mean 'tableName'?"],
    [{ directory: 5 }, "'directory' must be a string, not a number"],
    [{ verbose: 'loud' }, "'verbose' must be a number"],
    [{ onConflict: 'marge' }, "'merge' or 'overwrite' or 'error'"],
    [{ clock: 12 }, "'clock' must be a function"],
    [{ noFlock: 'perhaps' }, "'noFlock' must be a boolean"],
    [{ tableName: 'a', table_name: 'b' }, 'given twice'],
  ] as [Record<string, unknown>, string][])('refuses %j', (options, message) => {
    expect(() => readOptions(options)).toThrow(InvalidOptionError)
    expect(() => readOptions(options)).toThrow(message)
  })
})
