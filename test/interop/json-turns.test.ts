import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import JSONSerializer from '../../serializers/JSON.ts'
import type { Hash } from '../../src/plugin.ts'
import { plainHash } from '../serializers/plain-arbitrary.ts'
import { notation } from './notation.ts'
import { Perl } from './perl.ts'

const formats = ['json', 'jsonpp'] as const
const perl = await Perl.start(formats)
afterAll(() => perl?.end())

const double = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(1e15, 1e16, 1e20, 0.1, 1000.5, -1.5),
)
const integer = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
)
const wide = fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom('\u263a', '\xe9'))
const latin = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 12 })

function hashes(text: fc.Arbitrary<string>): fc.Arbitrary<Hash> {
  return plainHash({ text, leaves: fc.oneof(text, integer, double, fc.constant(null)) })
}

const mine = 'set by us'

describe.skipIf(!perl).each(formats)('what %s wrote and the program did not touch', (format) => {
  test.each([
    ['characters', fc.oneof(wide, latin)],
    ['latin1', latin],
    ['utf8', fc.oneof(wide, latin)],
    ['auto', latin.map((text) => text.replaceAll(/[\x80-\xff]/g, 'x'))],
  ] as const)('is to Perl what it was, with %s', async (perlText, text) => {
    const serializer = new JSONSerializer({ perlText })
    const property = fc.asyncProperty(hashes(text), async (given) => {
      const hash = perlText === 'utf8' ? (asOctets(given) as Hash) : given
      const { image, reread } = await perl!.freeze(format, notation(hash))
      const read = serializer.thaw(image)
      const untouched = serializer.refreeze(read, image, () => true)
      expect(await perl!.thaw(format, untouched)).toEqual(reread)
      const added = serializer.refreeze({ ...read, [mine]: '\xe9' }, image, (key) => key !== mine)
      const without = serializer.refreeze(serializer.thaw(image), added, () => true)
      expect(await perl!.thaw(format, without)).toEqual(reread)
    })
    await fc.assert(property, { numRuns: 60 })
  })
})

function asOctets(value: unknown): unknown {
  if (typeof value === 'string') return Buffer.from(value).toString('latin1')
  if (Array.isArray(value)) return value.map(asOctets)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [asOctets(key), asOctets(item)]))
}
