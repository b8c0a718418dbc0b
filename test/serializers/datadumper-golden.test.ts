import { describe, expect, test } from 'vitest'
import DataDumper from '../../serializers/DataDumper.ts'
import { ThawError } from '../../src/errors.ts'
import { isPlainObject } from '../../src/hash.ts'
import { parseDumper } from '../../src/perl/dumper/reader.ts'
import { writeDumper } from '../../src/perl/dumper/writer.ts'
import { type GoldenRecord, goldenRecords, goldenSessions, type Node } from './golden.ts'
import { expectMeaning, type Rules } from './meaning.ts'

/** What Data::Dumper says nothing about. */
const rules: Rules = { holes: 'null', weak: false, locked: false }

interface Entry {
  readonly name: string
  readonly by: string
  readonly image: Buffer
  readonly meaning: Node | undefined
}

const records: Entry[] = [...goldenRecords('dd'), ...goldenRecords('cgidd')].map((record) => ({
  name: record.name,
  by: record.ser,
  image: record.image,
  meaning: meaningOf(record),
}))

/** A text column gives Perl characters, in which each is one of the bytes that Data::Dumper wrote. */
const sessions: Entry[] = [
  ...goldenSessions({ serializer: 'DataDumper' }),
  ...goldenSessions({ serializer: 'default' }),
].flatMap(({ id, module, driver, image, read }) => {
  if (image === undefined) return []
  const bytes = driver.endsWith('-text') ? Buffer.from(image.toString('utf8'), 'latin1') : image
  return [{ name: id, by: module, image: bytes, meaning: read }]
})

const whole = [...records, ...sessions].flatMap(({ meaning, ...record }) =>
  meaning === undefined ? [] : [{ ...record, meaning }],
)

/**
 * Where Data::Dumper needs a second statement, Data::Session takes that one's value for the session: of these, what
 * was meant is what was given. None has a number in it that Data::Dumper quotes.
 */
function meaningOf(record: GoldenRecord): Node | undefined {
  const hasSecondStatement = record.ser === 'dd' && /;\$D->/.test(record.image.toString('latin1'))
  return hasSecondStatement ? record.given : record.read
}

describe('records that Perl wrote', () => {
  test('are all here', () => {
    expect([records.length, sessions.length, whole.length]).toEqual([165, 23, 187])
  })

  test.each(whole.map((record) => [record.name, record.by, record] as const))(
    '%s by %s',
    (_name, _by, { image, meaning }) => {
      expectMeaning(parseDumper(image), meaning, rules)
    },
  )

  test.each(whole.map((record) => [record.name, record.by, record] as const))(
    '%s by %s, written back and read again',
    (_name, _by, { image, meaning }) => {
      const written = writeDumper(parseDumper(image))
      const again = parseDumper(written)
      expectMeaning(again, meaning, rules)
      expect(Buffer.from(writeDumper(again)).equals(written)).toBe(true)
    },
  )

  test('keep their form when they are written back', () => {
    const changed = whole.filter(({ image }) => sorted(image) !== sorted(writeDumper(parseDumper(image))))
    // Perl writes text with the UTF8 flag in double quotes even when all its characters fit into bytes, and a
    // reference to undef as \undef, which is one and the same for all.
    expect(changed.map(({ name }) => name)).toEqual(['ref-undef', 'key-latin1-flagged'])
  })

  test('that are cut off are refused', () => {
    const damaged = sessions.filter(({ meaning }) => meaning === undefined)
    expect(damaged.map(({ name }) => name)).toEqual(['pg-text-datadumper-text'])
    for (const { image } of damaged) expect(() => parseDumper(image)).toThrow(ThawError)
  })

  test('are sessions when their top is a hash', () => {
    const serializer = new DataDumper({})
    for (const { image } of whole) {
      if (isPlainObject(parseDumper(image))) expect(isPlainObject(serializer.thaw(image))).toBe(true)
      else expect(() => serializer.thaw(image)).toThrow(ThawError)
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
