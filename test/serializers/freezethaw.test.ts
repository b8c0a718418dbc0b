import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import FreezeThaw from '../../serializers/FreezeThaw.ts'
import { FreezeError, InvalidOptionError, ThawError } from '../../src/errors.ts'
import { parseFreezeThaw } from '../../src/perl/freezethaw/reader.ts'
import { Address, FrozenObject } from '../../src/perl/freezethaw/values.ts'
import { writeFreezeThaw } from '../../src/perl/freezethaw/writer.ts'
import { perlDefaults } from '../../src/perl/options.ts'
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
import { goldenRecords } from './golden.ts'
import { damaged } from './plain-arbitrary.ts'

function parse(text: string, encoding: BufferEncoding = 'latin1', options = {}): unknown {
  return parseFreezeThaw(Buffer.from(text, encoding), { ...perlDefaults, ...options })
}

function write(value: unknown, options = {}): string {
  return Buffer.from(writeFreezeThaw(value, { ...perlDefaults, ...options })).toString('latin1')
}

describe('scalars', () => {
  test('are strings, unless their length says otherwise', () => {
    expect(parse('FrT;@1|@5|$1|5$01|5$001|1$000|_')).toEqual(['5', 5, true, '', null].with(3, false))
    expect(parse('FrT;@1|@4|$003|1e3$03|1e3$0001|1$002|10')).toEqual(['1e3', '1e3', '1', '10'])
    expect(parse('FrT;@1|@2|$0|$00|')).toEqual(['', ''])
  })

  test.each([
    [0, '$01|0'],
    [-0, '$02|-0'],
    [42, '$02|42'],
    [0.1, '$03|0.1'],
    [1e-7, '$05|1e-07'],
    [1e21, '$05|1e+21'],
    [2 ** 53, '$016|9007199254740992'],
    [2n ** 53n + 1n, '$016|9007199254740993'],
    [10n ** 20n + 1n, '$021|100000000000000000001'],
    [Infinity, '$03|Inf'],
    [-Infinity, '$04|-Inf'],
    [Number.NaN, '$03|NaN'],
    [true, '$001|1'],
    [false, '$000|'],
    [null, '_'],
    ['', '$0|'],
    ['caf\xe9', '$4|caf\xe9'],
    ['x'.repeat(100), `$100|${'x'.repeat(100)}`],
  ])('%s is %s', (value, text) => {
    expect(write(value)).toBe(`FrT;@1|${text}`)
    expect(parse(`FrT;@1|${text}`)).toBe(value)
  })

  test('undefined is left out of a hash and undef in a list', () => {
    expect(write({ a: undefined, b: [undefined] })).toBe('FrT;@1|%2|$1|b@1|_')
  })
})

describe('text', () => {
  test('as octets', () => {
    const options = { perlText: 'utf8' }
    expect(write({ '\uff5e': 1, '\u{1f600}': '\u263a' }, options)).toBe(
      'FrT;@1|%4|$3|\xef\xbd\x9e$4|\xf0\x9f\x98\x80$01|1$3|\xe2\x98\xba',
    )
    expect(parse('FrT;@1|@2|$3|\xe2\x98\xba$1|\xe9', 'latin1', options)).toEqual([
      '\u263a',
      new PerlString([0xe9]),
    ])
    expect(write(new PerlString([0xe9]), options)).toBe('FrT;@1|$1|\xe9')
    expect(() => write('\ud800', options)).toThrow('half a character')
  })

  test('that Perl wrote and cannot read: lengths are those of characters', () => {
    expect(parse('FrT;@1|%2|$2|\xe9\u{1f600}$1|\u263a', 'utf8')).toEqual({ '\xe9\u{1f600}': '\u263a' })
    expect(parse('FrT;@1|>>0|$2|K\u263a%0|', 'utf8')).toEqual(new Blessed('K\u263a', {}))
    // The error is that of the bytes.
    expect(() => parse('FrT;@1|@2|$1|\u263a', 'utf8')).toThrow('expected a value at offset 14')
  })

  test('with wide characters is refused with the way to it', () => {
    const wayOut = 'Perl could not read it; see the option perlText, or use another serializer'
    for (const value of [{ a: [{ 'b c': '\u263a' }] }, { a: [{ 'b c': `${'x'.repeat(99)}\u263a` }] }]) {
      expect(() => write(value)).toThrow(
        `FreezeThaw cannot keep text with characters above U+00FF at a[0]["b c"]: ${wayOut}`,
      )
    }
    expect(() => write({ '\u263a': 1 })).toThrow(FreezeError)
    expect(() => write('\u263a', { perlText: 'latin1' })).toThrow(FreezeError)
    expect(() => write(new PerlString([0x100]))).toThrow(FreezeError)
    expect(() => write(new Blessed('\u263a', {}))).toThrow(FreezeError)
  })
})

describe('what is shared', () => {
  test('is numbered in the order in which it occurs again', () => {
    const [a, b] = [{ n: 'a' }, ['b']]
    const value = { 1: a, 2: b, 3: b, 4: a }
    expect(write(value)).toBe('FrT;!1|@0|%0|@1|$1|b%2|$1|n$1|a@1|%8|$1|1$1|2$1|3$1|4<1|<0|<0|<1|')
    const read = parse(write(value)) as typeof value
    expect(read).toEqual(value)
    expect([read[3], read[4]]).toEqual([read[2], read[1]])
    expect(read[3]).toBe(read[2])
  })

  test('objects, references, cycles', () => {
    const object = new Blessed('K', {})
    Object.assign(object.value, { self: object })
    const scalar = new ScalarRef(null)
    scalar.value = scalar
    const image = write({ object, scalar, yes: [true], again: scalar })
    expect(image).toBe(
      'FrT;!1|\\_{>0|$1|K%0|\\<0|})0|%2|$4|self<1|@1|%8|$5|again$6|object$6|scalar$3|yes<0|<1|<0|@1|$001|1',
    )
    const read = parse(image) as { object: Blessed; scalar: ScalarRef; again: ScalarRef }
    expect((read.object.value as Record<string, unknown>)['self']).toBe(read.object)
    expect(read.scalar.value).toBe(read.again)
    expect(write(read)).toBe(image)
  })

  test('what a backslash escapes in a pattern stays escaped', () => {
    expect(write(new Regexp('\\☺\\\\☺\\d'))).toBe('FrT;@1|/25|(?^:\\x{263a}\\\\\\x{263a}\\d)')
  })

  test('patterns are written twice, unless Perl wrote them once', () => {
    const regexp = new Regexp('a', 'i')
    const twice = 'FrT;@1|@2|/7|(?^i:a)/7|(?^i:a)'
    const once = 'FrT;!0|/5|(?^:)/7|(?^i:a)@1|@2|<0|<0|'
    expect(write([regexp, regexp])).toBe(twice)
    expect(parse(once)).toEqual([regexp, regexp])
    expect(write(parse(once))).toBe(once)
    const object = new Blessed('K', regexp)
    expect(write([object, object])).toBe('FrT;@1|@2|>>0|$1|K/7|(?^i:a)>)0|/7|(?^i:a)')
  })

  test('JSON booleans', () => {
    const yes = new JsonBoolean(true)
    const image = 'FrT;!0|{>0|$17|JSON::PP::Boolean\\_})0|\\$1|1@1|@2|<0|<0|'
    expect(write([yes, yes])).toBe(image)
    expect(parse(image)).toEqual([yes, yes])
    const native = { perlBooleans: 'native' }
    expect(parse(image, 'latin1', native)).toEqual([true, true])
    expect(parse('FrT;@1|>>0|$17|JSON::PP::Boolean\\$1|0', 'latin1', native)).toBe(false)
    expect(write([true, false], native)).toBe('FrT;@1|@2|>>0|$17|JSON::PP::Boolean\\$1|1>)0|\\$1|0')
  })

  test('chains may be longer than they may be deep', () => {
    const link = (length: number) => {
      const nodes = Array.from({ length }, () => ({}))
      nodes.forEach((node, index) => Object.assign(node, { next: nodes[index + 1], first: nodes[0] }))
      return nodes
    }
    const known = Object.assign(link(600), { toJSON: undefined })
    expect(write(parse(write({ nodes: [...known] })))).toBe(write({ nodes: [...known] }))
    expect(() => write({ first: link(600)[0] })).toThrow('more than 512 levels')
  })
})

describe('objects of classes with their own ways', () => {
  test.each([
    ['FrT;@1|@2|>>0|$1|K$1|s>)0|_', [new FrozenObject('K', 's'), new FrozenObject('K', null)]],
    ['FrT;@1|>>0|$1|K>>1|$1|L@0|', new FrozenObject('K', new Blessed('L', []))],
    ['FrT;@1|>>0|$1|K&$7|CODE(1)', new FrozenObject('K', new Address('code', 'CODE(1)'))],
    ['FrT;@1|*$7|GLOB(1)', new Address('glob', 'GLOB(1)')],
    ['FrT;@1|>>0|$1|K/8|(?^ms:a)', new Blessed('K', new Regexp('a', 'ms'))],
    ['FrT;@1|/11|(?i-xsm:ab)', new Regexp('ab', 'i')],
    ['FrT;@1|/2|ab', new Regexp('ab')],
  ])('%s', (text, value) => {
    expect(parse(text)).toEqual(value)
    expect(write(parse(text))).toBe(text)
  })
})

describe('refused to be written', () => {
  const shared = {}
  const frozen = new FrozenObject('K', 's')
  const typeName = new Blessed('HASH', {})
  test.each([
    ['a function', () => 1, 'a function'],
    ['a symbol', Symbol('a'), 'a symbol'],
    ['a Date', new Date(0), 'a Date'],
    ['a Map', new Map(), 'a Map'],
    ['a RegExp', /a/, 'a RegExp'],
    ['bytes', new Uint8Array(1), 'a Uint8Array'],
    ['a number as bigint', 5n, 'a bigint that is a number as well'],
    ['a version', new VString('v1.2'), 'a VString'],
    ['a glob', new Glob('STDOUT'), 'a Glob'],
    ['code', new Code(), 'a Code'],
    ['code of a class', new Blessed('K', new Code()), 'a Code'],
    ['a class without a name', new Blessed('', {}), 'a class without a name'],
    ['an element', ScalarRef.to([1], 0), 'a reference to an element'],
    ['the inside of an object', [shared, new Blessed('K', shared)], 'the inside of an object'],
    ['the inside of an object, again', [new Blessed('K', shared), shared], 'the inside of an object'],
    ['an object with its own way, twice', [frozen, frozen], 'an object of class K that occurs twice'],
    ['a class that is a type, twice', [typeName, typeName], 'an object of class HASH that occurs twice'],
    ['code in a pattern', new Regexp('(?{ 1 })'), 'a pattern with code in it'],
    ['half an escape', new Regexp('a\\'), 'a pattern'],
    ['a match', /a/.exec('a'), 'the match of a regular expression'],
  ])('%s', (_, value, message) => {
    expect(() => write({ a: value })).toThrow(FreezeError)
    expect(() => write({ a: value })).toThrow(message)
  })

  test('what is too long', () => {
    expect(() => write(['x'.repeat(100)], { maxImageBytes: 100 })).toThrow(FreezeError)
    expect(() => write(Array.from({ length: 1000 }), { maxImageBytes: 10 })).not.toThrow(RangeError)
  })
})

describe('refused to be read', () => {
  test.each([
    ['FrT;', 4],
    ['FRT;@1|_', 1],
    ['FrT;@2|__', 4],
    ['FrT;@1|__', 8],
    ['FrT;@1|$5|abc', 10],
    ['FrT;@1|$x|abc', 8],
    ['FrT;@1|$|', 8],
    [`FrT;@1|$${'0'.repeat(20)}1|a`, 8],
    ['FrT;@1|%1|_', 8],
    ['FrT;@1|%2|@0|_', 10],
    ['FrT;@1|<0|', 7],
    ['FrT;@1|>)0|%0|', 8],
    ['FrT;@1|>>0|$0|%0|', 8],
    ['FrT;@1|{>0|$1|K%0|', 7],
    ['FrT;!0|%0|@0|@1|<0|', 10],
    ['FrT;!0|%2|$1|a_%0|@1|<0|', 7],
    ['FrT;!0|{>0|$1|K%0|}>1|$1|L%0|@1|<0|', 18],
    ['FrT;!0|{>0|$1|K%0|})0|$1|a@1|<0|', 22],
    ['FrT;!99999999999999999999|', 26],
    ['FrT;@1|/8|(?{ 1 })', 7],
    ['FrT;?$1|1@1|_', 4],
    [`FrT;@1|${'@1|'.repeat(600)}`, undefined],
  ])('%s at %s', (text, offset) => {
    const error = caught(() => parse(text))
    expect(error).toBeInstanceOf(ThawError)
    if (offset !== undefined) expect((error as ThawError).offset).toBe(offset)
  })

  test('what is longer or deeper than allowed', () => {
    expect(() => parse('FrT;@1|@1|@1|_', 'latin1', { maxDepth: 1 })).toThrow('more than 1 levels')
    expect(parse('FrT;@1|@1|@1|_', 'latin1', { maxDepth: 2 })).toEqual([[null]])
    expect(() => parse('FrT;@1|_', 'latin1', { maxImageBytes: 7 })).toThrow('longer than 7 bytes')
  })

  test('damaged images, or whatever is left of them comes back the same', () => {
    const images = goldenRecords('ft')
      .map(({ image }) => image)
      .filter(({ length }) => length < 3000)
    images.push(Buffer.from('FrT;!1|\\_{>0|$1|K%0|\\<0|})0|%2|$4|self<1|@1|%4|$1|a$1|b<0|<1|'))
    const property = fc.property(damaged(images), (image) => {
      let value: unknown
      try {
        value = parseFreezeThaw(image)
      } catch (cause) {
        expect(cause).toBeInstanceOf(ThawError)
        return
      }
      let written: Uint8Array
      try {
        written = writeFreezeThaw(value)
      } catch (cause) {
        expect(cause).toBeInstanceOf(FreezeError)
        return
      }
      expect(writeFreezeThaw(parseFreezeThaw(written))).toEqual(written)
    })
    fc.assert(property, { numRuns: 20_000 })
  })
})

test('keys that would reach the prototype', () => {
  const value = parse('FrT;@1|%2|$9|__proto__%2|$8|polluted$1|1') as object
  expect(Object.keys(value)).toEqual(['__proto__'])
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
})

test('the serializer wants a hash, and known options', () => {
  const serializer = new FreezeThaw({})
  expect(() => serializer.thaw(Buffer.from('FrT;@1|@0|'))).toThrow('its value is not a hash')
  expect(serializer.thaw(serializer.freeze({ a: [1] }))).toEqual({ a: [1] })
  expect(() => new FreezeThaw({ perlText: 'utf16' })).toThrow(InvalidOptionError)
})

function caught(run: () => unknown): unknown {
  try {
    return run()
  } catch (cause) {
    return cause
  }
}
