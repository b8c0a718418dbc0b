import fc from 'fast-check'
import Base64 from '../../serializers/Base64.ts'
import DataDumper from '../../serializers/DataDumper.ts'
import FreezeThaw from '../../serializers/FreezeThaw.ts'
import JSONSerializer from '../../serializers/JSON.ts'
import Storable from '../../serializers/Storable.ts'
import Sybase from '../../serializers/Sybase.ts'
import UUEncode from '../../serializers/UUEncode.ts'
import YAMLSerializer from '../../serializers/YAML.ts'
import { isBeyondAscii } from './perl-octets.ts'
import type { Format } from './perl-truth.ts'
import * as v from './values.ts'

/** What Storable keeps: everything but code and file handles. */
const storable: v.Profile = {
  text: v.wideText,
  scalars: [v.integers, v.doubles, v.longIntegers, v.nonFinite, v.oddStrings, v.versions, v.booleans],
  references: ['scalar', 'regexp', 'object', 'jsonBoolean'],
  links: ['same', 'element', 'weak', 'alias', 'hole', 'lock'],
}

/** What `nfreeze` keeps: of numbers only integers of 32 bits, all else is text. */
const network: Pick<Format, 'profile' | 'rules'> = {
  profile: storable,
  rules: {
    booleans: 'string',
    numbers: (value) => {
      if (Object.is(Number(value) | 0, value)) return undefined
      const isLarge = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
      return isLarge ? { string: value.toExponential() } : perlNumber(value)
    },
  },
}

/** What Data::Dumper keeps. */
export const dumperProfile: v.Profile = {
  text: v.wideText,
  scalars: [v.integers, v.doubles, v.longIntegers, v.oddStrings, v.versions, v.booleans],
  references: ['scalar', 'regexp', 'code', 'object', 'jsonBoolean', 'fileHandle'],
  links: ['same', 'element'],
}

/** Each of our serializers for Perl's formats, what it keeps, and what Perl makes of that. */
export const formats: readonly Format[] = [
  {
    name: 'DataDumper',
    ser: 'dd',
    serializer: new DataDumper({}),
    profile: dumperProfile,
    rules: {},
    // Data::Dumper writes Perl's own true as the number 1, so that is what it gets.
    given: { booleans: 'dumped' },
    settings: [
      {},
      {},
      { Indent: 1 },
      { Indent: 3 },
      { Useqq: 1 },
      { Quotekeys: 0 },
      { Useqq: 1, Quotekeys: 0, Indent: 2 },
      { Trailingcomma: 1, Indent: 1 },
      { Pair: ', ' },
      { Useperl: 1 },
      { Deepcopy: 1 },
    ],
    // With a NUL in the key of a shared value.
    isBroken: (image) => image.includes(0),
    // It may write an element as what an earlier reference points to. Perl then reads it as undef.
    isAmbiguous: (image) => image.includes('${$D'),
  },
  {
    name: 'Storable',
    ser: 'st',
    serializer: new Storable({}),
    profile: storable,
    // It has no integers of 64 bits without a sign.
    rules: {
      booleans: 'string',
      numbers: (value) =>
        typeof value === 'bigint' && value >= 2n ** 63n ? { string: String(value) } : undefined,
    },
  },
  { name: 'Base64', ser: 'apb64', serializer: new Base64({}), ...network },
  { name: 'UUEncode', ser: 'apuu', serializer: new UUEncode({}), ...network },
  { name: 'Sybase', ser: 'apsyb', serializer: new Sybase({}), ...network },
  {
    name: 'FreezeThaw',
    ser: 'ft',
    serializer: new FreezeThaw({}),
    profile: {
      text: v.latinText,
      scalars: [v.integers, v.doubles, v.longDigits, v.nonFinite, v.booleans],
      references: ['scalar', 'object', 'regexp'],
      links: ['same'],
    },
    rules: { booleans: 'string', numbers: perlNumber, regexps: 'printed' },
  },
  {
    name: 'YAML',
    ser: 'yamlt',
    serializer: new YAMLSerializer(),
    isText: true,
    profile: { text: v.latinText, scalars: [v.integers, v.shortDoubles, v.longDigits, v.booleans] },
    rules: { booleans: 'string', numbers: (value) => ({ string: String(value).replace('Infinity', 'Inf') }) },
    // YAML::Tiny takes a key that starts with three dots for the end of the document, in what it wrote itself.
    perlProfile: {
      text: v.latinText,
      keys: fc.oneof(v.latinText, v.speakingText).filter((key) => !key.startsWith('...')),
      scalars: [v.integers, v.shortDoubles, v.longDigits, v.booleans],
    },
    // A key or text that starts with a dash, a number with a line break behind it, and more of that kind.
    isBroken: () => true,
    // Spaces beyond ASCII, which it drops; and UTF-8 where nobody can tell which characters stand for octets.
    isUnclear: (image) =>
      image.includes(0xa0) ||
      image.includes(0x85) ||
      (isBeyondAscii(image) && (image.includes('\\x') || image.includes('\\N'))),
  },
  {
    name: 'JSON',
    ser: 'json',
    serializer: new JSONSerializer(),
    // A whole number is an integer, below 2^53.
    lost: ['num-1e15'],
    // JSON::XS does not read doubles exactly that have 17 digits or an exponent.
    profile: { text: v.wholeText, scalars: [v.integers, v.shortDoubles, v.longDigits, v.booleans] },
    isText: true,
    perlProfile: { text: v.latinText, scalars: [v.integers, v.shortDoubles, v.longDigits, v.booleans] },
    given: { booleans: 'json' },
    rules: { booleans: 'json', numbers: (value) => (/^-?\d+$/.test(String(value)) ? 'integer' : undefined) },
  },
]

/** A number as Perl prints it, with all its digits. */
function perlNumber(value: number | bigint): { string: string } {
  const text = String(value).replace('Infinity', 'Inf')
  return { string: Object.is(value, -0) ? '-0' : text.replace(/e([-+])(\d)$/, 'e$10$2') }
}

/** What else the serializers read, and, but for one, write so that it is read there too. */
export const relatives: readonly Format[] = [
  ...(['nst', 'pst0', 'npst0', 'stcanon', 'stcode'] as const).map((ser) => ({
    ...formatNamed('Storable'),
    ser,
  })),
  { ...formatNamed('DataDumper'), ser: 'cgidd' },
  { ...formatNamed('JSON'), ser: 'jsonpp' },
  { ...formatNamed('JSON'), ser: 'cgijson', isReadOnly: true },
  { ...formatNamed('YAML'), ser: 'syck' },
  { ...formatNamed('YAML'), ser: 'yamlpm' },
]

function formatNamed(name: string): Format {
  const format = formats.find((format) => format.name === name)
  if (format === undefined) throw new Error(`no format ${name}`)
  return format
}
