import type { Hash, Serializer } from '../../contracts/serializer.ts'
import { fail, same, shown } from '../assertions.ts'
import { characters } from '../words.ts'
import { blanks, dangerousKeys, lookAlikes, oddKeys, scripts, separators } from './samples.ts'
import { chapter, expectBack, expectKept, freezeChecked, hashOf } from './trial.ts'

/** What a session holds in the first place: each of these comes back as it was. */
export const kept = chapter('kept', {
  'an empty hash': ({ serializer }) => expectHash(serializer, {}),

  'every ASCII character, control characters included': ({ serializer }) =>
    characters(0, 128).forEach((character) => {
      expectKept(serializer, character)
      expectKept(serializer, `a${character}b`)
    }),

  'every character of Latin-1': ({ serializer }) =>
    characters(128, 256).forEach((character) => expectKept(serializer, `a${character}`)),

  'text of all scripts': ({ serializer }) => scripts.forEach((text) => expectKept(serializer, text)),

  'separators, marks and characters that are none': ({ serializer }) =>
    separators.forEach((text) => expectKept(serializer, `a${text}b`)),

  'text that looks like something else': ({ serializer }) =>
    lookAlikes.forEach((text) => expectKept(serializer, text)),

  'text with line ends and blanks at its ends': ({ serializer }) =>
    blanks.forEach((text) => expectKept(serializer, text)),

  'long text': ({ serializer }) => {
    expectKept(serializer, 'long text '.repeat(10_000))
    expectKept(serializer, 'ä日😀\n'.repeat(10_000))
  },

  'whole numbers': ({ serializer }) =>
    [0, 1, -1, 255, 65_536, 2 ** 31 - 1, -(2 ** 31), 2 ** 32, 1_700_000_000, 1e15].forEach((number) =>
      expectKept(serializer, number),
    ),

  'whole numbers of 53 bits': ({ serializer }) =>
    [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER].forEach((number) => expectKept(serializer, number)),

  'fractions and exponents': ({ serializer }) =>
    [0.1, -0.5, 1 / 3, 0.1 + 0.2, 1e21, -1.5e-7, 5e-324, Number.MAX_VALUE].forEach((number) =>
      expectKept(serializer, number),
    ),

  'true, false and null': ({ serializer }) => {
    for (const value of [true, false, null]) expectKept(serializer, value)
    expectHash(serializer, { a: true, b: 1, c: '1', d: false, e: 0, f: '', g: '0', h: null })
  },

  'empty values, and which is which': ({ serializer }) =>
    expectHash(serializer, { a: '', b: '0', c: 0, d: null, e: [], f: {}, g: [''], h: { '': '' } }),

  'numbers and text that looks the same': ({ serializer }) =>
    expectHash(serializer, { a: 1, b: '1', c: [1, '1', '01'], d: { 1: 'x' } }),

  'lists and hashes in each other': ({ serializer }) => {
    const empty = [[], {}, [[]], [{}], { a: {} }, { a: [] }, [[[]]], [[], [[], {}]]]
    for (const value of empty) expectKept(serializer, value)
    expectKept(serializer, ['a', ['b', ['c']]])
    expectKept(serializer, [{ a: ['x', { b: ['y'] }] }, [{ c: [['z']] }], 'end'])
  },

  'a hundred levels': ({ serializer }) => {
    let lists: unknown = 'bottom'
    let hashes: unknown = 'bottom'
    for (let level = 0; level < 98; level += 1) {
      lists = [lists]
      hashes = { a: hashes }
    }
    expectHash(serializer, { lists, hashes })
  },

  'a thousand keys, a thousand elements': ({ serializer }) => {
    const numbers = Array.from({ length: 1000 }, (_, index) => `number ${index}`)
    expectHash(serializer, Object.fromEntries(numbers.map((text) => [text, text])))
    expectHash(serializer, { numbers })
  },

  'odd keys': ({ serializer }) => {
    for (const key of oddKeys) {
      expectHash(serializer, { [key]: 'value' })
      expectHash(serializer, { inner: { [key]: { [key]: ['value'] } } })
    }
    expectHash(serializer, Object.fromEntries(oddKeys.map((key, index) => [key, `value ${index}`])))
  },

  'keys that would reach the prototype': ({ serializer }) => {
    for (const key of dangerousKeys) {
      for (const value of ['text', { polluted: 'yes' }, { prototype: { polluted: 'yes' } }, ['yes']]) {
        expectHash(serializer, hashOf(key, value))
        expectHash(serializer, { inner: hashOf(key, hashOf(key, value)), list: [hashOf(key, value)] })
      }
    }
    same(Reflect.get({}, 'polluted'), undefined, 'a property of all objects after thaw')
  },

  'a record as the default layout has it': ({ serializer }) => {
    const params = { cart: [{ name: 'apple', count: 3 }], 'user name': 'Zoë', seen: { '2026': ['jan'] } }
    const times = { _SESSION_ATIME: 1_700_000_000, _SESSION_ETIME: 0, _SESSION_PTIME: { cart: 300 } }
    expectHash(serializer, { _SESSION_ID: 'a1', ...times, ...params })
  },
})

function expectHash(serializer: Serializer, hash: Hash): void {
  const image = freezeChecked(serializer, hash)
  if (image === undefined) {
    fail(`freeze(${shown(hash)}) refuses what it must keep`)
  }
  expectBack(serializer, hash, image)
}
