import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import JSONSerializer from '../../serializers/JSON.ts'
import { plainHash } from '../serializers/plain-arbitrary.ts'
import { TextPerl } from './text-perl.ts'

const serializer = new JSONSerializer()
const perl = await TextPerl.start('json')
afterAll(() => perl?.stop())

/** Perl has no half characters, and no numbers with more than 15 digits. */
const text = fc.string({ unit: 'binary', maxLength: 12 })
const number = fc.oneof(
  fc.integer(),
  fc.integer({ max: 99_999, min: 1 }).map((n) => n / 100),
)
const hashes = plainHash({ text, leaves: fc.oneof(text, number, fc.boolean(), fc.constant(null)) })

test.skipIf(!perl)('Perl reads what we write', async () => {
  await fc.assert(
    fc.asyncProperty(hashes, async (hash) => {
      deepStrictEqual(await perl!.read('json', serializer.freeze(hash)), hash)
    }),
    { numRuns: 100 },
  )
})

test.skipIf(!perl)('we read what Perl writes, in Latin-1 or UTF-8', async () => {
  await fc.assert(
    fc.asyncProperty(hashes, async (hash) => {
      const image = await perl!.write('json', Buffer.from(serializer.freeze(hash)).toString('latin1'))
      deepStrictEqual(serializer.thaw(image), hash)
    }),
    { numRuns: 100 },
  )
})

test.skipIf(!perl)('numbers that JavaScript has no room for, infinities, and depth', async () => {
  const text = '{"a":[18446744073709551615,-9223372036854775808]}'
  const hash = serializer.thaw(await perl!.write('json', text))
  deepStrictEqual(hash, { a: [2n ** 64n - 1n, -(2n ** 63n)] })
  const image = serializer.freeze(hash)
  expect(Buffer.from(image).toString()).toBe(text)
  deepStrictEqual(await perl!.write('json', text), image)

  deepStrictEqual(serializer.thaw(await perl!.write('json', '{"a":[1e999,-1e999]}')), {
    a: [Infinity, -Infinity],
  })

  let value: unknown = 0
  for (let level = 0; level < 500; level++) value = [value]
  serializer.checkValue(value)
  await perl!.read('json', serializer.freeze({ a: value }))
  expect(() => serializer.checkValue([value])).toThrow('more than 500 levels')
})
