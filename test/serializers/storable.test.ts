import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import Storable from '../../serializers/Storable.ts'
import { FreezeError, InvalidOptionError, ThawError } from '../../src/errors.ts'
import { isWeak, markText, restrict, restrictionOf, textsOf, weaken } from '../../src/perl/marks.ts'
import { perlDefaults } from '../../src/perl/options.ts'
import { network } from '../../src/perl/storable/header.ts'
import { thawStorable } from '../../src/perl/storable/reader.ts'
import { freezeStorable } from '../../src/perl/storable/writer.ts'
import {
  Blessed,
  Code,
  Glob,
  JsonBoolean,
  PerlString,
  Regexp,
  ScalarRef,
  StorableHook,
  Tied,
  VString,
} from '../../src/perl/values.ts'

const little64 = '\x04\x0b\x0812345678\x04\x08\x08\x08'
const net = '\x05\x0b'

function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

/** What a class has frozen is a plain Uint8Array. */
function octets(text: string): Uint8Array {
  return Uint8Array.from(bytes(text))
}

function thaw(text: string): unknown {
  return thawStorable(bytes(text))
}

/** The value under the only key of a hash, written in the order of the network. */
function item(text: string): unknown {
  return (thaw(`${net}\x03\0\0\0\x01${text}\0\0\0\x01v`) as { v: unknown }).v
}

function again(value: unknown, flavour = network): unknown {
  return thawStorable(freezeStorable(value, perlDefaults, flavour))
}

describe('images of other machines', () => {
  const double = Buffer.alloc(8)
  double.writeDoubleBE(0.1)
  const tenth = double.toString('latin1')
  const littleTenth = Buffer.from(double.toReversed()).toString('latin1')

  test.each([
    [
      'little-endian, 64 bits',
      `${little64}\x02\x02\0\0\0\x06\xfe\xff\xff\xff\xff\xff\xff\xff\x07${littleTenth}`,
    ],
    [
      'big-endian, 64 bits',
      `\x04\x0b\x0887654321\x04\x08\x08\x08\x02\0\0\0\x02\x06\xff\xff\xff\xff\xff\xff\xff\xfe\x07${tenth}`,
    ],
    [
      'little-endian, 32 bits',
      `\x04\x07\x041234\x04\x04\x04\x08\x02\x02\0\0\0\x06\xfe\xff\xff\xff\x07${littleTenth}`,
    ],
    ['big-endian, 32 bits', `\x04\x07\x044321\x04\x04\x04\x08\x02\0\0\0\x02\x06\xff\xff\xff\xfe\x07${tenth}`],
    [
      '32 bits with integers of 64',
      `\x04\x07\x0812345678\x04\x04\x04\x08\x02\x02\0\0\0\x06\xfe\xff\xff\xff\xff\xff\xff\xff\x07${littleTenth}`,
    ],
    [
      'without the size of doubles, as until 5.6',
      `\x04\x01\x041234\x04\x04\x04\x02\x02\0\0\0\x06\xfe\xff\xff\xff\x07${littleTenth}`,
    ],
    ['a file', `pst0${little64}\x02\x02\0\0\0\x06\xfe\xff\xff\xff\xff\xff\xff\xff\x07${littleTenth}`],
    [
      'of a later minor version',
      `\x04\x7f\x0812345678\x04\x08\x08\x08\x02\x02\0\0\0\x06\xfe\xff\xff\xff\xff\xff\xff\xff\x07${littleTenth}`,
    ],
  ])('%s', (_name, image) => {
    expect(thaw(image)).toEqual([-2, 0.1])
  })

  test.each([
    ['x86, 16 bytes', 16, '12345678', '\0\0\0\0\0\0\0\xa0\0\x40\0\0\0\0\0\0', 2.5],
    ['x86, 12 bytes', 12, '12345678', '\0\0\0\0\0\0\0\xa0\0\xc0\xff\xff', -2.5],
    ['x86, infinite', 16, '12345678', '\0\0\0\0\0\0\0\x80\xff\x7f\0\0\0\0\0\0', Number.POSITIVE_INFINITY],
    ['x86, no number', 16, '12345678', '\0\0\0\0\0\0\0\xc0\xff\x7f\0\0\0\0\0\0', Number.NaN],
    ['x86, zero', 16, '12345678', '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0', 0],
    ['binary128, little', 16, '12345678', '\0\0\0\0\0\0\0\0\0\0\0\0\0\x40\0\x40', 2.5],
    ['binary128, big', 16, '87654321', '\xc0\0\x40\0\0\0\0\0\0\0\0\0\0\0\0\0', -2.5],
    ['binary128, infinite', 16, '87654321', '\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0', Number.NEGATIVE_INFINITY],
  ])('long doubles: %s', (_name, size, order, image, value) => {
    const one = order === '12345678' ? '\x01\0\0\0' : '\0\0\0\x01'
    const header = `\x04\x0b\x08${order}\x04\x08\x08${String.fromCharCode(size)}`
    expect(thaw(`${header}\x02${one}\x07${image}`)).toEqual([value])
  })

  test('integers of 64 bits are exact', () => {
    const int = (hex: string) => thaw(`${little64}\x02\x01\0\0\0\x06${bytesOf(hex)}`)
    const bytesOf = (hex: string) => Buffer.from(Buffer.from(hex, 'hex').toReversed()).toString('latin1')
    expect(int('001fffffffffffff')).toEqual([Number.MAX_SAFE_INTEGER])
    expect(int('0020000000000000')).toEqual([2n ** 53n])
    expect(int('ffe0000000000001')).toEqual([Number.MIN_SAFE_INTEGER])
    expect(int('8000000000000000')).toEqual([-(2n ** 63n)])
    expect(int('7fffffffffffffff')).toEqual([2n ** 63n - 1n])
  })

  test('a record keeps its order, and a file stays a file; what cannot be written here goes in network order', () => {
    const serializer = new Storable({})
    const start = (image: string) =>
      Buffer.from(serializer.refreeze({ a: 1 }, bytes(image)))
        .toString('latin1')
        .slice(0, 8)
    expect(start(`${little64}\x03\0\0\0\0`)).toBe('\x04\x08\x0812345')
    expect(start(`${net}\x03\0\0\0\0`)).toBe('\x05\x08\x03\0\0\0\x01\x08')
    expect(start(`pst0${net}\x03\0\0\0\0`)).toBe('pst0\x05\x08\x03\0')
    expect(start(`pst0${little64}\x03\0\0\0\0`)).toBe('pst0\x04\x08\x081')
    expect(start('\x04\x0b\x0887654321\x04\x08\x08\x08\x03\0\0\0\0')).toBe('\x05\x08\x03\0\0\0\x01\x08')
    expect(Buffer.from(new Storable({ storableOrder: 'network' }).freeze({})).toString('latin1')).toBe(
      '\x05\x08\x03\0\0\0\0',
    )
    expect(() => new Storable({ storableOrder: 'big' })).toThrow(InvalidOptionError)
  })

  test('a pattern needs the version that has them', () => {
    expect(freezeStorable({ a: new Regexp('x') })[1]).toBe(11)
    expect(freezeStorable({ a: 'x' })[1]).toBe(8)
  })
})

describe('every kind of item', () => {
  test.each([
    ['SX_LSCALAR', '\x01\0\0\0\x03abc', 'abc'],
    ['SX_UNDEF', '\x05', null],
    ['SX_INTEGER', '\x06\x01\0\0\0\0\0\0\x80', -(2n ** 63n) + 1n],
    ['SX_DOUBLE', '\x07\0\0\0\0\0\0\x04\x40', 2.5],
    ['SX_BYTE', '\x08\0', -128],
    ['SX_NETINT', '\x09\xff\xff\xff\xfe', -2],
    ['SX_SCALAR', '\x0a\x01\xe9', 'é'],
    ['SX_SV_UNDEF', '\x0e', null],
    ['SX_SV_YES', '\x0f', true],
    ['SX_SV_NO', '\x10', false],
    ['SX_UTF8STR', '\x17\x03\xe2\x98\xba', '☺'],
    ['SX_LUTF8STR', '\x18\0\0\0\x04a\xe2\x98\xba', 'a☺'],
    ['SX_VSTRING', '\x1d\x04v1.2\x0a\x02\x01\x02', new VString('v1.2')],
    ['SX_LVSTRING', '\x1e\0\0\0\x04v1.2\x0a\x02\x01\x02', new VString('v1.2')],
    ['SX_LOBJECT of text', '\x21\x01\0\0\0\0\0\0\0\x02ab', 'ab'],
    ['SX_LOBJECT of UTF-8', '\x21\x18\0\0\0\0\0\0\0\x03\xe2\x98\xba', '☺'],
    ['SX_LOBJECT of an array', '\x04\x21\x02\0\0\0\0\0\0\0\x01\x08\x81', [1]],
    ['SX_LOBJECT of a hash', '\x04\x21\x03\0\0\0\0\0\0\0\x01\x08\x81\0\0\0\x01a', { a: 1 }],
    ['SX_LOBJECT of a hash with flags', '\x04\x21\x19\0\0\0\0\0\0\0\0\x01\x08\x81\0\0\0\0\x01a', { a: 1 }],
    ['SX_BOOLEAN_TRUE', '\x22', true],
    ['SX_BOOLEAN_FALSE', '\x23', false],
    ['SX_REF to a scalar', '\x04\x0a\x01a', new ScalarRef('a')],
    ['SX_BLESS', '\x04\x11\x01C\x02\0\0\0\0', new Blessed('C', [])],
    [
      'SX_BLESS with a long name',
      `\x04\x11\x80\0\0\0\x80${'C'.repeat(128)}\x02\0\0\0\0`,
      new Blessed('C'.repeat(128), []),
    ],
    ['SX_REGEXP', '\x04\x11\x06Regexp\x20\0\x01x\x01i', new Regexp('x', 'i')],
    ['SX_REGEXP, long', `\x04\x20\x01\0\0\x01\0${'x'.repeat(256)}\0`, new Regexp('x'.repeat(256))],
    ['SX_CODE', '\x04\x1a\x0a\x02{}', new Code('{}')],
    ['SX_TIED_ARRAY', '\x04\x0b\x04\x11\x01C\x02\0\0\0\0', new Tied('array', new Blessed('C', []))],
    ['SX_TIED_HASH', '\x04\x0c\x04\x11\x01C\x02\0\0\0\0', new Tied('hash', new Blessed('C', []))],
    ['SX_TIED_SCALAR', '\x0d\x04\x11\x01C\x02\0\0\0\0', new Tied('scalar', new Blessed('C', []))],
    ['SX_TIED_KEY', '\x15\x04\x11\x01C\x02\0\0\0\0\x0a\x01k', new Tied('element', new Blessed('C', []), 'k')],
    ['SX_TIED_IDX', '\x16\x04\x11\x01C\x02\0\0\0\0\0\0\0\x05', new Tied('element', new Blessed('C', []), 5)],
    ['SX_HOOK', '\x04\x13\x02\x01C\x03abc', new StorableHook('C', 'hash', octets('abc'))],
    [
      'SX_HOOK with long parts',
      '\x04\x13\x0d\0\0\0\x01C\0\0\0\x03abc',
      new StorableHook('C', 'array', octets('abc')),
    ],
    [
      'SX_HOOK of a tied hash',
      '\x04\x13\x03\x06\x01C\x01a\x04\x02\0\0\0\0',
      Object.assign(new StorableHook('C', 'tied hash', octets('a')), { tiedTo: [] }),
    ],
  ])('%s', (_name, image, value) => {
    const read = item(image)
    expect(read).toEqual(value)
    expect(again({ v: read })).toEqual({ v: value })
    if (typeof value !== 'object' || value === null) return
    const written = freezeStorable({ v: read }, perlDefaults, network)
    // What has more than one spelling is written in the one that Perl would take.
    if (
      !image.includes('\x21') &&
      !_name.includes('long parts') &&
      !_name.includes('_LVSTRING') &&
      !_name.includes('REGEXP, long')
    )
      expect(written.toString('latin1').slice(2)).toBe(`\x03\0\0\0\x01${image}\0\0\0\x01v`)
  })

  test('SX_IX_BLESS names a class that was there, also one of a hook', () => {
    const list = item('\x04\x02\0\0\0\x03\x04\x11\x01C\x02\0\0\0\0\x04\x12\0\x02\0\0\0\0\x04\x13\x22\0\x01a')
    const expected = [new Blessed('C', []), new Blessed('C', []), new StorableHook('C', 'hash', octets('a'))]
    expect(list).toEqual(expected)
    expect(again(list)).toEqual(expected)
  })

  test('many classes', () => {
    const list = Array.from({ length: 300 }, (_, n) => [new Blessed(`C${n}`, []), new Blessed(`C${n}`, {})])
    expect(again({ list })).toEqual({ list })
  })

  test('a hook with references, to new items and to old ones', () => {
    const shared = { a: 1 }
    const hook = new StorableHook('C', 'array', octets('x'.repeat(300)), [shared, [2], new ScalarRef('s')])
    hook.references.push(hook.references[1])
    const last = new StorableHook('C', 'hash', octets(''), [hook])
    const read = again({ shared, hook, last }) as { shared: unknown; hook: StorableHook; last: StorableHook }
    const { references } = read.hook
    expect(references).toEqual(hook.references)
    expect(references[0]).toBe(read.shared)
    expect(references[3]).toBe(references[1])
    expect(read.last.references[0]).toBe(read.hook)
    const many = new StorableHook(
      'D',
      'hash',
      octets(''),
      Array.from({ length: 300 }, (_, n) => [n]),
    )
    expect(again({ many })).toEqual({ many })
  })

  test('holes stay holes', () => {
    const list = item('\x04\x02\0\0\0\x04\x0e\x08\x81\x05\x0e') as unknown[]
    expect(list.length).toBe(4)
    expect(Object.keys(list)).toEqual(['1', '2'])
    expect(Object.keys(again(list) as object)).toEqual(['1', '2'])
  })

  test('a locked hash', () => {
    // Flags: locked. The first key may be set, the second is not to change, the third may.
    const hash = item(
      '\x04\x19\x01\0\0\0\x03\x0e\x10\0\0\0\x01a\x08\x81\x04\0\0\0\x01b\x08\x82\x01\0\0\0\x03\xe2\x98\xba',
    ) as object
    expect(hash).toEqual({ b: 1, '☺': 2 })
    const restriction = { readonlyKeys: new Set(['b']), allowedKeys: new Set(['a']) }
    expect(restrictionOf(hash)).toEqual(restriction)
    expect(restrictionOf(again(hash) as object)).toEqual(restriction)
    const own = { x: 1 }
    restrict(own)
    expect(restrictionOf(again(own) as object)).toEqual({ readonlyKeys: new Set(), allowedKeys: new Set() })
  })

  test('a key that is a scalar of its own, as of a tied hash', () => {
    expect(item('\x04\x19\0\0\0\0\x01\x08\x81\x08\x0a\x01k')).toEqual({ k: 1 })
  })

  test('weak references', () => {
    const parent: Record<string, unknown> = { name: 'p' }
    const child: Record<string, unknown> = { parent }
    parent['child'] = child
    weaken(child, 'parent')
    const read = again({ parent }) as { parent: { child: { parent: unknown } } }
    expect(read.parent.child.parent).toBe(read.parent)
    expect(isWeak(read.parent.child, 'parent')).toBe(true)
    expect(isWeak(read.parent, 'child')).toBe(false)
    read.parent.child.parent = {}
    expect(isWeak(read.parent.child, 'parent')).toBe(false)
  })

  test('text that fits into bytes and has the UTF8 flag keeps it', () => {
    const hash = item('\x04\x03\0\0\0\x02\x17\x02\xc3\xa9\0\0\0\x01t\x0a\x01\xe9\0\0\0\x01b') as Record<
      string,
      unknown
    >
    expect(hash).toEqual({ t: 'é', b: 'é' })
    expect([...(textsOf(hash) ?? [])]).toEqual([['t', 'é']])
    const written = freezeStorable(hash, perlDefaults, network).toString('latin1')
    expect(written).toContain('\x17\x02\xc3\xa9')
    expect(written).toContain('\x0a\x01\xe9')
    hash['t'] = 'è'
    expect(freezeStorable(hash, perlDefaults, network).toString('latin1')).toContain('\x0a\x01\xe8')
    const list = ['é']
    markText(list, 0)
    expect(freezeStorable({ list }).toString('latin1')).toContain('\x17\x02\xc3\xa9')
  })
})

describe('shared scalars', () => {
  test('a reference to an element, before and behind it', () => {
    const list = [1, 'two']
    for (const value of [
      { list, ref: ScalarRef.to(list, 1) },
      { ref: ScalarRef.to(list, 1), list },
    ]) {
      const read = again(value) as { list: unknown[]; ref: ScalarRef }
      expect(read.list).toEqual([1, 'two'])
      read.ref.value = 'three'
      expect(read.list[1]).toBe('three')
    }
  })

  test('two elements that are one scalar', () => {
    const image = `${net}\x02\0\0\0\x03\x08\x81\x0a\x01a\0\0\0\0\x02`
    const list = thaw(image) as unknown[]
    expect(list).toEqual([1, 'a', 'a'])
    expect(freezeStorable(list, perlDefaults, network).toString('latin1').slice(2)).toBe(image.slice(2))
    list[2] = 'b'
    expect(again(list)).toEqual([1, 'a', 'b'])
  })

  test('an element that a reference stood for before', () => {
    // A reference to a scalar, and that scalar as an element.
    const image = `${net}\x02\0\0\0\x02\x04\x0a\x01a\0\0\0\0\x02`
    const list = thaw(image) as [ScalarRef, unknown]
    expect(list[1]).toBe('a')
    list[0].value = 'b'
    expect(list[1]).toBe('b')
    expect(freezeStorable(list, perlDefaults, network).toString('latin1').slice(2)).toBe(
      image.slice(2).replace('a', 'b'),
    )
  })

  test('a reference to itself', () => {
    const image = `${net}\x04\0\0\0\0\0`
    const top = thaw(image) as ScalarRef
    expect(top.value).toBe(top)
    expect(freezeStorable(top, perlDefaults, network).toString('latin1').slice(2)).toBe(image.slice(2))
  })

  test('an element that is an object itself', () => {
    const list = ['a', 'b']
    const object = new Blessed('C', ScalarRef.to(list, 1))
    for (const value of [
      { list, object, again: object },
      { object, again: object, list },
    ]) {
      const read = again(value) as { list: unknown[]; object: Blessed; again: Blessed }
      expect(read.object).toBeInstanceOf(Blessed)
      expect(read.object.className).toBe('C')
      const reference = read.object.value as ScalarRef
      reference.value = 'c'
      expect(read.list).toEqual(['a', 'c'])
      expect((read.again.value as ScalarRef).value).toBe('c')
    }
  })

  test('the same object twice, and cycles', () => {
    const object = new Blessed('C', {})
    const top: Record<string, unknown> = { a: object, b: object, plain: [1] }
    top['self'] = top
    top['same'] = top['plain']
    const read = again(top) as Record<string, unknown>
    expect(read['self']).toBe(read)
    expect(read['b']).toBe(read['a'])
    expect(read['same']).toBe(read['plain'])
  })
})

describe('what is written', () => {
  test.each([
    ['an integer', 5, '\x08\x85'],
    ['a larger one', 1000, '\x09\0\0\x03\xe8'],
    ['the largest of 32 bits', 2 ** 31 - 1, '\x09\x7f\xff\xff\xff'],
    ['one beyond, as text to Perl', 2 ** 31, '\x01\0\0\0\x0a2147483648'],
    ['a double, as text to Perl', 0.1, '\x01\0\0\0\x030.1'],
    ['a large double', 2 ** 60, '\x01\0\0\0\x151.152921504606847e+18'],
    ['a bigint, as text to Perl', 2n ** 60n, '\x01\0\0\0\x131152921504606846976'],
    ['true, as 1 to Perl', true, '\x01\0\0\0\x011'],
    ["false, as '' to Perl", false, '\x01\0\0\0\0'],
    ['null', null, '\x05'],
    ["'1'", '1', '\x0a\x011'],
    ['text', 'é☺', '\x17\x05\xc3\xa9\xe2\x98\xba'],
    ['half a surrogate', '\ud800', '\x17\x03\xed\xa0\x80'],
    [
      'code points beyond Unicode',
      new PerlString([0x110000, 0x7fff_ffff]),
      '\x17\x0a\xf4\x90\x80\x80\xfd\xbf\xbf\xbf\xbf\xbf',
    ],
    ['two halves of a surrogate pair', new PerlString([0xd83d, 0xde00]), '\x17\x06\xed\xa0\xbd\xed\xb8\x80'],
    ['octets', new PerlString([0xff, 0x41]), '\x0a\x02\xff\x41'],
    ['a pattern with wide characters', new Regexp('☺'), '\x04\x11\x06Regexp\x20\0\x08\\x{263a}\0'],
    [
      'escapes before wide characters',
      new Regexp('\\☺\\\\☺\\d'),
      '\x04\x11\x06Regexp\x20\0\x14\\x{263a}\\\\\\x{263a}\\d\0',
    ],
    ['a JSON boolean', new JsonBoolean(true), '\x14\x11\x11JSON::PP::Boolean\x08\x81'],
  ])('%s', (_name, value, image) => {
    const written = freezeStorable([value], perlDefaults, network).toString('latin1')
    expect(written.slice(7)).toBe(image)
    if (value instanceof Regexp || (value instanceof PerlString && value.codePoints[0] === 0xff)) return
    expect(again([value])).toStrictEqual([value])
    expect(thawStorable(freezeStorable([value]))).toStrictEqual([value])
  })

  test.each([
    [[undefined], [null]],
    [{ a: undefined, b: 1 }, { b: 1 }],
    [[-0], [-0]],
    [
      [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
      [Number.NaN, Infinity, -Infinity],
    ],
    [
      { __proto__x: 1, constructor: 2 },
      { __proto__x: 1, constructor: 2 },
    ],
  ])('%j', (value, expected) => {
    expect(again(value)).toEqual(expected)
    expect(thawStorable(freezeStorable(value))).toEqual(expected)
  })

  test('a key __proto__ is one as any other', () => {
    const read = thaw(`${net}\x03\0\0\0\x01\x08\x81\0\0\0\x09__proto__`) as object
    expect(Object.keys(read)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
    expect(freezeStorable(read).toString('latin1')).toContain('__proto__')
  })

  test('JSON booleans as native ones', () => {
    const serializer = new Storable({ perlBooleans: 'native' })
    const image = serializer.freeze({ yes: true, no: false })
    expect(new Storable({}).thaw(image)).toEqual({ yes: new JsonBoolean(true), no: new JsonBoolean(false) })
    expect(serializer.thaw(image)).toEqual({ yes: true, no: false })
  })

  test('text of applications that do not decode', () => {
    const serializer = new Storable({ perlText: 'utf8' })
    const image = Buffer.from(serializer.freeze({ schlüssel: 'é☺' })).toString('latin1')
    expect(image).toContain('\x0a\x05\xc3\xa9\xe2\x98\xba')
    expect(image).toContain('schl\xc3\xbcssel')
    expect(serializer.thaw(bytes(image))).toEqual({ schlüssel: 'é☺' })
    expect(serializer.thaw(bytes(`${net}\x03\0\0\0\x01\x0a\x01\xff\0\0\0\x01v`))).toEqual({
      v: new PerlString([0xff]),
    })
    expect(() => new Storable({ perlText: 'latin1' }).freeze({ a: '☺' })).toThrow(
      /at a: see the option perlText/,
    )
  })

  const inner = {}
  test.each([
    [new Date(0), 'a Date at list[0].v: store its time'],
    [new Map(), 'a Map at list[0].v'],
    [() => 1, 'a function at list[0].v: leave it out'],
    [Symbol('a'), 'a symbol at list[0].v'],
    [5n, 'a bigint that is no larger than a number'],
    [2n ** 64n, 'a bigint of more than 64 bits'],
    [new Glob('STDOUT'), 'a Glob at list[0].v'],
    [new Code(), 'code at list[0].v'],
    [new Regexp('a', 'g'), 'a pattern with unknown flags'],
    [new VString('x'), 'a version string that is none'],
    [new Blessed('', {}), 'a class without a name'],
    [new Blessed('☺', {}), 'a class whose name'],
    [[inner, new Blessed('A', inner)], 'the inside of an object that is also stored elsewhere'],
    [new Blessed('A', new JsonBoolean(true) as never), 'an object in an object'],
    [new PerlString([2 ** 60]), 'code points that are none'],
    [new ScalarRef(new Date(0)), 'a Date at list[0].v.value'],
  ])('refused: %s', (value, words) => {
    const freeze = () => freezeStorable({ list: [{ v: value }] })
    expect(freeze).toThrow(FreezeError)
    expect(freeze).toThrow(words)
  })

  test('too deep, too long', () => {
    let deep: unknown = 'x'
    for (let level = 0; level < 600; level++) deep = [deep]
    expect(() => freezeStorable(deep)).toThrow(/more than 512 levels at \[0\]\[0\]/)
    expect(() =>
      freezeStorable({ a: 'x'.repeat(20_000) }, { ...perlDefaults, maxImageBytes: 10_000 }),
    ).toThrow(/more than 10000 bytes/)
    expect(() => thawStorable(Buffer.alloc(100), { ...perlDefaults, maxImageBytes: 99 })).toThrow(
      /longer than 99/,
    )
    const image = freezeStorable([[[1]]])
    expect(() => thawStorable(image, { ...perlDefaults, maxDepth: 2 })).toThrow(
      /more than 2 levels deep at offset/,
    )
  })

  test('a getter that freezes something in between', () => {
    const value = {
      a: 1,
      get b() {
        freezeStorable({ c: 'x'.repeat(100) })
        return 2
      },
    }
    expect(thawStorable(freezeStorable(value))).toEqual({ a: 1, b: 2 })
  })
})

describe('what is refused', () => {
  test.each([
    ['\x0a\x09abc', 'it ends too early'],
    ['\x04\x12\0\x02\0\0\0\0', 'a class that has not been named'],
    ['\x04\x11\0\x02\0\0\0\0', 'a class without a name'],
    ['\0\0\0\0\x09', 'an item named that is no scalar'],
    ['\x04\0\0\0\0\x09', 'an item named that comes later'],
    ['\x04\x20\0\x01x\x01g', 'unknown flags'],
    ['\x04\x1a\x08\x81', 'code that is no text'],
    ['\x04\x13\x03\x07\x01C\0', 'an object of unknown kind'],
    ['\x17\x01\xff', 'text that is no UTF-8'],
    ['\x24', 'an item of kind 36'],
    ['\x03\0\0\0\0', 'an item of kind 3'],
    ['\x04\x13\x82\x01C\0\x01\0\0\0\x09', 'an item named that comes later'],
    ['\x04\x21\x13\x02\x01C\x7f\xff\xff\xff\xff\xff\xff\xff', 'it ends too early'],
    ['\x01\xff\xff\xff\xff', 'a length below zero'],
    ['\x04\x02\0\xff\xff\xff', 'more items announced than there are'],
  ])('%j', (image, reason) => {
    const read = () => item(image)
    expect(read).toThrow(ThawError)
    expect(read).toThrow(reason)
  })

  test.each([
    '\x04',
    '\x11\x01C',
    '\x1d\x02v1',
    '\x0d',
    '\x04\x13\x42',
    '\x04\x0c\x04\x11\x01C',
    '\x15',
    '\x04\x1a',
  ])('%j over and over', (piece) => {
    expect(() => thaw(`${net}\x02\0\0\0\x01${piece.repeat(200_000)}`)).toThrow(/more than 512 levels|no text/)
  })

  test('classes on classes', () => {
    const image = `${net}\x02\0\0\0\x01\x04${'\x11\x01A'.repeat(200_000)}`
    expect(() => thaw(image)).toThrow(/more than 512 levels deep/)
  })

  test('values have forms for logs', () => {
    const hook = new StorableHook('C', 'hash', octets('ab'), [[1]])
    expect(inspect(hook)).toBe("StorableHook('C', 'ab')")
    expect(JSON.stringify(hook)).toBe('{"$hook":"C","kind":"hash","frozen":"YWI=","references":[[1]]}')
    expect(inspect(new Tied('hash', new Blessed('C', {})))).toBe("tie(hash, bless({}, 'C'))")
    expect(JSON.stringify(new Tied('element', [], 'k'))).toBe('{"$tied":"element","object":[],"key":"k"}')
    expect(inspect(new Code('{ 1 }'))).toBe('sub { 1 }')
  })
})
