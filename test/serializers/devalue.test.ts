import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import DevalueSerializer from '../../serializers/Devalue.ts'
import { FreezeError, ThawError } from '../../src/errors.ts'
import { damaged, plainHash } from './plain-arbitrary.ts'

const serializer = new DevalueSerializer()
const freeze = (hash: object): string =>
  Buffer.from(serializer.freeze(hash as Record<string, unknown>)).toString('latin1')
const thaw = (text: string): Record<string, unknown> => serializer.thaw(Buffer.from(text))
const again = (hash: object): Record<string, unknown> => thaw(freeze(hash))

const rich = {
  undef: undefined,
  list: [undefined, null, Number.NaN, -0, Infinity, -Infinity, 10n ** 30n],
  // oxlint-disable-next-line no-sparse-arrays
  holes: [, 1, , 2, ,],
  date: new Date(1_700_000_000_000),
  map: new Map<unknown, unknown>([
    ['a', new Set([1, 'x'])],
    [{ k: 1 }, new Map()],
  ]),
  regexp: /a\/"é/giu,
  bytes: new Uint8Array([0, 255]),
  floats: new Float64Array([0.5]),
  boxed: Object(5),
  bare: Object.assign(Object.create(null), { a: 1 }) as object,
  text: 'é日😀\ud800\x7f</script>\u2028',
}

describe('what is kept', () => {
  test('everything that JSON changes', () => {
    const { url, noDate, ...copy } = again({
      ...rich,
      url: new URL('http://example.com/?q=é'),
      noDate: new Date(Number.NaN),
    })
    expect(noDate).toEqual(new Date(Number.NaN))
    deepStrictEqual(copy, rich)
    expect(url).toBeInstanceOf(URL)
    expect(String(url)).toBe('http://example.com/?q=%C3%A9')
  })

  test('cycles and shared references', () => {
    const hash: Record<string, unknown> = { list: [] }
    hash['self'] = hash
    hash['same'] = hash['list']
    const copy = again(hash)
    expect(copy['self']).toBe(copy)
    expect(copy['same']).toBe(copy['list'])
  })

  test('in ASCII', () => {
    expect(freeze(rich)).toMatch(/^[\x20-\x7e]*$/)
  })

  test('an array with large gaps, without room for them', () => {
    const sparse: number[] = []
    sparse[999_999] = 1
    const text = freeze({ sparse })
    expect(text.length).toBeLessThan(100)
    deepStrictEqual(again({ sparse }), { sparse })
  })

  test('plain data of any kind', () => {
    const leaves = fc.oneof(
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withSparseArray: true }),
    )
    fc.assert(
      fc.property(plainHash({ leaves }), (hash) => {
        fc.pre(!hasProto(hash))
        deepStrictEqual(again(hash), hash)
      }),
      { numRuns: 150 },
    )
  })
})

describe('what is refused', () => {
  class Cart {
    items = []
  }
  class Table extends Map {}

  test.each([
    ['a function', { f() {} }, 'Devalue cannot keep a function (at .f)'],
    ['a symbol', { a: [Symbol('x')] }, 'a symbol (at .a[0])'],
    ['a symbol as key', { a: { [Symbol('x')]: 1 } }, 'an object with symbols as keys (at .a)'],
    [
      'the key __proto__',
      { a: JSON.parse('{"__proto__":1}') as object },
      'an object with the key __proto__ (at .a)',
    ],
    ['a class', { a: new Map([['k', new Cart()]]) }, 'a value of class Cart (at .a.get("k")): convert it'],
    ['a subclass', { a: new Table() }, 'a value of class Table (at .a)'],
    [
      'a Buffer',
      { a: Buffer.from('x') },
      'a Buffer (at .a): it would come back as a Uint8Array; store new Uint8Array(buffer)',
    ],
    ['an error', { a: new Error('x') }, 'a value of class Error (at .a)'],
    ['a promise', { a: Promise.resolve() }, 'a value of class Promise (at .a)'],
    [
      'what only looks like a Map',
      {
        a: new (class Fake {
          readonly [Symbol.toStringTag] = 'Map'
        })(),
      },
      'of class Fake (at .a)',
    ],
    ['an array with named properties', { a: Object.assign([1], { b: 2 }) }, 'an array with named properties'],
    ['an array with too large gaps', { a: Object.assign([], { 2_000_000: 1 }) }, 'with gaps'],
    ['depth', { a: nested(100_000) }, 'Maximum call stack size exceeded'],
  ])('%s', (_, hash, message) => {
    expect(() => freeze(hash)).toThrow(FreezeError)
    expect(() => freeze(hash)).toThrow(message)
  })
})

describe('damaged images', () => {
  test.each([
    '',
    'x',
    '{}',
    '[]',
    '-1',
    '[[1],2]',
    '[1]',
    '["a"]',
    '[["Map"]]',
    '[["Date","x"]]',
    '[{"a":5}]',
    '[{"a":-9}',
    '[["Unknown",1],2]',
    '[{"__proto__":1},2]',
    '[{"a":1},["null","__proto__",2],3]',
    '[{"a":1},["BigInt","x"]]',
    '[{"a":1},["RegExp","("]]',
    '[{"a":1},["URL","x"]]',
    '[{"a":1},["Int8Array",2],["ArrayBuffer",7]]',
    '[{"a":1},["Uint8Array",2,5,100],["ArrayBuffer","AAAA"]]',
    '[{"a":1},["Temporal.Nothing","x"]]',
    '[{"a":1},[-7,4294967295]]',
    '[{"a":1},[-7,1000001]]',
    '[{"a":1},[-7,2,5,0]]',
    '[{"a":1},[-7,-1]]',
  ])('%s', (text) => {
    expect(() => thaw(text)).toThrow(ThawError)
  })

  test('many short requests for long arrays take little memory', () => {
    const before = process.memoryUsage().rss
    const hash = thaw(
      `[{"a":1},[${Array.from({ length: 500 }, (_, n) => n + 2).join()}],${'[-7,1000000],'.repeat(499)}[-7,1000000]]`,
    )
    expect((hash['a'] as unknown[]).length).toBe(500)
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000)
  })

  test('a long chain', () => {
    const chain = Array.from({ length: 100_000 }, (_, n) => `[${n + 1}]`)
    expect(() => thaw(`[{"a":1},${chain.slice(2).join()},0]`)).toThrow(ThawError)
  })

  test('nothing but a hash or a ThawError comes out', () => {
    const images = [rich, { cart: [{ sku: 'a', n: 1 }], user: { name: 'é' } }, {}].map((hash) =>
      serializer.freeze(hash),
    )
    fc.assert(
      fc.property(damaged(images), (image) => {
        try {
          expect(serializer.thaw(image)).toBeTypeOf('object')
        } catch (error) {
          expect(error).toBeInstanceOf(ThawError)
        }
        expect('polluted' in {}).toBe(false)
      }),
      { numRuns: 2000 },
    )
  })
})

function nested(levels: number): unknown {
  let value: unknown = 0
  for (let level = 0; level < levels; level++) value = [value]
  return value
}

function hasProto(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Object.hasOwn(value, '__proto__')) return true
  const inner = value instanceof Map || value instanceof Set ? [...value].flat() : Object.values(value)
  return inner.some(hasProto)
}
