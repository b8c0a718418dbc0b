import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import JSONSerializer from '../../serializers/JSON.ts'
import { FreezeError, ThawError } from '../../src/errors.ts'
import { hasLongInteger, readJson } from '../../src/json/read-json.ts'
import { damaged, plainHash } from './plain-arbitrary.ts'
import { goldenJson } from './text-golden.ts'

const serializer = new JSONSerializer()
const freeze = (hash: object): string =>
  Buffer.from(serializer.freeze(hash as Record<string, unknown>)).toString('latin1')
const thaw = (text: string | Uint8Array): Record<string, unknown> =>
  serializer.thaw(Buffer.from(text as string))
const golden = goldenJson()

describe('what Perl wrote', () => {
  const special = ['array-top', 'num-neg0', 'num-denormal']
  test.each(golden.filter(({ name }) => !special.includes(name)))(
    '$serializer $name',
    ({ image, meaning }) => {
      deepStrictEqual(serializer.thaw(image), meaning)
    },
  )

  test('what is no hash is refused, and two numbers come nearer to the original than in Perl', () => {
    const image = (name: string) => golden.find((record) => record.name === name)!.image
    expect(() => serializer.thaw(image('array-top'))).toThrow(ThawError)
    deepStrictEqual(serializer.thaw(image('num-neg0')), { v: -0 })
    deepStrictEqual(serializer.thaw(image('num-denormal')), { v: 5e-324 })
  })

  test('bare inf and nan, of JSON::XS and of JSON::PP', () => {
    deepStrictEqual(thaw('{"a":[inf,-inf,nan,-nan,Inf,-Inf,NaN],"b":"inf"}'), {
      a: [Infinity, -Infinity, NaN, NaN, Infinity, -Infinity, NaN],
      b: 'inf',
    })
  })
})

describe('text', () => {
  test('is written in ASCII', () => {
    expect(freeze({ é: 'ÿ\x7f', 日: '😀\ud800' })).toBe(
      '{"\\u00e9":"\\u00ff\\u007f","\\u65e5":"\\ud83d\\ude00\\ud800"}',
    )
  })

  test('is read as UTF-8 where it is that, else as Latin-1', () => {
    deepStrictEqual(thaw(Buffer.from('{"a":"é日"}', 'utf8')), { a: 'é日' })
    deepStrictEqual(thaw(Buffer.from('{"a":"café ÿ"}', 'latin1')), { a: 'café ÿ' })
  })

  test('is read from a part of a larger buffer, of any class', () => {
    const bytes = new TextEncoder().encode('xx{"a":1}xx')
    deepStrictEqual(serializer.thaw(bytes.subarray(2, 9)), { a: 1 })
    deepStrictEqual(serializer.thaw(new Uint8Array(Buffer.from('xx{"a":"é"}').subarray(2))), { a: 'é' })
  })
})

describe('integers that a number cannot hold', () => {
  const text = '{"id":9007199254740993,"list":[-18446744073709551615,1],"s":"9007199254740993"}'

  test('come as bigints and go back as they came', () => {
    const hash = thaw(text)
    deepStrictEqual(hash, { id: 9007199254740993n, list: [-18446744073709551615n, 1], s: '9007199254740993' })
    expect(freeze(hash)).toBe(text)
  })

  test('are bigints beyond 2^53, where a number with all its digits is a double', () => {
    const exact =
      '{"a":9007199254740991,"b":10000000000000000,"c":-1234567890123456.5,"d":1e+300,"e":0.30000000000000004,"f":1e+16}'
    const hash = thaw(exact)
    const doubles = { c: -1234567890123456.5, d: 1e300, e: 0.1 + 0.2, f: 1e16 }
    deepStrictEqual(hash, { a: 2 ** 53 - 1, b: 10n ** 16n, ...doubles })
    expect(freeze(hash)).toBe(exact)
  })

  test('are found wherever they stand', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), fc.integer({ min: 13, max: 40 }), (before, after, digits) => {
        const number = '9'.repeat(digits)
        const image = Buffer.from(`${' '.repeat(before)}[${number}]${' '.repeat(after)}`)
        expect(hasLongInteger(image)).toBe(digits >= 16)
      }),
    )
    expect(
      hasLongInteger(Buffer.from(`{"1234567890123456789":"a1234567890123456789","b":0.1234567890123456789}`)),
    ).toBe(false)
  })

  test('with undefined, toJSON and lists beside them', () => {
    const big = 2n ** 64n
    const hash = {
      a: undefined,
      b: [big, { toJSON: () => undefined }],
      c: { toJSON: () => ({ big }) },
      d: new URL('http://x/'),
    }
    expect(freeze(hash)).toBe(`{"b":[${big},null],"c":{"big":${big}},"d":"http://x/"}`)
  })
})

describe('round trips', () => {
  test('everything plain', () => {
    fc.assert(
      fc.property(plainHash(), (hash) => {
        const image = serializer.freeze(hash)
        expect(image.every((byte) => byte >= 0x20 && byte <= 0x7e)).toBe(true)
        serializer.checkValue(hash)
        deepStrictEqual(serializer.thaw(image), hash)
      }),
      { numRuns: 300 },
    )
  })

  test('the slow reader reads what JSON.parse reads, and refuses what that refuses', () => {
    const images = golden
      .map(({ image }) => image)
      .filter((image) => image.length < 2000 && !hasLongInteger(image))
    fc.assert(
      fc.property(damaged(images), (image) => {
        const text = image.toString('latin1')
        fc.pre(!/inf|nan|\d{16}/i.test(text))
        let expected: unknown
        try {
          expected = JSON.parse(text)
        } catch {
          expect(() => readJson(text)).toThrow(ThawError)
          return
        }
        deepStrictEqual(readJson(text), expected)
      }),
      { numRuns: 1000 },
    )
  })

  test('__proto__ is a key like any other', () => {
    const hash = thaw('{"__proto__":{"polluted":1},"n":9007199254740993}')
    expect(Object.keys(hash)).toEqual(['__proto__', 'n'])
    expect(Object.getPrototypeOf(hash)).toBe(Object.prototype)
    expect(freeze(hash)).toBe('{"__proto__":{"polluted":1},"n":9007199254740993}')
  })
})

describe('damaged images', () => {
  test.each([
    ['', 0],
    ['{"a":1', 6],
    ['{"a":1,}', 7],
    ['{"a":x}', 5],
    ['{"a":1} 2', 8],
    ['{"a":"b', 5],
    ['{"a":"\\x"}', 5],
    ['{a:1}', 1],
    ['{"a" 1}', 5],
    ['[1 2]', 3],
    ['{"a":01}', 6],
    ['{"a":tru}', 5],
    ['\ufeff{}', 0],
  ])('%j is refused with the offset %i', (text, offset) => {
    expect(() => thaw(text)).toThrow(
      expect.objectContaining({ name: 'ThawError', code: 'ERR_SESSION_THAW', offset }),
    )
  })

  test.each(['null', '1', '"a"', '[]', 'true', 'nan', '12345678901234567890'])('%s is no hash', (text) => {
    expect(() => thaw(text)).toThrow('not an object')
  })

  test('nothing but a hash or a ThawError comes out', () => {
    fc.assert(
      fc.property(
        damaged(golden.map(({ image }) => image).filter((image) => image.length < 2000)),
        (image) => {
          try {
            expect(Object.getPrototypeOf(serializer.thaw(image))).toBe(Object.prototype)
          } catch (error) {
            expect(error).toBeInstanceOf(ThawError)
          }
          expect('polluted' in {}).toBe(false)
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('brackets without end', () => {
    expect(() => thaw('{"a":'.repeat(100_000))).toThrow(ThawError)
    expect(() => thaw(`{"a":${'['.repeat(100_000)}12345678901234567890${']'.repeat(100_000)}}`)).toThrow(
      'nested too deeply',
    )
  })
})

describe('what JSON would change', () => {
  class Cart {
    items = []
  }
  const cycle: Record<string, unknown> = {}
  cycle['a'] = [{ back: cycle }]
  const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels))

  test.each([
    ['NaN', { a: Number.NaN }, 'NaN (at .a): it would come back as null; use serialize:Devalue'],
    ['Infinity', [1, -Infinity], '-Infinity (at [1])'],
    ['undefined in an array', { a: [undefined] }, 'undefined in an array (at .a[0])'],
    // oxlint-disable-next-line no-sparse-arrays
    ['a hole', [, 1], 'undefined in an array (at [0])'],
    ['a match', /b/.exec('abc'), 'the match of a regular expression: store what you need of it'],
    ['a Date', { a: { b: new Date(0) } }, 'a value of class Date (at .a.b): store its getTime()'],
    ['a Map', new Map(), 'a value of class Map: use serialize:Devalue'],
    ['a Set', [new Set()], 'a value of class Set (at [0]): use serialize:Devalue'],
    ['a RegExp', /x/, 'a value of class RegExp'],
    ['a Buffer', Buffer.from('x'), "a value of class Buffer: store its toString('base64')"],
    ['a typed array', new Float64Array(1), 'a value of class Float64Array'],
    ['an ArrayBuffer', new ArrayBuffer(1), 'a value of class ArrayBuffer'],
    ['an error', new Error('x'), 'a value of class Error: convert it'],
    ['a class', { cart: new Cart() }, 'a value of class Cart (at .cart): convert it to a plain object'],
    ['a boxed string', Object('x'), 'a value of class String'],
    ['a function', { f() {} }, 'a function (at .f): leave it out'],
    ['a symbol', Symbol('x'), 'a symbol: leave it out'],
    ['a small bigint', 5n, 'the bigint 5: it would come back as a number'],
    ['a bigint that is a number too', 2n ** 53n - 1n, 'come back as a number'],
    ['a cycle', cycle, 'an object that contains itself (at .a[0].back)'],
    ['depth', deep(501), 'more than 500 levels'],
    ['what toJSON answers', { a: { toJSON: () => ({ b: new Map() }) } }, 'a value of class Map (at .a.b)'],
    ['a toJSON that throws', { toJSON: () => JSON.parse('') }, 'what cannot be read: SyntaxError'],
  ])('%s is refused', (_, value, message) => {
    expect(() => serializer.checkValue(value)).toThrow(FreezeError)
    expect(() => serializer.checkValue(value)).toThrow(message)
  })

  test.each([
    ['undefined', undefined],
    ['undefined as a property', { a: undefined }],
    [
      'an object of a class with toJSON',
      {
        a: new (class {
          toJSON() {
            return { b: 1 }
          }
        })(),
      },
    ],
    ['a URL', new URL('http://example.com/')],
    ['no prototype', Object.create(null)],
    ['the same object twice', ((shared) => [shared, shared])({})],
    ['500 levels', deep(500)],
    ['a long bigint', 2n ** 64n],
    ['-0', -0],
  ])('%s is allowed', (_, value) => {
    expect(() => serializer.checkValue(value)).not.toThrow()
  })

  test('freeze says what is wrong when it cannot go on', () => {
    expect(() => freeze({ a: cycle })).toThrow(
      'JSON cannot keep an object that contains itself (at .a.a[0].back)',
    )
    expect(() => freeze({ a: [5n] })).toThrow('JSON cannot keep the bigint 5 (at .a[0])')
    expect(() => freeze({ a: deep(20_000) })).toThrow('more than 512 levels')
    expect(() => freeze({ a: { toJSON: () => JSON.parse('') } })).toThrow(FreezeError)
  })
})
