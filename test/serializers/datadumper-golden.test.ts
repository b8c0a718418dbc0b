import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import DataDumper from '../../serializers/DataDumper.ts'
import { ThawError } from '../../src/errors.ts'
import { isPlainObject } from '../../src/hash.ts'
import { parseDumper } from '../../src/perl/dumper-reader.ts'
import { writeDumper } from '../../src/perl/dumper-writer.ts'
import { expectMeaning, type Meaning } from './datadumper-meaning.ts'

interface GoldenRecord {
  readonly name: string
  readonly by: string
  readonly off: number
  readonly len: number
  readonly meaning?: Meaning
  readonly damaged?: boolean
}

const fixtures = new URL('../fixtures/perl/', import.meta.url)
const bytes = readFileSync(new URL('datadumper.bin', fixtures))
const { records } = JSON.parse(readFileSync(new URL('datadumper.json', fixtures), 'utf8')) as {
  records: GoldenRecord[]
}

/** The records too large to spell out. */
const large: Record<string, () => unknown> = {
  'str-long-70k': () => ({
    v: Array.from({ length: 2800 }, (_, i) => `row ${i + 1} of the long string, `).join(''),
  }),
  'str-long-utf8': () => ({ v: '\u263aabc'.repeat(3000) }),
  'wide-hash-10k': () =>
    Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key${i + 1}`, `v${i + 1}`])),
}

function image(record: GoldenRecord): Uint8Array {
  return bytes.subarray(record.off, record.off + record.len)
}

const whole = records.filter((record) => !record.damaged)

describe('records that Perl wrote', () => {
  test('are all here', () => {
    expect(records.length).toBe(188)
  })

  test.each(whole.map((record) => [record.name, record.by, record] as const))(
    '%s by %s',
    (name, _by, record) => {
      const value = parseDumper(image(record))
      if (record.meaning === undefined) expect(value).toEqual(large[name]?.())
      else expectMeaning(value, record.meaning)
    },
  )

  test.each(whole.map((record) => [record.name, record.by, record] as const))(
    '%s by %s, written back and read again',
    (name, _by, record) => {
      const value = parseDumper(image(record))
      const written = writeDumper(value)
      const again = parseDumper(written)
      if (record.meaning === undefined) expect(again).toEqual(large[name]?.())
      else expectMeaning(again, record.meaning)
      expect(Buffer.from(writeDumper(again)).equals(written)).toBe(true)
    },
  )

  test('keep their form when they are written back', () => {
    const changed = whole.filter((record) => {
      return sorted(image(record)) !== sorted(writeDumper(parseDumper(image(record))))
    })
    // Perl writes text with the UTF8 flag in double quotes even when all its characters fit into bytes, and a
    // reference to undef as \undef, which is one and the same for all.
    expect(changed.map(({ name }) => name)).toEqual(['ref-undef', 'key-latin1-flagged'])
  })

  test('that are cut off are refused', () => {
    for (const record of records.filter((record) => record.damaged)) {
      expect(() => parseDumper(image(record))).toThrow(ThawError)
    }
  })

  test('are sessions when their top is a hash', () => {
    const serializer = new DataDumper({})
    for (const record of whole) {
      if (isPlainObject(parseDumper(image(record))))
        expect(isPlainObject(serializer.thaw(image(record)))).toBe(true)
      else expect(() => serializer.thaw(image(record))).toThrow(ThawError)
    }
  })
})

/** The characters of an image without its tail, in order: the order of hash keys may differ, nothing else. */
function sorted(image: Uint8Array): string {
  const text = Buffer.from(image)
    .toString('latin1')
    .replace(/;;\$D$/, ';')
  return Buffer.from(text, 'latin1').sort().toString('latin1')
}
