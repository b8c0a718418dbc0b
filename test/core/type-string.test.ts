import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cgiSessionOptions, parseCgiSessionType } from '../../src/cgi-session-type.ts'
import { TypeStringError } from '../../src/errors.ts'
import { DEFAULT_TYPE, formatTypeString, parseTypeString } from '../../src/type-string.ts'

describe('parseTypeString', () => {
  test.each([undefined, '', ' ', ';;', ' ; '])('%j means the defaults', (text) => {
    expect(formatTypeString({ ...DEFAULT_TYPE, ...parseTypeString(text) })).toBe(
      'driver:File;id:MD5;serialize:DataDumper',
    )
  })

  test.each([
    ['driver:SQLite;id:SHA256;serialize:JSON', 'driver:SQLite;id:SHA256;serialize:JSON'],
    ['serialize:JSON;id:SHA1', 'driver:File;id:SHA1;serialize:JSON'],
    [' DRIVER : SQLite ; Id:SHA1; ', 'driver:SQLite;id:SHA1;serialize:DataDumper'],
    ['driver:Pg;;id:MD5;', 'driver:Pg;id:MD5;serialize:DataDumper'],
    ['layout:CGISession', 'driver:File;id:MD5;serialize:DataDumper;layout:CGISession'],
    ['layout:DataSession', 'driver:File;id:MD5;serialize:DataDumper'],
  ])('%j is %s', (text, normal) => {
    expect(formatTypeString({ ...DEFAULT_TYPE, ...parseTypeString(text) })).toBe(normal)
  })

  test.each([
    ['foo:bar', "Unexpected component 'foo'"],
    ['serializer:JSON', "did you mean 'serialize'?"],
    ['f:File', "Unexpected component 'f'"],
    ['driver=File', "Unexpected component 'driver=file'"],
    ['driver', "Missing value for option 'driver'"],
    ['driver:', "Missing value for option 'driver'"],
    ['driver:;id:MD5', "Missing value for option 'driver'"],
    ['driver:File:id:SHA1', 'more than one colon'],
    ['driver:File;driver:SQLite', "'driver' is given twice"],
  ])('%j is refused: %s', (text, message) => {
    expect(() => parseTypeString(text)).toThrow(TypeStringError)
    expect(() => parseTypeString(text)).toThrow(message)
  })

  test('the normal form reads back as itself', () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,12}$/)
    fc.assert(
      fc.property(fc.record({ driver: name, id: name, serialize: name, layout: name }), (type) => {
        expect({ ...DEFAULT_TYPE, ...parseTypeString(formatTypeString(type)) }).toEqual(type)
      }),
    )
  })
})

describe('a type string of CGI::Session', () => {
  test.each([
    ['driver:file;serializer:storable;id:md5', 'driver:file;id:md5;serialize:storable;layout:CGISession'],
    ['d:file;s:yaml;i:md5', 'driver:file;id:md5;serialize:yaml;layout:CGISession'],
    ['Driver:DB_File; Ser:FreezeThaw', 'driver:BerkeleyDB;id:MD5;serialize:FreezeThaw;layout:CGISession'],
    ['driver:PostgreSQL;serializer:default', 'driver:Pg;id:MD5;serialize:DataDumper;layout:CGISession'],
    ['id:incr', 'driver:File;id:AutoIncrement;serialize:DataDumper;layout:CGISession'],
    ['serializer:json;layout:Mine', 'driver:File;id:MD5;serialize:json;layout:Mine'],
  ])('%j is %s', (text, normal) => {
    expect(formatTypeString({ ...DEFAULT_TYPE, ...parseCgiSessionType(text) })).toBe(normal)
  })

  test.each([
    '',
    'driver:file;id:md5',
    'driver:SQLite;serialize:JSON;layout:CGISession',
    'serialise:JSON',
    'foo:bar',
    ':x',
  ])('%j is none', (text) => expect(parseCgiSessionType(text)).toBeUndefined())

  test.each(['driver:file;d:sqlite', 's:yaml;foo:bar', 's', 's:yaml:json'])('%j is refused', (text) => {
    expect(() => parseCgiSessionType(text)).toThrow(TypeStringError)
  })

  test.each([
    [{}, { dataSource: join(tmpdir(), 'cgisess.db') }],
    [{ fileName: '/var/lib/shop/cgisess.db' }, { dataSource: '/var/lib/shop/cgisess.db' }],
    [{ fileName: 'shop.db' }, { dataSource: join(tmpdir(), 'shop.db') }],
    [{ fileName: './shop.db' }, { dataSource: 'shop.db' }],
    [{ fileName: 'shop.db', directory: '/var/lib/shop' }, { dataSource: '/var/lib/shop/shop.db' }],
    [{ dataSource: 'here.db' }, { dataSource: 'here.db' }],
  ])('with db_file and %j has its file where the module has it', (given, expected) => {
    const type = parseCgiSessionType('driver:db_file')!
    expect(cgiSessionOptions(type, given)).toEqual({ perlJson: 'syck', ...expected })
  })
})
