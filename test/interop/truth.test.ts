import { afterAll, describe, test } from 'vitest'
import { Perl } from './perl.ts'
import { formats, relatives } from './perl-profiles.ts'
import { perlReadsOurs, weReadPerls } from './perl-truth.ts'

const perl = (await Perl.start([...formats, ...relatives].map(({ ser }) => ser))) as Perl
afterAll(() => perl?.end())

describe.skipIf(perl === undefined)('Perl and we agree', () => {
  describe.each(formats)('on $name', (format) => {
    test('Perl reads what we write', () => perlReadsOurs(perl, format, 300))
    test('we read what Perl writes, and write it back for Perl', () => weReadPerls(perl, format, 300))
  })

  test.each(relatives)('on what Perl writes as $ser, too', (format) => weReadPerls(perl, format, 100))
})
