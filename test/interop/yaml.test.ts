import { deepStrictEqual } from 'node:assert/strict'
import { isAscii } from 'node:buffer'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import JSONSerializer from '../../serializers/JSON.ts'
import YAMLSerializer from '../../serializers/YAML.ts'
import { setKey } from '../../src/hash.ts'
import { plainHash } from '../serializers/plain-arbitrary.ts'
import { TextPerl } from './text-perl.ts'

const serializer = new YAMLSerializer()
const json = (hash: Record<string, unknown>): string =>
  Buffer.from(new JSONSerializer().freeze(hash)).toString()
const perl = await TextPerl.start('yaml')
afterAll(() => perl?.stop())

/** Numbers with newlines, keys with dashes: YAML::Tiny writes them so that it cannot read them back. */
const YAML_TINY_TROUBLE = /^-|^\.\.\.|^\s*[-+.\dIN]\S*\s+$|^\s+[-+.\dIN]/i
/** Keys that YAML.pm does not read as YAML::Tiny writes them, and an escape that it does not know. */
const YAML_PM_TROUBLE = /[[\]{},\b]|^\^|^=$/

/** Perl has no half characters. */
const isWhole = (value: unknown): boolean =>
  !/\\ud[89a-f]/.test(JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? '' : v)))

test.skipIf(!perl)(
  'Perl reads what we write: all scalars as strings, characters above U+00FF as their bytes',
  async () => {
    await fc.assert(
      fc.asyncProperty(plainHash(), async (hash) => {
        fc.pre(isWhole(hash))
        const image = Buffer.from(serializer.freeze(hash))
        // Escapes are characters to Perl. In a record with characters above U+00FF there are none of those below.
        const convert = isAscii(image) ? (text: string) => text : octetsOf
        deepStrictEqual(await perl!.read('yaml', image), asPerlSees(hash, convert))
      }),
      { numRuns: 200 },
    )
  },
)

test.skipIf(!perl)('we read what Perl writes, and write the same', async () => {
  const character = fc.integer({ max: 0x7e, min: 0 }).map((code) => String.fromCharCode(code))
  const text = fc
    .string({ unit: character, maxLength: 8 })
    .filter((text) => !YAML_TINY_TROUBLE.test(text) && !YAML_PM_TROUBLE.test(text))
  const number = fc.oneof(
    fc.integer(),
    fc.integer({ max: 99_999, min: 1 }).map((n) => n / 100),
  )
  const hashes = plainHash({ text, leaves: fc.oneof(text, number, fc.constant(null)) })
  await fc.assert(
    fc.asyncProperty(hashes, async (hash) => {
      const image = await perl!.write('yaml', json(hash))
      deepStrictEqual(serializer.thaw(image), hash)
      expect(Buffer.from(serializer.freeze(hash)).toString()).toBe(image.toString())
    }),
    { numRuns: 150 },
  )
})

test.skipIf(!perl)('we read the Latin-1 and the UTF-8 that Perl writes', async () => {
  for (const hash of [
    { a: 'café ÿ', é: '\u0085\u00ad' },
    { a: 'café 日😀', 日: ['é'] },
  ]) {
    deepStrictEqual(serializer.thaw(await perl!.write('yaml', json(hash))), hash)
  }
})

test.skipIf(!perl)('false stays false when Perl has written the session again', async () => {
  const seen = await perl!.read('yaml', serializer.freeze({ admin: false, user: true }))
  const image = await perl!.write('yaml', JSON.stringify(seen))
  deepStrictEqual(serializer.thaw(image), { admin: '', user: '1' })
})

function asPerlSees(value: unknown, convert: (text: string) => string): unknown {
  if (value === null) return null
  if (Array.isArray(value)) return value.map((item) => asPerlSees(item, convert))
  if (typeof value === 'object') {
    const seen = {}
    for (const [key, member] of Object.entries(value)) setKey(seen, convert(key), asPerlSees(member, convert))
    return seen
  }
  if (typeof value === 'boolean') return value ? '1' : ''
  return convert(typeof value === 'string' ? value : (value as number | bigint).toString())
}

function octetsOf(text: string): string {
  return Buffer.from(text).toString('latin1')
}
