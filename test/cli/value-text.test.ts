import { expect, test } from 'vitest'
import { plainValue } from '../../src/cli/plain-value.ts'
import { jsonText } from '../../src/cli/printable.ts'
import { valueText } from '../../src/cli/value-text.ts'
import {
  Blessed,
  Code,
  Glob,
  JsonBoolean,
  PerlString,
  Regexp,
  ScalarRef,
  StorableHook,
  VString,
} from '../../src/index.ts'

const shared = { street: 'Here' }
const cycle: Record<string, unknown> = { name: 'a' }
cycle['self'] = cycle

test.each<[string, unknown, string, unknown]>([
  ['text', "it's", String.raw`'it\'s'`, "it's"],
  ['numbers', [1, -0.5], '[1, -0.5]', [1, -0.5]],
  ['no number', Number.NaN, 'NaN', { $number: 'NaN' }],
  ['a large integer', 2n ** 60n, '1152921504606846976n', { $bigint: '1152921504606846976' }],
  ['nothing', [null, undefined], '[null, undefined]', [null, { $undefined: true }]],
  ['a hash', { a: 1, 'b c': {} }, "{ a: 1, 'b c': {} }", { a: 1, 'b c': {} }],
  [
    'an object',
    new Blessed('A::B', { x: 1 }),
    "bless({ x: 1 }, 'A::B')",
    { $bless: 'A::B', value: { x: 1 } },
  ],
  ['a reference', new ScalarRef('x'), String.raw`\'x'`, { $ref: 'x' }],
  ['a pattern', new Regexp('a+', 'i'), 'qr/a+/i', { $qr: 'a+', flags: 'i' }],
  ['a version', new VString('v1.2'), 'v1.2', { $vstring: 'v1.2' }],
  ['a glob', new Glob('::STDOUT'), '*::STDOUT', { $glob: '::STDOUT' }],
  ['code', new Code('{ 1 }'), 'sub { 1 }', { $code: '{ 1 }' }],
  ['a boolean', new JsonBoolean(true), 'true', true],
  ['no text', new PerlString([0x110000]), '{"$codePoints":[1114112]}', { $codePoints: [0x110000] }],
  [
    'a hook',
    new StorableHook('A', 'hash', Buffer.from('x')),
    '{"$hook":"A","kind":"hash","frozen":"eA==","references":[]}',
    { $hook: 'A', kind: 'hash', frozen: 'eA==', references: [] },
  ],
  ['a date', new Date(0), '1970-01-01T00:00:00.000Z', { $date: '1970-01-01T00:00:00.000Z' }],
  ['a map', new Map([[1, 'a']]), "Map [[1, 'a']]", { $map: [[1, 'a']] }],
  ['a set', new Set([1]), 'Set [1]', { $set: [1] }],
  ['bytes', new Uint8Array(3), '3 bytes', { $bytes: 'AAAA' }],
  [
    'the same twice',
    { home: shared, work: [shared] },
    "{ home: { street: 'Here' }, work: [the same as it.home] }",
    { home: shared, work: [{ $same: 'it.home' }] },
  ],
  ['a cycle', cycle, "{ name: 'a', self: the same as it }", { name: 'a', self: { $same: 'it' } }],
])('%s', (_, value, text, json) => {
  const plain = plainValue(value, 'it')
  expect(valueText(plain, 200)).toBe(text)
  expect(JSON.parse(jsonText(plain))).toEqual(json)
})

test('a key that JavaScript knows is a key', () => {
  const plain = plainValue(JSON.parse('{"__proto__":{"a":1}}'), 'it')
  expect(jsonText(plain)).toBe('{"__proto__":{"a":1}}')
  expect(valueText(plain, 80)).toBe('{ __proto__: { a: 1 } }')
})

test('what many share takes no more room than it has', () => {
  let value: unknown = 'x'
  for (let level = 0; level < 60; level++) value = [value, value]
  expect(jsonText(plainValue(value, 'it')).length).toBeLessThan(20_000)
})

test('what does not fit into a line is broken into lines, from outside', () => {
  const value = { list: ['a'.repeat(12), 'b'.repeat(12)], user: new Blessed('A', { name: 'Zoë', age: 7 }) }
  expect(valueText(plainValue(value, 'it'), 30)).toBe(
    [
      '{',
      '  list: [',
      "    'aaaaaaaaaaaa',",
      "    'bbbbbbbbbbbb',",
      '  ],',
      '  user: bless({',
      "    name: 'Zoë',",
      '    age: 7,',
      "  }, 'A'),",
      '}',
    ].join('\n'),
  )
})
