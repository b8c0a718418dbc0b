import { describe, expect, test } from 'vitest'
import Base64 from '../../serializers/Base64.ts'
import Storable from '../../serializers/Storable.ts'
import Sybase from '../../serializers/Sybase.ts'
import UUEncode from '../../serializers/UUEncode.ts'
import type { Serializer } from '../../src/contracts/serializer.ts'
import { FreezeError, ThawError } from '../../src/errors.ts'
import { readHeader } from '../../src/perl/storable/header.ts'
import { thawStorable } from '../../src/perl/storable/reader.ts'
import { freezeStorable } from '../../src/perl/storable/writer.ts'
import { Code } from '../../src/perl/values.ts'
import { type GoldenRecord, goldenRecords, goldenSessions, refusedRecords } from './golden.ts'
import { expectMeaning, type Rules } from './meaning.ts'

const names = ['st', 'nst', 'pst0', 'npst0', 'stcanon', 'stcode'] as const
const records = names.flatMap((name) => goldenRecords(name))

/** The same image as far as this library would have it: without flags on what fits into bytes. */
const flagged = ['str-ascii-flagged', 'key-latin1-flagged']

describe('records that Perl wrote', () => {
  test('are all here', () => expect(records.length).toBe(286))

  test.each(records.map((record) => [record.ser, record.name, record] as const))(
    '%s %s',
    (_ser, _name, record) => {
      const rules: Rules = { hook: record.hook }
      const value = thawStorable(record.image)
      expectMeaning(value, record.read ?? record.given, rules)
      const written = freezeStorable(value, undefined, readHeader(record.image))
      expectMeaning(thawStorable(written), record.read ?? record.given, rules)
    },
  )

  test('go back byte by byte, but for the order of keys and the version', () => {
    const changed = records.filter(({ image }) => {
      return sorted(image) !== sorted(freezeStorable(thawStorable(image), undefined, readHeader(image)))
    })
    expect(changed.map(({ name }) => name)).toEqual([...flagged, ...flagged])
  })

  test('that lack their end are refused', () => {
    for (const { image } of records.filter(({ image }) => image.length < 600)) {
      for (let length = 0; length < image.length; length += 1 + Math.floor(length / 40)) {
        expect(() => thawStorable(image.subarray(0, length))).toThrow(ThawError)
      }
    }
  })

  test('code comes as its text', () => {
    const [record] = goldenRecords('stcode')
    const { v: code } = thawStorable(record!.image) as { v: Code }
    expect(code.source).toContain('return 42')
  })

  test('what Perl refuses to write is refused here', () => {
    for (const { name } of refusedRecords('st')) expect(name).toBe('code')
    expect(() => freezeStorable({ v: new Code() })).toThrow(FreezeError)
  })
})

describe.each([
  ['Storable', 'Storable', new Storable({})],
  ['storable', 'Storable', new Storable({})],
  ['Base64', 'Base64', new Base64({})],
  ['UUEncode', 'UUEncode', new UUEncode({})],
  ['Sybase', 'Sybase', new Sybase({})],
] as const)('sessions that Perl stored with %s', (name, _ours, serializer: Serializer) => {
  const sessions = goldenSessions({ serializer: name }).filter(({ image }) => image !== undefined)

  test.each(sessions.map((session) => [session.module, session.driver, session.kind, session] as const))(
    '%s in %s, %s',
    (_module, driver, _kind, { image, read }) => {
      // Perl's driver for PostgreSQL cuts the image at its first NUL.
      if (driver === 'Pg-text') return expect(() => serializer.thaw(image!)).toThrow(ThawError)
      const hash = serializer.thaw(image!)
      expectMeaning(hash, read!)
      expectMeaning(serializer.thaw(serializer.refreeze!(hash, image!, () => false)), read!)
      expect(sorted(serializer.refreeze!(hash, image!, () => false)).length).toBe(sorted(image!).length)
      expectMeaning(serializer.thaw(serializer.freeze(hash)), read!)
    },
  )
})

describe.each([
  ['apb64', new Base64({})],
  ['apuu', new UUEncode({})],
  ['apsyb', new Sybase({})],
] as const)('Apache::Session wrote %s', (ser, serializer) => {
  const golden = goldenRecords(ser)

  const [{ hook }] = goldenRecords('st').filter(({ name }) => name === 'blessed-hook') as [GoldenRecord]

  test.each(golden.map((record) => [record.name, record] as const))('%s', (name, { image, read, given }) => {
    // Apache::Session itself never stores such a thing.
    if (name.endsWith('-top')) return expect(() => serializer.thaw(image)).toThrow(ThawError)
    const hash = serializer.thaw(image)
    expectMeaning(hash, read ?? given, { hook })
    expect(serializer.freeze(hash).length).toBe(image.length)
  })
})

/** The bytes in order, without the version of the format. */
function sorted(image: Uint8Array): string {
  const bytes = Buffer.from(image)
  bytes[bytes.toString('latin1', 0, 4) === 'pst0' ? 5 : 1] = 0
  return bytes.sort().toString('latin1')
}
