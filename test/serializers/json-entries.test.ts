import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import JSONSerializer from '../../serializers/JSON.ts'
import { JsonEntries } from '../../src/json/json-entries.ts'
import { setKey } from '../../src/hash.ts'
import type { Hash } from '../../src/plugin.ts'

const serializer = new JSONSerializer()

const key = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', 'constructor', '0', '7', '', 'a"b', 'a\\', '{', '}', ','),
)
const value = fc.oneof(
  fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 }),
  fc.constantFrom('"', '\\', '\\"', '}', ']', '{"a":[1,"}"]}', '\u007f', '\ud800', '☺'),
  fc.constant(null).map(() => ({ a: ['"]', { b: '\\' }], c: {} })),
)
const hash = fc.array(fc.tuple(key, value), { maxLength: 8 }).map((entries) => {
  const made: Hash = {}
  for (const [name, content] of entries) setKey(made, name, content)
  return made
})

test('what is copied in part is what is written as a whole', () => {
  fc.assert(
    fc.property(hash, hash, fc.array(fc.nat(7)), (before, added, removed) => {
      const image = serializer.freeze(before)
      const thawed = serializer.thaw(image)
      const now: Hash = {}
      const gone = new Set(removed.map((index) => Object.keys(thawed)[index]))
      for (const name of Object.keys(thawed)) if (!gone.has(name)) setKey(now, name, thawed[name])
      for (const name of Object.keys(added)) setKey(now, name, added[name])
      const isUnchanged = (name: string): boolean => !Object.hasOwn(added, name)
      const copied = serializer.thaw(serializer.refreeze(now, image, isUnchanged))
      expect(copied).toEqual(serializer.thaw(serializer.freeze(now)))
      expect(Object.keys(copied)).toEqual(Object.keys(now))
    }),
    { numRuns: 2000 },
  )
})

describe('what is copied', () => {
  const codec = {
    encoding: 'latin1',
    parse: (json: string): unknown => JSON.parse(json),
    stringify: (value: unknown): string => JSON.stringify(value),
  } as const
  const copy = (text: string, encoding: 'latin1' | 'utf8' = 'latin1'): unknown =>
    JsonEntries.of(Buffer.from(text, encoding), { ...codec, encoding })?.copy(
      { a: 'new', b: 'other' },
      (name) => name === 'b',
    )

  test.each([
    ['{"a":1,"b":[2]}', '{"a":"new","b":[2]}'],
    ['{"b":{"x":"}\\""},"c":1}', '{"a":"new","b":{"x":"}\\""}}'],
    ['{"b":12}', '{"a":"new","b":12}'],
    ['{"b":1e+15}', '{"a":"new","b":1e+15}'],
    ['{"b":[1.0,-0,inf,\n2] }', '{"a":"new","b":[1.0,-0,inf,\n2]}'],
    ['{}', '{"a":"new","b":"other"}'],
    [' { "a":1 ,\n"b" : 2 } \n', '{"a":"new","b" : 2}'],
    ['{"b":2,"b":3}', '{"a":"new","b":3}'],
    ['{"\\u0062":2}', '{"a":"new","\\u0062":2}'],
    ['{"b":"\xe9\\""}', '{"a":"new","b":"\xe9\\""}'],
  ])('from %j', (text, copied) => {
    expect(copy(text)).toBe(copied)
    expect(copy(text, 'utf8')).toBe(copied)
  })

  test.each([
    '[1]',
    '',
    '{',
    '{"b"',
    '{"b":',
    '{"b":1',
    '{"b":"x',
    '{"b":[1',
    '{"b":1}}',
    '{"b":1}x',
    '{}x',
    '{b:1}',
    '{"b" 1}',
  ])('not from %j', (text) => {
    expect(copy(text)).toBeUndefined()
  })
})

test('a bigint that was not touched keeps its digits, and one that was set is written', () => {
  const image = Buffer.from('{"a":12345678901234567890,"b":1}')
  const thawed = serializer.thaw(image)
  expect(String(serializer.refreeze({ ...thawed, b: 2 }, image, (name) => name === 'a'))).toBe(
    '{"a":12345678901234567890,"b":2}',
  )
  expect(String(serializer.refreeze({ ...thawed, b: 2n ** 64n }, image, (name) => name === 'a'))).toBe(
    '{"a":12345678901234567890,"b":18446744073709551616}',
  )
})

test('a value is held as long as nothing in it changed, however it was written', () => {
  fc.assert(
    fc.property(hash, value, (before, other) => {
      const image = serializer.freeze(before)
      const thawed = serializer.thaw(image)
      for (const name of Object.keys(thawed)) {
        const held = serializer.holds(image, name, thawed[name])
        expect([true, undefined]).toContain(held)
        if (held === undefined) continue
        const same =
          String(serializer.freeze({ v: other })) === String(serializer.freeze({ v: thawed[name] }))
        expect(serializer.holds(image, name, other)).toBe(same)
      }
    }),
    { numRuns: 1000 },
  )
  const perl = Buffer.from('{"a":{"x":[1.0, "\\u0041"]},"b":1}')
  expect(serializer.holds(perl, 'a', { x: [1, 'A'] })).toBe(true)
  expect(serializer.holds(perl, 'a', { x: [1, 'B'] })).toBe(false)
  expect(serializer.holds(perl, 'c', 1)).toBe(false)
  expect(serializer.holds(Buffer.from('{ "a":1}'), 'a', 1)).toBe(true)
  expect(serializer.holds(Buffer.from('{"a":nan}'), 'a', Number.NaN)).toBe(true)
  expect(serializer.holds(Buffer.from('[1]'), 'a', 1)).toBeUndefined()
})
