import { afterAll, describe, test } from 'vitest'
import YAMLSerializer from '../../serializers/YAML.ts'
import type { Serializer } from '../../src/contracts/serializer.ts'
import { writePerlYaml } from '../../src/yaml/write-perl-yaml.ts'
import { Perl } from './perl.ts'
import { type Format, perlReadsOurs, weReadPerls } from './perl-truth.ts'
import * as v from './values.ts'

/** To Perl's YAML modules every scalar is a string. */
const rules: Format['rules'] = {
  booleans: 'string',
  numbers: (value) => ({ string: String(value).replace('Infinity', 'Inf') }),
}
/** YAML.pm has a key of its own that is written as an equals sign; it turns up in references to scalars. */
const keys = v.latinText.filter((key) => !/^=(?:\0|$)/.test(key))
const text = v.latinText.filter((text) => !text.startsWith('=\0'))
const plain: Format['profile'] = {
  text,
  keys,
  scalars: [v.integers, v.shortDoubles, v.longDigits, v.nonFinite, v.booleans],
}
const withClasses: Format['profile'] = {
  ...plain,
  references: ['scalar', 'regexp', 'object'],
  links: ['same'],
}

const ours = new YAMLSerializer({ perlText: 'characters' })

/** What a record is written as in which something was read through an alias. */
const withAnchors: Serializer = {
  freeze: (hash) =>
    Buffer.from(writePerlYaml(hash, { perlText: 'characters', maxDepth: 512, anchors: true })),
  thaw: (image) => ours.thaw(image),
}

/** They do not read all that they write: a key of dashes, a carriage return at the end of a line. */
const isBroken = (): boolean => true

const formats: Format[] = [
  {
    name: 'YAML::Tiny',
    ser: 'yamlt',
    serializer: ours,
    profile: plain,
    rules,
    isBroken,
    // It writes a no-break space at the end of a string without quotes, and takes it for a blank when it reads.
    isUnclear: (image) => image.includes(0xa0) || image.includes(0x85),
  },
  { name: 'YAML::Syck', ser: 'syck', serializer: withAnchors, profile: withClasses, rules, isBroken },
  {
    name: 'YAML.pm',
    ser: 'yamlpm',
    serializer: withAnchors,
    profile: withClasses,
    // It cannot write a pattern of a class.
    perlProfile: { ...withClasses, references: ['scalar', 'object'] },
    rules,
    isBroken,
  },
]

const perl = await Perl.start(['yamlt', 'syck', 'yamlpm'])
afterAll(() => perl?.end())

describe.skipIf(perl === undefined).each(formats)('$name', (format) => {
  test('reads what we write', () => perlReadsOurs(perl!, format, 400))

  test('writes what we read, and reads it again when we have written it back', () =>
    weReadPerls(perl!, format, 400))
})
