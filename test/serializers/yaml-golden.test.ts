import { describe, expect, test } from 'vitest'
import YAMLSerializer from '../../serializers/YAML.ts'
import { ThawError } from '../../src/errors.ts'
import { isPlainObject } from '../../src/hash.ts'
import { Blessed, ScalarRef } from '../../src/perl/values.ts'
import { readPerlYaml } from '../../src/yaml/read-perl-yaml.ts'
import { type GoldenRecord, goldenRecords } from './golden.ts'
import { expectMeaning, type Rules } from './meaning.ts'

/** What YAML does not tell; undef is what the modules make of a hole. */
const rules = { holes: 'null', weak: false, locked: false, booleans: 'strings' } satisfies Rules

const serializers = {
  auto: new YAMLSerializer(),
  characters: new YAMLSerializer({ perlText: 'characters' }),
  utf8: new YAMLSerializer({ perlText: 'utf8' }),
}

/** The same value with every number as the string that it is to Perl's YAML modules. */
function withStrings(root: unknown): unknown {
  const seen = new Set<unknown>()
  const visit = (value: unknown): unknown => {
    if (typeof value === 'number' || typeof value === 'bigint')
      return String(value).replace('Infinity', 'Inf')
    if (typeof value !== 'object' || value === null || seen.has(value)) return value
    seen.add(value)
    if (value instanceof Blessed) visit(value.value)
    else if (value instanceof ScalarRef) value.value = visit(value.value)
    else if (Array.isArray(value)) for (const [key, member] of value.entries()) value[key] = visit(member)
    else if (isPlainObject(value)) {
      for (const key of Object.keys(value)) {
        const descriptor = Object.getOwnPropertyDescriptor(value, key)!
        Object.defineProperty(value, key, { ...descriptor, value: visit(descriptor.value) })
      }
    }
    return value
  }
  return visit(root)
}

function topIsHash({ read }: GoldenRecord): boolean {
  return read?.t === 'hash' && read.bless === undefined
}

describe.each(['yamlt', 'syck', 'yamlpm'] as const)('records of %s', (ser) => {
  const records = goldenRecords(ser)
  const hashes = records.filter(topIsHash)

  test.each(hashes.map((record) => [record.name, record] as const))('%s is what Perl reads', (_, record) => {
    const value = withStrings(serializers.characters.thaw(record.image))
    expectMeaning(value, record.read!, rules)
  })

  test.each(hashes.map((record) => [record.name, record] as const))(
    '%s where strings are octets',
    (_, record) => {
      const value = withStrings(serializers.utf8.thaw(record.image))
      expectMeaning(value, record.read!, { ...rules, text: 'utf8' })
    },
  )

  test.each(hashes.map((record) => [record.name, record] as const))('%s by default', (_, record) => {
    const value = withStrings(serializers.auto.thaw(record.image))
    if (record.encoding === 'ascii') expectMeaning(value, record.read!, rules)
  })

  test.each(hashes.map((record) => [record.name, record] as const))(
    '%s goes back as it came',
    (_, record) => {
      for (const serializer of Object.values(serializers)) {
        const image = serializer.freeze(serializer.thaw(record.image))
        const again = withStrings(serializer.thaw(image))
        const text = serializer === serializers.utf8 ? 'utf8' : 'characters'
        if (serializer !== serializers.auto || record.encoding === 'ascii') {
          expectMeaning(again, record.read!, { ...rules, text })
        }
        expect(Buffer.from(serializer.freeze(serializer.thaw(image))).equals(image)).toBe(true)
      }
    },
  )

  test('those that are no plain hash are refused', () => {
    for (const record of records.filter((record) => !topIsHash(record))) {
      expect(() => serializers.auto.thaw(record.image)).toThrow(ThawError)
      const value = readPerlYaml(record.image.toString('latin1'))
      if (record.read !== undefined) expectMeaning(withStrings(value), record.read, rules)
    }
  })
})
