import { isUtf8 } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import JSONSerializer from '../../serializers/JSON.ts'
import { FreezeError, InvalidOptionError, ThawError } from '../../src/errors.ts'
import { PerlString } from '../../src/perl/values.ts'
import type { PluginOptions } from '../../src/plugin.ts'
import { type GoldenRecord, goldenRecords } from './golden.ts'
import { expectMeaning, type Rules } from './meaning.ts'

const rules: Rules = {
  holes: 'null',
  weak: false,
  locked: false,
  sharing: false,
  jsonBooleans: 'native',
  numbers: 'printed',
}

function json(options: PluginOptions = {}): JSONSerializer {
  return new JSONSerializer(options)
}

function thaw(text: string, options: PluginOptions = {}): unknown {
  return json(options).thaw(Buffer.from(text, 'latin1'))
}

function freeze(value: unknown, options: PluginOptions = {}): string {
  return Buffer.from(json(options).freeze({ v: value })).toString('latin1')
}

/** What the serializer makes of a record that it reads and writes again, one key of it changed or none. */
function rewritten(text: string, options: PluginOptions = {}, changed: Record<string, unknown> = {}): string {
  const serializer = json(options)
  const image = Buffer.from(text, 'latin1')
  const hash = { ...serializer.thaw(image), ...changed }
  const isUnchanged = (key: string): boolean => !Object.hasOwn(changed, key)
  return Buffer.from(serializer.refreeze(hash, image, isUnchanged)).toString('latin1')
}

function named(records: readonly GoldenRecord[]): [string, GoldenRecord][] {
  return records
    .filter(({ read, given }) => (read ?? given).t === 'hash')
    .map((record) => [record.name, record])
}

describe('what JSON::Syck wrote', () => {
  const records = named(goldenRecords('cgijson'))

  test('is all here', () => {
    expect(records.length).toBe(91)
  })

  test.each(records)('%s, as characters', (_, { image, read }) => {
    expectMeaning(json({ perlText: 'characters' }).thaw(image), read!, rules)
  })

  test.each(records)('%s, as text', (_, { image, read }) => {
    const text = isUtf8(image) ? 'utf8' : 'characters'
    expectMeaning(json().thaw(image), read!, { ...rules, text })
  })

  test.each(records)('%s, written back for JSON::Syck', (_, { image, read }) => {
    const serializer = json({ perlJson: 'syck', perlText: 'characters' })
    const hash = serializer.thaw(image)
    expect(Buffer.from(serializer.refreeze(hash, image, () => true))).toEqual(image)
    expectMeaning(serializer.thaw(serializer.freeze(hash)), read!, rules)
  })
})

describe('what JSON::XS and JSON::PP wrote', () => {
  const records = named([...goldenRecords('json'), ...goldenRecords('jsonpp')])
  // Perl's modules do not read the least of all doubles, nor a minus before 0.
  const finite = records.filter(([name, { read }]) => read !== undefined && !/denormal|neg0/.test(name))

  test.each(finite)('%s, as characters', (_, { image, read }) => {
    expectMeaning(json({ perlText: 'characters' }).thaw(image), read!, rules)
  })

  test.each(records)('%s, untouched', (_, { image }) => {
    for (const perlText of ['auto', 'characters', 'utf8']) {
      const serializer = json({ perlText })
      const hash = serializer.thaw(image)
      const written = Buffer.from(serializer.refreeze(hash, image, () => true))
      expect(serializer.thaw(written)).toEqual(hash)
      const isAlready = image.every((byte) => byte < 0x7f)
      const staysUtf8 = perlText === 'auto' && isUtf8(image) && image.some((byte) => byte > 0x7f)
      if (isAlready || staysUtf8) expect(written).toEqual(image)
      else expect(written.every((byte) => byte < 0x7f)).toBe(true)
    }
  })
})

describe('what the program did not touch goes back as it came', () => {
  test.each([
    ['{"a":1e+15,"b":1.0,"c":-0,"d":0.10}', '{"a":1e+15,"b":1.0,"c":-0,"d":0.10}'],
    ['{ "a" : [1.0, 2] ,\n"b":{"x" :1} }', '{"a" : [1.0, 2],"b":{"x" :1}}'],
    ['{"a":inf,"b":[-inf,nan],"c":[null]}', '{"a":inf,"b":[-inf,nan],"c":[null]}'],
    ['{"a":"\xe9","b":1.0}', '{"a":"\\u00e9","b":1.0}'],
    ['{"a":"\xc3\xa9","b":1.0}', '{"a":"\xc3\xa9","b":1.0}'],
    ['{"a":1,"a":2.0}', '{"a":2.0}'],
    ['{"\\u0061\\/":1.0}', '{"\\u0061\\/":1.0}'],
    ['{"a":12345678901234567890,"b":1.0}', '{"a":12345678901234567890,"b":1.0}'],
    ['{"a":"\\x01\\0\\a\\v\\e"}', '{"a":"\\x01\\0\\a\\v\\e"}'],
  ])('%s', (text, expected) => {
    expect(rewritten(text)).toBe(expected)
    expect(rewritten(text, {}, { z: 5 })).toBe(`${expected.slice(0, -1)},"z":5}`)
    expect(rewritten(text, {}, { z: 5n ** 40n })).toBe(`${expected.slice(0, -1)},"z":${5n ** 40n}}`)
  })

  test('doubles that look like integers, when all is written anew', () => {
    const serializer = json()
    const hash = serializer.thaw(Buffer.from('{"a":1e+15,"b":{"c":[1.23456789012346e+17]},"d":1e+20}'))
    expect(String(serializer.freeze(hash))).toBe('{"a":1e+15,"b":{"c":[1.23456789012346e+17]},"d":1e+20}')
    Object.assign(hash, { a: 5, e: 2n ** 70n })
    expect(String(serializer.freeze(hash))).toBe(
      '{"a":5,"b":{"c":[1.23456789012346e+17]},"d":1e+20,"e":1180591620717411303424}',
    )
    hash['e'] = () => 1
    expect(String(serializer.freeze(hash))).toBe('{"a":5,"b":{"c":[1.23456789012346e+17]},"d":1e+20}')
  })

  test('large doubles are doubles to Perl, not strings or null', () => {
    expect(freeze([2 ** 63, -1e20, 1e21, 2 ** 53, '12345678901234567890'])).toBe(
      '{"v":[9.223372036854776e+18,-1e+20,1e+21,9.007199254740992e+15,"12345678901234567890"]}',
    )
    expect(rewritten('{"a":{"b":1.79769313486232e+308}}', {}, { a: { b: Infinity } })).toBe(
      '{"a":{"b":1e+999}}',
    )
  })

  test('even where it stands beside what was changed, or when all is written anew', () => {
    expect(rewritten('{"a":{"x":inf,"y":1}}', {}, { a: { x: Infinity, y: 2 } })).toBe(
      '{"a":{"x":1e+999,"y":2}}',
    )
    const serializer = json()
    const hash = serializer.thaw(Buffer.from('{"a":[nan,null,-inf]}'))
    expect(String(serializer.freeze(hash))).toBe('{"a":[nan,null,-1e+999]}')
    expect(() => serializer.checkValue([Number.NaN])).toThrow(FreezeError)
  })
})

describe('text', () => {
  const octets = '{"v":"\xc3\xa9\xe2\x98\xba"}'

  test('as characters: each byte is one', () => {
    expect(thaw(octets, { perlText: 'characters' })).toEqual({ v: '\xc3\xa9\xe2\x98\xba' })
    expect(rewritten(octets, { perlText: 'characters' })).toBe('{"v":"\\u00c3\\u00a9\\u00e2\\u0098\\u00ba"}')
    expect(freeze('\xe9\u263a', { perlText: 'characters' })).toBe('{"v":"\\u00e9\\u263a"}')
  })

  test('as octets', () => {
    const options = { perlText: 'utf8' }
    const escaped = '{"v":"\\u00c3\\u00a9\\u00e2\\u0098\\u00ba"}'
    expect(thaw(octets, options)).toEqual({ v: '\xe9\u263a' })
    expect(thaw(escaped, options)).toEqual({ v: '\xe9\u263a' })
    expect(freeze('\xe9\u263a', options)).toBe(escaped)
    expect(rewritten(octets, options)).toBe(escaped)
    expect(rewritten(octets, options, { v: '\xe9\u263a' })).toBe(escaped)
    expect(thaw('{"\xc3\xa9":{"\\u00c3\\u00a9":1}}', options)).toEqual({ '\xe9': { '\xe9': 1 } })
    // A key that is no octets begins with what no text begins with, and goes back.
    expect(thaw('{"\xe9":1}', options)).toEqual({ '\udfff\xe9': 1 })
    expect(rewritten('{"\xe9":1,"b":2}', options, { '\udfff\xe9': 3, b: '\xe9' })).toBe(
      '{"\\u00e9":3,"b":"\\u00c3\\u00a9"}',
    )
    expect(() => freeze('\ud800', options)).toThrow(FreezeError)
    expect(() => json(options).checkValue(['\ud800'])).toThrow('half a character')
    expect(freeze('\\ud800', options)).toBe('{"v":"\\\\ud800"}')
  })

  test('strings that are no octets come as their code points, and go back as that', () => {
    const options = { perlText: 'utf8' }
    const text = '{"v":"\\u00e9\\"\\u263a","w":"\xe9","x":"\xc3\xa9"}'
    const read = thaw(text, options) as Record<string, unknown>
    expect(read).toEqual({ v: new PerlString([0xe9, 0x22, 0x263a]), w: new PerlString([0xe9]), x: '\xe9' })
    expect(freeze([read['v'], '\xe9'], options)).toBe('{"v":["\\u00e9\\u0022\\u263a","\\u00c3\\u00a9"]}')
    expect(freeze(new PerlString([0x1f600]))).toBe('{"v":"\\ud83d\\ude00"}')
    expect(() => freeze(new PerlString([0x110000]))).toThrow(FreezeError)
    expect(() => freeze(new PerlString([0xd83d, 0xde00]))).toThrow(FreezeError)
    expect(json(options).holds(Buffer.from(text, 'latin1'), 'v', read['v'])).toBe(false)
    expect(json(options).holds(Buffer.from(text, 'latin1'), 'w', read['w'])).toBe(true)
    expect(json(options).holds(Buffer.from(text, 'latin1'), 'x', read['x'])).toBe(true)
  })

  test('as Latin-1', () => {
    const options = { perlText: 'latin1' }
    expect(thaw('{"v":"\xe9\\u00ff"}', options)).toEqual({ v: '\xe9\xff' })
    expect(thaw('{"v":"\\u263a"}', options)).toEqual({ v: new PerlString([0x263a]) })
    expect(freeze('\xe9', options)).toBe('{"v":"\\u00e9"}')
    expect(() => freeze('\u263a', options)).toThrow('text with characters above U+00FF')
    expect(() => json(options).checkValue({ a: '\u263a' })).toThrow(FreezeError)
  })

  test('of a record that is in UTF-8 already, or in the words of JSON::Syck, stays what it is to Perl', () => {
    expect(rewritten('{"a":"Zo\xc3\xab","b":1}', {}, { b: '\xe9' })).toBe('{"a":"Zo\xc3\xab","b":"\\u00e9"}')
    expect(rewritten('{"a":"\\x01\xc3\xab","b":1}', {}, { b: '\xe9\n\x02' })).toBe(
      '{"a":"\\x01\xc3\xab","b":"\xc3\xa9\\n\\x02"}',
    )
    expect(rewritten('{"a":"\\x01\xe9"}', {}, { a: '\u263a' })).toBe('{"a":"\\u263a"}')
    expect(rewritten('{"a":"\\\\x01"}', {}, { b: '\xe9' })).toBe('{"a":"\\\\x01","b":"\\u00e9"}')
  })

  test('half a character is refused where Perl reads', () => {
    expect(() => json({ shared: true }).checkValue({ a: '\ud83d' })).toThrow('half a character')
    expect(() => json().checkValue({ a: '\ud83d' })).not.toThrow()
  })

  test('for JSON::Syck, which does not read \\u', () => {
    const options = { perlJson: 'syck' }
    expect(freeze('\xe9\u263a\x01\n"\\/', options)).toBe('{"v":"\xc3\xa9\xe2\x98\xba\\x01\\n\\"\\\\/"}')
    expect(
      rewritten('{"v":"\\u00e9\\u0022\\u005c\\u001f\\\\u0041\\/"}', { ...options, perlText: 'characters' }),
    ).toBe('{"v":"\xe9\\x22\\x5C\\x1F\\\\u0041/"}')
    expect(() => freeze('\u263a', { ...options, perlText: 'characters' })).toThrow(FreezeError)
  })

  test('options that are none', () => {
    expect(() => json({ perlText: 'utf16' })).toThrow(InvalidOptionError)
    expect(() => json({ perlJson: 'yaml' })).toThrow(InvalidOptionError)
    expect(() => json({ maxDepth: 0 })).toThrow(InvalidOptionError)
  })
})

describe('limits', () => {
  const nested = (levels: number, inside = ''): string =>
    `{"v":${'['.repeat(levels)}${inside}${']'.repeat(levels)}}`

  test('on depth', () => {
    expect(thaw(nested(511))).toBeDefined()
    expect(() => thaw(nested(512))).toThrow('nested too deeply: more than 512 levels')
    expect(thaw(nested(2, '"[[[[\\"[[[["'), { maxDepth: 3 })).toEqual({ v: [['[[[["[[[[']] })
    expect(() => thaw(nested(3), { maxDepth: 3 })).toThrow(ThawError)
    expect(thaw(`{"v":[${'[],{},'.repeat(2000)}1]}`, { maxDepth: 3 })).toBeDefined()
    expect(() => thaw(nested(512, 'inf'))).toThrow('nested too deeply')
  })

  test('on length', () => {
    expect(() => thaw('{"v":[1,2]}', { maxImageBytes: 10 })).toThrow('longer than 10 bytes')
    expect(() => freeze([1, 2], { maxImageBytes: 10 })).toThrow('more than 10 bytes')
    expect(() => rewritten('{"v":1}', { maxImageBytes: 10 }, { v: 123_456 })).toThrow(FreezeError)
  })
})
