import { describe, expect, test } from 'vitest'
import { inspect } from 'node:util'
import DataDumper from '../../serializers/DataDumper.ts'
import { FreezeError, InvalidOptionError, ThawError } from '../../src/errors.ts'
import { defaultLimits } from '../../src/perl/limits.ts'
import { parseDumper } from '../../src/perl/dumper/reader.ts'
import { writeDumper } from '../../src/perl/dumper/writer.ts'
import {
  Blessed,
  Code,
  Glob,
  JsonBoolean,
  PerlString,
  Regexp,
  ScalarRef,
  VString,
} from '../../src/perl/values.ts'

function write(value: unknown): string {
  return Buffer.from(writeDumper(value)).toString('latin1')
}

/** The message of the error that refuses this parameter. */
function refusal(value: unknown, options = {}): string {
  const serializer = new DataDumper(options)
  let message = ''
  try {
    serializer.freeze({ v: value })
  } catch (error) {
    expect(error).toBeInstanceOf(FreezeError)
    message = (error as Error).message
  }
  expect(message).not.toBe('')
  return message
}

describe('what is written', () => {
  test.each<[unknown, string]>([
    [{}, '{}'],
    [{ a: [], b: {} }, `{'a' => [],'b' => {}}`],
    [[1, -1, 0, 9999999999, Date.UTC(2023, 0)], '[1,-1,0,9999999999,1672531200000]'],
    [[0.1, -0, 1e21, 2 ** 60, 5e-324], '[0.1,-0.0,1e+21,1.152921504606847e+18,5e-324]'],
    [[2n ** 64n - 1n, -(2n ** 63n)], '[18446744073709551615,-9223372036854775808]'],
    [[true, false, null, undefined], `[!!1,!!0,undef,undef]`],
    [{ a: undefined, b: 1 }, `{'b' => 1}`],
    [['1', '', '0.1'], `['1','','0.1']`],
    ["it's a \\ b\n", `'it\\'s a \\\\ b\n'`],
    ['caf\xe9 \xff\0', `'caf\xe9 \xff\0'`],
    ['caf\xe9 \u263a \u{1f600}$@"\'\\', `"caf\\x{e9} \\x{263a} \\x{1f600}\\$\\@\\"'\\\\"`],
    ['\ud800', '"\\x{d800}"'],
    [new PerlString([97, 36, 0xd83d, 0xde00, 0x110000]), '"a\\$\\x{d83d}\\x{de00}\\x{110000}"'],
    [new PerlString([39, 0xe9]), `'\\'\xe9'`],
    [{ '\u263a': 1 }, `{"\\x{263a}" => 1}`],
    [JSON.parse('{"__proto__":1,"constructor":2}'), `{'__proto__' => 1,'constructor' => 2}`],
    [Object.assign(Object.create(null), { a: 1 }), `{'a' => 1}`],
    [new Blessed("a'b", { n: 1 }), `bless( {'n' => 1}, 'a\\'b' )`],
    [new Blessed('A', new ScalarRef(new ScalarRef('x'))), `bless( do{\\(my $o = \\'x')}, 'A' )`],
    [new Blessed('A', new Regexp('x/y', 'i')), `bless( qr/x\\/y/i, 'A' )`],
    [new JsonBoolean(true), `bless( do{\\(my $o = 1)}, 'JSON::PP::Boolean' )`],
    [new ScalarRef(new Glob('::STDOUT')), '\\*::STDOUT'],
    [
      new Blessed('IO::File', new ScalarRef(new Glob('Symbol::GEN0'))),
      `bless( \\*Symbol::GEN0, 'IO::File' )`,
    ],
    [new ScalarRef(new Glob('::$fh')), `\\*{'::$fh'}`],
    [new VString('v1.2.3'), 'v1.2.3'],
    [new Code(), 'sub { "DUMMY" }'],
    [new Regexp('^a\\/b/$c$|(d$)@e\\$\\@'), 'qr/^a\\/b\\/${\\q($)}c$|(d$)${\\q(@)}e\\$\\@/'],
    [new Regexp('\u263a\\\u263a\xe9', 'u'), 'qr/\\x{263a}\\x{263a}\\x{e9}/u'],
  ])('%o', (value, text) => {
    expect(write(value)).toBe(`$D = ${text};`)
  })

  test('shared references and cycles, put right behind', () => {
    const list = [1, 2]
    const hash: Record<string, unknown> = { list, again: list, 'a b': { deep: [list] } }
    hash['self'] = hash
    expect(write(hash)).toBe(
      `$D = {'list' => [1,2],'again' => [],'a b' => {'deep' => [[]]},'self' => {}};` +
        `$D->{'again'} = $D->{'list'};$D->{'a b'}{'deep'}[0] = $D->{'list'};$D->{'self'} = $D;;$D`,
    )
    const reference = new ScalarRef(null)
    reference.value = reference
    expect(write(reference)).toBe('$D = \\do{my $o};${$D} = $D;;$D')
    const inner = { k: [1] }
    expect(write({ a: new ScalarRef(inner), b: inner.k })).toBe(
      `$D = {'a' => \\{'k' => [1]},'b' => []};$D->{'b'} = \${$D->{'a'}}->{'k'};;$D`,
    )
    const object = new Blessed('X', {})
    expect(write([object, object])).toBe(`$D = [bless( {}, 'X' ),{}];$D->[1] = $D->[0];;$D`)
  })

  test('references to elements', () => {
    const list = ['a', 'b']
    const value: Record<string, unknown> = { first: ScalarRef.to(list, 1), list }
    expect(write(value)).toBe(
      `$D = {'first' => do{my $o},'list' => ['a','b']};$D->{'first'} = \\$D->{'list'}[1];;$D`,
    )
    value['first'] = new Blessed('X', ScalarRef.to(list, 1))
    expect(write(value)).toBe(
      `$D = {'first' => do{my $o},'list' => ['a','b']};$D->{'first'} = bless( \\$D->{'list'}[1], 'X' );;$D`,
    )
  })

  test('references to elements that are gone keep what they point to', () => {
    const list = ['a', { k: 1 }]
    const reference = ScalarRef.to(list, 1)
    const value = { x: reference, y: reference, z: ScalarRef.to({ n: list[1] }, 'n') }
    expect(write(value)).toBe(
      `$D = {'x' => do{my $o},'y' => do{my $o},'z' => do{my $o}};$D->{'x'} = \\{'k' => 1};$D->{'z'} = \\{};` +
        `$D->{'y'} = $D->{'x'};\${$D->{'z'}} = \${$D->{'x'}};;$D`,
    )
    const again = parseDumper(writeDumper(value)) as Record<string, ScalarRef>
    expect(again['y']).toBe(again['x'])
    expect(again['z']?.value).toBe(again['x']?.value)
  })
})

describe('what is refused', () => {
  test('says what, where and what to do', () => {
    expect(refusal(new Date(0))).toBe(
      'DataDumper cannot keep a Date at v: store its time or its text, or use serialize:Devalue',
    )
    expect(refusal({ cart: [{ when: new Date(0) }] })).toContain('a Date at v.cart[0].when')
    expect(refusal({ 'a b': [new Map()] })).toContain('a Map at v["a b"][0]')
    expect(refusal(new ScalarRef([Symbol('x')]))).toContain('a symbol at v.value[0]')
  })

  test.each<[string, unknown]>([
    ['Set', new Set()],
    ['Uint8Array', new Uint8Array(1)],
    ['Buffer', Buffer.from('x')],
    ['RegExp', /x/],
    ['match', /x/.exec('x')],
    [
      'class',
      new (class Cart {
        items = []
      })(),
    ],
    ['Error', new Error('x')],
    ['Promise', Promise.resolve()],
    ['function', () => 1],
    ['symbol', Symbol('x')],
    ['NaN', Number.NaN],
    ['Infinity', -Infinity],
    ['small bigint', 5n],
    ['large bigint', 2n ** 64n],
    ['boxed', Object('x')],
    ['object in object', new Blessed('A', new Blessed('B', {}) as never)],
    ['date in object', new Blessed('A', new Date(0) as never)],
    ['class without name', new Blessed('', {})],
    ['pattern with code', new Regexp('(?{ system(1) })')],
    ['pattern with an open escape', new Regexp('a\\')],
    ['flags that are none', new Regexp('a', 'e; system(1)')],
    ['version string that is none', new VString('system(1)')],
  ])('%s', (_name, value) => {
    refusal(value)
    refusal([{ value }])
  })

  test('the inside of an object on its own', () => {
    const inside = { a: 1 }
    const object = new Blessed('X', inside)
    expect(() => write([object, inside])).toThrow(FreezeError)
    expect(() => write([inside, object])).toThrow(FreezeError)
    expect(() => write([new Blessed('Y', inside), object])).toThrow(FreezeError)
  })

  test('more levels than can be read', () => {
    let value: unknown = 1
    for (let depth = 0; depth < defaultLimits.maxDepth; depth++) value = depth % 2 === 0 ? [value] : { value }
    expect(parseDumper(writeDumper(value))).toEqual(value)
    expect(() => write([value])).toThrow(FreezeError)
    for (let depth = 0; depth < 100_000; depth++) value = new Blessed('X', [value])
    expect(() => write(value)).toThrow(FreezeError)
    expect(() => writeDumper(value, { maxDepth: 1e9 })).toThrow(FreezeError)
  })

  test('more bytes than can be read', () => {
    const text = 'x'.repeat(8 * 1024 * 1024)
    expect(() => write(text.repeat(5))).toThrow(FreezeError)
    expect(() => write([text, text, text, text])).toThrow(FreezeError)
    expect(() => write(Object.assign([], { length: 2 ** 31 }))).toThrow(FreezeError)
    const path = 'x'.repeat(1024 * 1024)
    const list = [1]
    expect(() => write({ list, [path]: Array.from({ length: 100_000 }, () => list) })).toThrow(FreezeError)
    expect(() =>
      write({ [path]: Array.from({ length: 100_000 }, () => ScalarRef.to(list, 0)), list }),
    ).toThrow(FreezeError)
  })
})

describe('the serializer', () => {
  test('has a session back', () => {
    const hash = {
      _SESSION_ID: 'abc',
      _SESSION_ATIME: 1700000000,
      _SESSION_PTIME: {},
      cart: ['apple', { n: 1.5 }],
    }
    const serializer = new DataDumper({})
    expect(serializer.thaw(serializer.freeze(hash))).toEqual(hash)
  })

  test('refuses what is no session', () => {
    const serializer = new DataDumper({})
    for (const text of [
      '',
      '$D = undef;',
      '$D = [1];',
      `$D = 'x';`,
      `$D = bless( {}, 'X' );`,
      '$D = \\{};',
    ]) {
      expect(() => serializer.thaw(Buffer.from(text))).toThrow(ThawError)
    }
  })

  test('reads a part of a larger buffer', () => {
    const serializer = new DataDumper({})
    const buffer = new Uint8Array(100).fill(39)
    buffer.set(Buffer.from(`$D = {'a' => 'b'};`), 10)
    expect(serializer.thaw(buffer.subarray(10, 28))).toEqual({ a: 'b' })
  })

  test('has the limits that its options say', () => {
    const serializer = new DataDumper({ maxDepth: 2, maxImageBytes: 30 })
    expect(serializer.thaw(serializer.freeze({ a: [] }))).toEqual({ a: [] })
    expect(() => serializer.freeze({ a: [[]] })).toThrow(/more than 2 levels/)
    expect(() => serializer.thaw(Buffer.from(`$D = {'a' => [[]]};`))).toThrow(ThawError)
    expect(() => serializer.freeze({ a: 'x'.repeat(30) })).toThrow(/more than 30 bytes/)
    expect(() => serializer.thaw(Buffer.from(`$D = {}${' '.repeat(30)}`))).toThrow(ThawError)
    for (const options of [{ maxDepth: 0 }, { maxDepth: 1001 }, { maxImageBytes: '1' }]) {
      expect(() => new DataDumper(options)).toThrow(InvalidOptionError)
    }
  })

  test('may be given the deepest limit', () => {
    const serializer = new DataDumper({ maxDepth: 1000 })
    let hash: Record<string, unknown> = {}
    for (let depth = 1; depth < 1000; depth++) hash = { hash }
    expect(Buffer.from(serializer.freeze(serializer.thaw(serializer.freeze(hash))))).toEqual(
      Buffer.from(serializer.freeze(hash)),
    )
  })

  test('perlText decides how text is written', () => {
    const freeze = (value: unknown, perlText: string) =>
      Buffer.from(new DataDumper({ perlText }).freeze({ v: value })).toString('latin1')
    expect(freeze('caf\xe9', 'characters')).toBe(`$D = {'v' => 'caf\xe9'};`)
    expect(freeze('caf\xe9', 'latin1')).toBe(`$D = {'v' => 'caf\xe9'};`)
    expect(freeze('caf\xe9', 'utf8')).toBe(`$D = {'v' => 'caf\xc3\xa9'};`)
    expect(freeze('\u263a', 'utf8')).toBe(`$D = {'v' => '\xe2\x98\xba'};`)
    expect(refusal('\u263a', { perlText: 'latin1' })).toContain('perlText')
    expect(refusal('\ud800', { perlText: 'utf8' })).toContain('perlText')
    const octets = Buffer.from(`$D = {'caf\xc3\xa9' => 'caf\xe9','w' => "\\x{263a}"};`, 'latin1')
    const serializer = new DataDumper({ perlText: 'utf8' })
    expect(Buffer.from(serializer.freeze(serializer.thaw(octets))).equals(octets)).toBe(true)
  })

  test('perlBooleans decides what JSON booleans are', () => {
    const image = Buffer.from(`$D = {'v' => bless( do{\\(my $o = 1)}, 'JSON::PP::Boolean' )};`)
    for (const [perlBooleans, value] of [
      ['object', new JsonBoolean(true)],
      ['native', true],
    ] as const) {
      const serializer = new DataDumper({ perlBooleans })
      expect(serializer.thaw(image)).toStrictEqual({ v: value })
      expect(Buffer.from(serializer.freeze({ v: value })).equals(image)).toBe(true)
    }
  })

  test('options have to be known words', () => {
    expect(() => new DataDumper({ perlText: 'UTF-8' })).toThrow(InvalidOptionError)
    expect(() => new DataDumper({ perlBooleans: true })).toThrow(InvalidOptionError)
  })
})

describe('the values that JavaScript lacks', () => {
  const values = [
    new Blessed('A', { n: new ScalarRef('x') }),
    ScalarRef.to(['a', 'b'], 1),
    new Regexp('a', 'i'),
    new VString('v1.2'),
    new Glob('::STDOUT'),
    new Code(),
    new JsonBoolean(false),
    new PerlString([0x263a, 0x110000]),
  ]

  test('in JSON', () => {
    expect(JSON.stringify(values)).toBe(
      '[{"$bless":"A","value":{"n":{"$ref":"x"}}},{"$ref":"b"},{"$qr":"a","flags":"i"},{"$vstring":"v1.2"},' +
        '{"$glob":"::STDOUT"},{"$code":"DUMMY"},false,{"$codePoints":[9786,1114112]}]',
    )
  })

  test('in the console', () => {
    expect(values.map((value) => inspect(value))).toEqual([
      "bless({ n: \\'x' }, 'A')",
      "\\'b'",
      'qr/a/i',
      'v1.2',
      '*::STDOUT',
      'sub { "DUMMY" }',
      'JsonBoolean(false)',
      "PerlString('\u263a\ufffd')",
    ])
  })
})
