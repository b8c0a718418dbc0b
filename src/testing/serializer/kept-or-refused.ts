import { setKey } from '../../hash.ts'
import { chapter, expectKeptOrRefused } from './trial.ts'

class Point {
  x = 1
}

class Points extends Array<Point> {}

/** What formats differ in. None may come back changed: it is kept, or refused with a `FreezeError`. */
const families: Readonly<Record<string, () => readonly unknown[]>> = {
  'halves of surrogate pairs': () => ['\ud800', 'a\udfffb', '\ude00\ud83d', { 'a\ud83d': 1 }],
  'minus zero': () => [-0],
  'numbers that are none': () => [NaN, Infinity, -Infinity],
  'numbers beyond 53 bits': () => [2 ** 53, 2 ** 53 + 2, 2 ** 63, 2 ** 64, -(2 ** 63), 1e20],
  bigints: () => [1n, 0n, -(10n ** 30n), Object(1n)],
  undefined: () => [undefined, [undefined], { a: undefined, b: 1 }],
  dates: () => [new Date(0), new Date(1_700_000_000_123), new Date(NaN)],
  'maps and sets': () => [new Map([['a', 1]]), new Map(), new Set(['a']), new Set()],
  'regular expressions': () => [/a/, /a\/b/gi],
  bytes: () => [
    Buffer.from('a'),
    new Uint8Array([1, 2]),
    new Float64Array([1.5]),
    new ArrayBuffer(2),
    new DataView(new ArrayBuffer(1)),
  ],
  functions: () => [() => 1, Point, Math.max, [() => 1], { a: () => 1, b: 2 }],
  symbols: () => [Symbol('a'), Symbol.iterator, { a: Symbol('a') }],
  'keys that are symbols': () => [{ [Symbol('a')]: 1, b: 2 }],
  'instances of classes': () => [new Point(), Object.create({ inherited: 1 })],
  'lists of a class': () => [new Points()],
  'values with toJSON': () => [{ toJSON: () => 'changed', a: 1 }, new URL('http://localhost/')],
  errors: () => [new Error('a'), new TypeError('b')],
  'boxed values': () => [Object('a'), Object(1), Object(true)],
  'lists with holes': () => [sparse([0, 'a'], 3), sparse([2, 'a'], 3), Array(2)],
  'lists with more than elements': () => [Object.assign(['a'], { extra: 1 })],
  'hashes without prototype': () => [Object.assign(Object.create(null), { a: 1 })],
  'hashes with getters': () => [
    {
      get a() {
        return 1
      },
    },
  ],
  'promises and other handles': () => [Promise.resolve(1), new WeakMap(), new WeakSet()],
  'values that contain themselves': () => [cyclicList(), cyclicHash()],
  'values that occur twice': () => {
    const shared = { a: ['x'] }
    return [[shared, shared], { one: shared, two: [shared] }]
  },
  'ten thousand levels': () => [
    nested(10_000, (inner) => [inner]),
    nested(10_000, (inner) => ({ a: inner })),
  ],
}

export const keptOrRefused = chapter(
  'kept or refused',
  Object.fromEntries(
    Object.entries(families).map(([what, values]) => [
      what,
      ({ serializer }) => values().forEach((value) => expectKeptOrRefused(serializer, value)),
    ]),
  ),
)

function sparse([index, value]: [number, unknown], length: number): unknown[] {
  const list = Array<unknown>(length)
  list[index] = value
  return list
}

function cyclicList(): unknown[] {
  const list: unknown[] = ['a']
  list.push(list)
  return list
}

function cyclicHash(): unknown {
  const hash: Record<string, unknown> = { a: {} }
  setKey(hash, 'self', { inner: hash })
  return hash
}

function nested(levels: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 'bottom'
  for (let level = 0; level < levels; level += 1) value = wrap(value)
  return value
}
