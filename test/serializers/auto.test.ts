import { describe, expect, test } from 'vitest'
import Auto from '../../serializers/Auto.ts'
import DataDumper from '../../serializers/DataDumper.ts'
import FreezeThaw from '../../serializers/FreezeThaw.ts'
import JsonSerializer from '../../serializers/JSON.ts'
import Storable from '../../serializers/Storable.ts'
import YAML from '../../serializers/YAML.ts'
import { FreezeError, InvalidOptionError, ThawError } from '../../src/errors.ts'
import { Blessed } from '../../src/perl/values.ts'
import { type FormatName, recognizeFormat } from '../../src/recognize-format.ts'
import { MinimalDriver } from '../support/minimal-driver.ts'
import { useMinimalStore } from '../support/minimal-store.ts'
import { type GoldenSerializer, goldenRecords, goldenSessions } from './golden.ts'

const formats: readonly (readonly [GoldenSerializer, FormatName])[] = [
  ['dd', 'DataDumper'],
  ['cgidd', 'DataDumper'],
  ['st', 'Storable'],
  ['nst', 'Storable'],
  ['pst0', 'Storable'],
  ['npst0', 'Storable'],
  ['ft', 'FreezeThaw'],
  ['json', 'JSON'],
  ['jsonpp', 'JSON'],
  ['cgijson', 'JSON'],
  ['yamlt', 'YAML'],
  ['syck', 'YAML'],
  ['yamlpm', 'YAML'],
  ['apb64', 'Base64'],
  ['apuu', 'UUEncode'],
  ['apsyb', 'Sybase'],
]

describe('a format is recognized', () => {
  test.each(formats)('%s: %s', (ser, format) => {
    for (const { image, name } of goldenRecords(ser)) {
      // A list is no session; in JSON it is also how devalue begins.
      if (!name.endsWith('-top')) expect(recognizeFormat(image), name).toBe(format)
    }
  })

  test('in every session that Perl stored', () => {
    const names: Record<string, FormatName> = {
      default: 'DataDumper',
      storable: 'Storable',
      freezethaw: 'FreezeThaw',
      yaml: 'YAML',
      json: 'JSON',
      'JSON::PP': 'JSON',
    }
    const sessions = goldenSessions().filter(({ image }) => image !== undefined)
    expect(sessions.length).toBeGreaterThan(100)
    for (const { image, serializer, id } of sessions) {
      expect(recognizeFormat(image!), id).toBe(names[serializer] ?? serializer)
    }
  })

  test.each([
    ["{'a' => 1}", 'DataDumper'],
    ['{\n  "a\\n" => 1}', 'DataDumper'],
    ['{a => 1}', 'DataDumper'],
    ["# made by hand\nmy $x = {'a' => 1};", 'DataDumper'],
    ['$VAR1 = {};', 'DataDumper'],
    ['{}', 'JSON'],
    ['\n {"a":1}', 'JSON'],
    ['{"a => ":1}', 'JSON'],
    ["{'a':1}", 'JSON'],
    ['[{"a":1},2]', 'Devalue'],
    ['--- {}\n', 'YAML'],
    ['# a\n---\na: 1\n', 'YAML'],
    ['%YAML 1.1\n---\na: 1\n', 'YAML'],
    ['0x040b08', 'Sybase'],
    ['', undefined],
    ['deadbeef', undefined],
    ['a: 1\n', undefined],
    ['M\n', undefined],
  ])('%j: %s', (text, format) => {
    expect(recognizeFormat(Buffer.from(text, 'latin1'))).toBe(format)
  })
})

describe('a store with records of several formats', () => {
  const records = {
    dumped: new DataDumper({}),
    stored: new Storable({}),
    frozen: new FreezeThaw({}),
    json: new JsonSerializer({}),
    yaml: new YAML({}),
  }

  function record(id: string, params: object): Record<string, unknown> {
    return {
      _SESSION_ID: id,
      _SESSION_ATIME: 1_700_000_000,
      _SESSION_CTIME: 1_700_000_000,
      _SESSION_ETIME: 0,
      _SESSION_PTIME: {},
      ...params,
    }
  }

  test('keeps the format of each, and gives new ones its own', async () => {
    const serializer = new Auto({})
    for (const [id, own] of Object.entries(records)) {
      const before = own.freeze(record(id, { n: 1, list: ['a', { b: 'c' }] }))
      const hash = serializer.thaw(before)
      expect(hash['n']).toBe(1)
      hash['n'] = 2
      const after = serializer.refreeze(hash, before, (key) => key !== 'n')
      expect(recognizeFormat(after)).toBe(recognizeFormat(before))
      expect(own.thaw(after)).toEqual(record(id, { n: 2, list: ['a', { b: 'c' }] }))
      expect(serializer.holds(after, 'list', ['a', { b: 'c' }])).toBe(true)
      expect(serializer.holds(after, 'list', ['a', { b: 'd' }])).toBe(false)
      expect(serializer.holds(after, 'other', [])).toBe(false)
    }
    expect(recognizeFormat(serializer.freeze({}))).toBe('DataDumper')
    expect(recognizeFormat(new Auto({ autoFormat: 'Storable' }).freeze({}))).toBe('Storable')
  })

  const minimal = useMinimalStore()

  test('serves sessions of all of them', async () => {
    const object = new Blessed('Shop::Cart', { items: ['a'] })
    for (const [id, own] of Object.entries(records)) {
      const cart = own === records.json || own === records.yaml ? { items: ['a'] } : object
      MinimalDriver.records.set(id, own.freeze(record(id, { n: 1, cart })))
    }
    const store = await minimal.open({ type: 'driver:Minimal;serialize:Auto' })
    for (const [id, own] of Object.entries(records)) {
      const session = await store.load(id)
      const cart = session.param('cart') as Blessed | { items: string[] }
      expect(session.modified).toBe(false)
      const { items } = (cart instanceof Blessed ? cart.value : cart) as { items: string[] }
      items.push('b')
      await session.flush()
      await session.regenerate()
      session.param('n', 2)
      await session.flush()
      const image = MinimalDriver.records.get(session.id)!
      expect(own.thaw(image)).toMatchObject({ n: 2, cart })
    }
    expect([...MinimalDriver.records.keys()]).not.toContain('dumped')
    const fresh = await store.create()
    fresh.param('a', 1)
    await fresh.flush()
    expect(recognizeFormat(MinimalDriver.records.get(fresh.id)!)).toBe('DataDumper')
    await store.close()
  })

  test('converts them when it is told to', () => {
    const serializer = new Auto({ autoFormat: 'JSON', autoConvert: true })
    const before = new Storable({}).freeze({ n: 1 })
    expect(Buffer.from(serializer.refreeze({ n: 2 }, before, () => false)).toString()).toBe('{"n":2}')
    expect(() => serializer.refreeze({ n: new Blessed('C', {}) }, before, () => false)).toThrow(FreezeError)
  })

  test('checks what a format would lose unnoticed', () => {
    const serializer = new Auto({})
    const before = new JsonSerializer({}).freeze({ n: 1 })
    expect(() => serializer.refreeze({ n: Number.NaN }, before, () => false)).toThrow(FreezeError)
  })

  test('refuses what is like no format, and wrong options', () => {
    expect(() => new Auto({}).thaw(Buffer.from('junk'))).toThrow(ThawError)
    expect(() => new Auto({ autoFormat: 'Word' })).toThrow(InvalidOptionError)
    expect(() => new Auto({ autoConvert: 1 })).toThrow(InvalidOptionError)
    expect(() => new Auto({ autoFormat: 'JSON', perlText: 'ebcdic' })).toThrow(InvalidOptionError)
  })
})
