import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { defaultLimits } from '../../src/perl/limits.ts'
import { parseDumper } from '../../src/perl/dumper/reader.ts'
import { writeDumper } from '../../src/perl/dumper/writer.ts'
import { Regexp } from '../../src/perl/values.ts'
import { type Notation, notation } from './notation.ts'
import { Perl } from './perl.ts'
import { differ } from './perl-truth.ts'
import { dumperProfile } from './perl-profiles.ts'
import { trees } from './values.ts'

// What Data::Dumper has of its own; the rest is in truth.test.ts.

const perl = (await Perl.start(['dd'])) as Perl
afterAll(() => perl?.end())

function expectSame(found: Notation | undefined, expected: Notation | undefined, image: Uint8Array): void {
  expect(differ('found', found, expected, image)).toBe(undefined)
}

async function expectPerlReads(value: unknown): Promise<void> {
  const image = writeDumper(value)
  expectSame(await perl.thaw('dd', image), notation(value), image)
  expectSame(notation(parseDumper(image)), notation(value), image)
}

describe.skipIf(perl === undefined)('with live Perl', () => {
  // Not in the other direction: Data::Dumper forgets to escape the at sign, and Perl reads an array there.
  test('patterns with at signs, and with brackets behind signs', async () => {
    for (const source of [
      'a@b',
      '@',
      'a@',
      '@a@{b}',
      '@{[ 1 ]}',
      '@$x',
      '[@$]',
      'a$[b]',
      'a${2}b',
      '$->[0]@->{1}@-[2]',
      '$-$',
      '[$-z]',
      '\\@a\\\\@b',
      'a@b\xe9',
      '\\x{263a}@c',
    ]) {
      await expectPerlReads([new Regexp(source, source.includes('x{') ? 'u' : '')])
    }
  })

  test('Terse', async () => {
    const property = fc.asyncProperty(trees(dumperProfile), async (value) => {
      const given = notation(value, { booleans: 'dumped' })
      const { image, reread } = await perl.freeze('dd', given, { Terse: 1, Indent: 1 })
      expectSame(notation(parseDumper(image)), reread, image)
    })
    await fc.assert(property, { numRuns: 50, seed: 20231114 })
  })

  test('the deepest value that may be written', async () => {
    let value: unknown = []
    for (let depth = 1; depth < defaultLimits.maxDepth; depth++) value = depth % 2 === 0 ? [value] : { value }
    await expectPerlReads(value)
    const { image } = await perl.freeze('dd', notation(value))
    expectSame(notation(parseDumper(image)), notation(value), image)
  })
})
