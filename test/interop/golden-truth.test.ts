import { afterAll, describe, expect, test } from 'vitest'
import { goldenRecords, type GoldenSerializer } from '../serializers/golden.ts'
import type { Notation } from './notation.ts'
import { nodeNotation } from './perl-node.ts'
import { Perl } from './perl.ts'
import { formats, relatives } from './perl-profiles.ts'
import { differ, goldenForPerl } from './perl-truth.ts'

const all = [...formats, ...relatives]
const perl = (await Perl.start(all.map(({ ser }) => ser))) as Perl
afterAll(() => perl?.end())

/** What the records say less of, or otherwise, than Perl is asked here. */
const recordedOtherwise: Partial<Record<GoldenSerializer, readonly string[]>> = {
  // Data::Session takes the value of the last statement for that of the record.
  dd: [
    'alias-element',
    'blessed-overload-shared',
    'cycle-array',
    'cycle-mutual',
    'shared-array',
    'shared-hash',
    'weak-parent',
  ],
  // The number in the object is a string there.
  ft: ['json-false', 'json-true'],
  syck: ['json-false', 'json-true'],
}

describe.skipIf(perl === undefined)('the golden records', () => {
  test.each(all)('of $ser are to the Perl here what they are said to be', async ({ ser }) => {
    const records = goldenRecords(ser)
    const answers = await perl.askAll(records.map(({ image }) => ({ format: ser, image })))
    const otherwise: string[] = []
    records.forEach(({ name, read, image }, index) => {
      const { value } = answers[index] ?? {}
      const recorded = read && nodeNotation(read, { jsonModule: ser.startsWith('json') })
      if (differ(name, value && withoutLocks(value), recorded && withoutLocks(recorded), image) !== undefined)
        otherwise.push(name)
    })
    expect(otherwise.sort()).toEqual(recordedOtherwise[ser] ?? [])
  })

  test.each(all)('of $ser, written back', async (format) => {
    const { checked, wrong } = await goldenForPerl(perl, format)
    expect(wrong).toEqual([])
    expect(checked).toBeGreaterThan(0)
  })
})

/** The records say that a hash is locked, and not which of its values. */
function withoutLocks(part: Notation): Notation {
  const strip = (part: unknown): unknown => {
    if (!Array.isArray(part)) return part
    return (part[0] === 'locked hash' ? part.slice(0, 3) : part).map(strip)
  }
  return strip(part) as Notation
}
