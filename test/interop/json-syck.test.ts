import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import JSONSerializer from '../../serializers/JSON.ts'
import type { Hash } from '../../src/plugin.ts'
import { plainHash } from '../serializers/plain-arbitrary.ts'
import { notation } from './notation.ts'
import { Perl } from './perl.ts'

const perl = await Perl.start(['cgijson'])
afterAll(() => perl?.end())

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string(),
  fc.constantFrom('\u263a', '\x7f\x85'),
)
const latin = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 12 })
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.integer({ min: 1, max: 99_999 }).map((n) => (n * 100 + 1) / 10_000),
)
const bigint = fc.bigInt({ min: 2n ** 53n + 1n, max: 2n ** 63n - 1n }).filter((n) => n % 2n === 1n)

function hashes(text: fc.Arbitrary<string>): fc.Arbitrary<Hash> {
  return plainHash({ text, leaves: fc.oneof(text, number, bigint, fc.boolean(), fc.constant(null)) })
}

function asOctets(value: unknown): unknown {
  if (typeof value === 'string') return Buffer.from(value).toString('latin1')
  if (Array.isArray(value)) return value.map(asOctets)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [asOctets(key), asOctets(item)]))
}

describe.skipIf(!perl)('JSON::Syck', () => {
  test('reads what is written for it, text as octets', async () => {
    const serializer = new JSONSerializer({ perlJson: 'syck' })
    const property = fc.asyncProperty(hashes(text), async (hash) => {
      const image = serializer.freeze(hash)
      expect(await perl!.thaw('cgijson', image)).toEqual(notation(asOctets(hash)))
      expect(serializer.thaw(image)).toEqual(hash)
    })
    await fc.assert(property, { numRuns: 200 })
  })

  test('reads what is written for it, characters up to U+00FF as bytes', async () => {
    const serializer = new JSONSerializer({ perlJson: 'syck', perlText: 'latin1' })
    const property = fc.asyncProperty(hashes(latin), async (hash) => {
      const image = serializer.freeze(hash)
      expect(await perl!.thaw('cgijson', image)).toEqual(notation(hash))
      expect(serializer.thaw(image)).toEqual(hash)
    })
    await fc.assert(property, { numRuns: 200 })
  })

  test('writes what is read here, and reads it again when nothing or one key was changed here', async () => {
    const serializer = new JSONSerializer({ perlJson: 'syck', perlText: 'characters' })
    const property = fc.asyncProperty(hashes(latin), async (hash) => {
      const { image, reread } = await perl!.freeze('cgijson', notation(hash, { booleans: 'string' }))
      const read = serializer.thaw(image)
      expect(notation(read)).toEqual(reread)
      for (const written of [
        serializer.freeze(read),
        serializer.refreeze(read, image, () => true),
        serializer.refreeze(read, image, (key) => key.length % 2 === 0),
      ]) {
        expect(await perl!.thaw('cgijson', written)).toEqual(reread)
      }
    })
    await fc.assert(property, { numRuns: 100 })
  })

  test('does not read the \\u of standard JSON', async () => {
    const image = new JSONSerializer().freeze({ a: '\xe9\x01', b: 'plain\n' })
    expect(await perl!.thaw('cgijson', image)).toEqual(notation({ a: '\\u00e9\\u0001', b: 'plain\n' }))
  })
})
