import { describe, expect, test } from 'vitest'
import { sameValue } from '../../src/migrate/same-value.ts'
import { Address, FrozenObject } from '../../src/perl/freezethaw/values.ts'
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

/** Values of which no two are the same; each is made anew by each call. */
const makers: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => false,
  () => 0,
  () => 1,
  () => 1n,
  () => '1',
  () => '',
  () => NaN,
  () => [],
  () => [1],
  () => [1, 2],
  () => ({}),
  () => ({ a: 1 }),
  () => ({ a: 1, b: { c: [2] } }),
  () => ({ a: 1, b: { c: [3] } }),
  () => JSON.parse('{"__proto__":1}') as unknown,
  () => Object.assign(Object.create(null) as object, { nothing: null }),
  () => new Date(5),
  () => new Date(NaN),
  () => new Map([['a', { b: 1 }]]),
  () => new Set([1]),
  () => /x/g,
  () => Buffer.from('ab'),
  () => new Uint8Array([1]),
  () => new Blessed('A', { x: 1 }),
  () => new Blessed('B', { x: 1 }),
  () => new Blessed('A', { x: 2 }),
  () => new ScalarRef(1),
  () => new ScalarRef(new ScalarRef(1)),
  () => new Regexp('x', 'i'),
  () => new Regexp('x', ''),
  () => new VString('v1.2'),
  () => new Glob('main::STDIN'),
  () => new Code(),
  () => new Code('{ 1 }'),
  () => new StorableHook('A', 'hash', Buffer.from('x')),
  () => new StorableHook('A', 'hash', Buffer.from('y')),
  () => new Tied('hash', { a: 1 }),
  () => new JsonBoolean(true),
  () => new JsonBoolean(false),
  () => new PerlString([0x110000]),
  () => new PerlString([0x110001]),
  () => new FrozenObject('A', 1),
  () => new Address('code', 'CODE(0x1)'),
]

describe('sameValue', () => {
  test.each(makers.map((make, at) => [at, make] as const))('knows value %i from all others', (at, make) => {
    const others = makers.map((other) => sameValue(make(), other()))
    expect(others).toEqual(makers.map((_, other) => other === at))
  })

  test('goes round in circles once, however they are drawn', () => {
    interface Ring {
      next?: Ring
      list: unknown[]
    }
    const circle = (length: number): Ring => {
      const rings = Array.from({ length }, (): Ring => ({ list: [] }))
      for (const [at, ring] of rings.entries()) ring.next = rings[(at + 1) % length]!
      return rings[0]!
    }
    expect(sameValue(circle(1), circle(1))).toBe(true)
    expect(sameValue(circle(2), circle(3))).toBe(true)
    const broken = circle(3)
    broken.next?.list.push(1)
    expect(sameValue(circle(2), broken)).toBe(false)
    expect(sameValue(broken, circle(2))).toBe(false)
  })

  test('takes what is undefined as left out, and -0 as 0', () => {
    expect(sameValue({ a: undefined, b: -0 }, { b: 0 })).toBe(true)
    expect(sameValue({ b: 0 }, { a: undefined, b: -0 })).toBe(true)
    expect(sameValue({ a: null }, {})).toBe(false)
  })

  test('compares what references to scalars lead to', () => {
    const list = ['a', 'b']
    expect(sameValue(ScalarRef.to(list, 1), new ScalarRef('b'))).toBe(true)
    expect(sameValue(ScalarRef.to(list, 0), new ScalarRef('b'))).toBe(false)
  })

  test('takes shared objects as their values', () => {
    const shared = { a: [1] }
    expect(sameValue([shared, shared], [{ a: [1] }, { a: [1] }])).toBe(true)
    expect(sameValue([shared, shared], [{ a: [1] }, { a: [2] }])).toBe(false)
  })
})
