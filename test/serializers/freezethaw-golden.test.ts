import { describe, expect, test } from 'vitest'
import FreezeThaw from '../../serializers/FreezeThaw.ts'
import { FreezeError, ThawError } from '../../src/errors.ts'
import { isPlainObject } from '../../src/hash.ts'
import { parseFreezeThaw } from '../../src/perl/freezethaw/reader.ts'
import { Address } from '../../src/perl/freezethaw/values.ts'
import { writeFreezeThaw } from '../../src/perl/freezethaw/writer.ts'
import { perlDefaults } from '../../src/perl/options.ts'
import { Regexp } from '../../src/perl/values.ts'
import { type GoldenRecord, goldenRecords, goldenSessions } from './golden.ts'
import { expectMeaning, type Rules } from './meaning.ts'

const rules: Rules = { holes: 'null', weak: false, locked: false, booleans: 'strings', numbers: 'strings' }

const records = goldenRecords('ft').filter(({ name }) => name !== 'code')
const readable = records.filter(({ read }) => read !== undefined)
const wide = records.filter(({ read }) => read === undefined)

/** FreezeThaw took the inside of this object for shared, and lost the object around it. */
function isWhole({ name }: GoldenRecord): boolean {
  return name !== 'bigint'
}

describe('records that FreezeThaw wrote', () => {
  test('are all here', () => {
    expect([readable.length, wide.length]).toEqual([109, 11])
  })

  test.each(readable.map((record) => [record.name, record] as const))(
    '%s',
    (name, { image, read, given }) => {
      // Perl puts a pattern into another one each time. Here it is what the module was given; its class is not there.
      if (name === 'regexp-blessed') expect(parseFreezeThaw(image)).toEqual({ v: new Regexp('z') })
      else expectMeaning(parseFreezeThaw(image), name === 'regexp-flags' ? given : read!, rules)
    },
  )

  test.each(readable.filter(isWhole).map((record) => [record.name, record] as const))(
    '%s, written back byte for byte',
    (_, { image }) => {
      expect(writeFreezeThaw(parseFreezeThaw(image))).toEqual(image)
    },
  )

  test.each(wide.map((record) => [record.name, record] as const))(
    '%s, which Perl cannot read again',
    (_, { image, readAsCharacters }) => {
      const value = parseFreezeThaw(image)
      expectMeaning(value, readAsCharacters!, rules)
      const needsMore = image.some((byte) => byte > 0xc3)
      if (needsMore) expect(() => writeFreezeThaw(value)).toThrow(FreezeError)
      else expectMeaning(parseFreezeThaw(writeFreezeThaw(value)), readAsCharacters!, rules)
    },
  )

  test('code is an address, and goes back as that', () => {
    const { image } = goldenRecords('ft').find(({ name }) => name === 'code')!
    const value = parseFreezeThaw(image)
    expect(value).toEqual({ v: new Address('code', 'CODE(0x555555555555)') })
    expect(writeFreezeThaw(value)).toEqual(image)
  })

  test('byte for byte as well where strings are octets', () => {
    const options = { ...perlDefaults, perlText: 'utf8' } as const
    for (const { name, image } of readable.filter(isWhole)) {
      expect(writeFreezeThaw(parseFreezeThaw(image, options), options), name).toEqual(image)
    }
  })
})

test('sessions that FreezeThaw wrote', () => {
  const serializer = new FreezeThaw({})
  const sessions = goldenSessions().filter(({ serializer }) => /freezethaw/i.test(serializer))
  let count = 0
  for (const { driver, kind, image, read, given } of sessions) {
    if (image === undefined) continue
    if (driver === 'Pg-text' && kind === 'text') {
      // PostgreSQL has cut it off at a NUL.
      expect(() => serializer.thaw(image)).toThrow(ThawError)
      continue
    }
    const session = serializer.thaw(image)
    expect(isPlainObject(session)).toBe(true)
    // The fixture has a number for a text there.
    if (driver !== 'Memcached') expectMeaning(session, given!, rules)
    // Some stores make UTF-8 of Latin-1, and Perl gets characters from them again.
    const isUtf8 = driver === 'mysql-text' || driver === 'Pg-text'
    if (read !== undefined && !isUtf8) expect(serializer.freeze(session)).toEqual(image)
    count++
  }
  expect(count).toBe(24)
})
