import Auto from '../../serializers/Auto.ts'
import Base64 from '../../serializers/Base64.ts'
import DataDumper from '../../serializers/DataDumper.ts'
import Devalue from '../../serializers/Devalue.ts'
import FreezeThaw from '../../serializers/FreezeThaw.ts'
import JsonSerializer from '../../serializers/JSON.ts'
import Storable from '../../serializers/Storable.ts'
import Sybase from '../../serializers/Sybase.ts'
import UUEncode from '../../serializers/UUEncode.ts'
import Yaml from '../../serializers/YAML.ts'
import type { Serializer } from '../../src/contracts/serializer.ts'
import { words } from '../../src/testing/words.ts'
import { type GoldenSerializer, goldenRecords, goldenSessions } from '../serializers/golden.ts'

/** A parser to be fed with damaged images. */
export interface Target {
  readonly name: string
  readonly serializer: Serializer
  /** Whole images to begin with. */
  readonly seeds: readonly Uint8Array[]
  /** What the format is made of. */
  readonly pieces: readonly Uint8Array[]
}

/** Larger ones take long, and hold nothing that the others have not. */
const longestSeed = 600

function golden(...names: readonly GoldenSerializer[]): Buffer[] {
  return names.flatMap((name) => goldenRecords(name).map(({ image }) => image))
}

function sessions(...serializers: readonly string[]): Buffer[] {
  return serializers.flatMap((serializer) =>
    goldenSessions({ serializer }).flatMap(({ image }) => (image === undefined ? [] : [image])),
  )
}

function texts(...lists: readonly (readonly string[])[]): Buffer[] {
  return lists.flat().map((text) => Buffer.from(text, 'latin1'))
}

const bytes = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte))
const keys = ['__proto__', 'constructor', 'toString', 'toJSON', 'length', 'index']
const text = texts(`'"\\{}[]()$@;,=>-:*#/ \n\t\0\x80\xff019axv.!&|?%<_~+^\``.split(''), keys, [
  '\xc3\xa9',
  '\xed\xa0\x80',
])

const dumperPieces = texts(
  words("$D¦${¦->¦=>¦$D->{'v'}¦${$D->{'v'}}¦\\$D->{'v'}¦$D->{'v'} = $D;¦'__proto__'¦bless( ¦, 'X' )", '¦'),
  words('do{\\(my $o = ¦do{my $o}¦)}¦undef¦qr/¦sub { "DUMMY" }¦\\x{d83d}¦\\x{110000}¦v1.2¦1e999¦-0', '¦'),
  words('12345678901234567890¦!!1¦!!0¦\\*::STDOUT¦\\*{"::$x"}¦"\\${\\q($)}"', '¦'),
)
const storablePieces = texts(
  bytes.slice(0, 40),
  Array.from({ length: 10 }, (_, tag) => `\0\0\0\0${String.fromCharCode(tag)}`),
  [
    '\x04\x11\x01A',
    '\x11\x01A',
    '\x04\x12\0',
    '\x14\x12\0',
    '\x19\x01',
    '\x04\x13\x82',
    '\x13\x42',
    '\x1b',
    '\x1d\x02v1',
  ],
  [
    '\x11\x11JSON::PP::Boolean\x08\x81',
    '\x01\0\0\0\0',
    '\x01\0\0\0\x011',
    '\x21\x03',
    '\x7f\xff\xff\xff',
    '\xff\xff\xff\xff',
  ],
  [
    '\x17\x03\xed\xa0\x80',
    '\x0b\x04',
    '\x0c\x04',
    '\x0d',
    '\x15',
    '\x16',
    '\x1a\x0a\x02{}',
    '\x20\0\x01x\0',
    '\x0e',
    '\x1f',
  ],
)
const freezeThawPieces = texts(
  words(
    'FrT; FrT;!0| FrT;!1| $1| $01| $001| $3|abc @1| @2| %2| %4| \\ _ >>0|$1|A >)0| <0| <1| {>0| }>0| /1|x ?$1|x &$1|x *$1|x',
  ),
  words('/8|(?^:abc) @999999999| $99999999999999999999| 0| 00| -1|'),
)
const yamlPieces = texts(
  words(
    '---¦--- ¦- ¦: ¦\n¦\n  ¦&1 ¦*1¦&2¦*2¦!!perl/hash:A ¦!!perl/array:A ¦!!perl/ref ¦!!perl/scalar:A ¦!!perl/regexp ',
    '¦',
  ),
  words(
    "!!perl/code ¦!perl/A ¦=: ¦<<: ¦{}¦[]¦|\n¦>-\n¦'1' # true¦'' # false¦~¦\"\\x41\"¦\\u263a¦%YAML 1.1¦...¦? ¦# ",
    '¦',
  ),
)
const jsonPieces = texts(
  words(
    '{ } [ ] , : " "a" "a":1 null true false inf -inf nan 1e999 -0 12345678901234567890 \\u0041 \\ud800 \\x01 \\0 1.0 1e+15',
  ),
  ["'", ' '],
)
const wrapPieces = texts(bytes, words('BAsI BQsD M== = 0x 04 0b'))

/** Each with what its format is made of. */
export const targets: readonly Target[] = [
  target(
    'DataDumper',
    new DataDumper({}),
    [...golden('dd', 'cgidd'), ...sessions('DataDumper', 'default')],
    [...text, ...dumperPieces],
  ),
  target(
    'Storable',
    new Storable({}),
    [...golden('st', 'nst', 'pst0', 'stcode'), ...sessions('Storable', 'storable')],
    storablePieces,
  ),
  target(
    'FreezeThaw',
    new FreezeThaw({}),
    [...golden('ft'), ...sessions('FreezeThaw', 'freezethaw')],
    [...text, ...freezeThawPieces],
  ),
  target(
    'YAML',
    new Yaml({}),
    [...golden('yamlt', 'syck', 'yamlpm'), ...sessions('YAML', 'yaml')],
    [...text, ...yamlPieces],
  ),
  target(
    'JSON',
    new JsonSerializer({}),
    [...golden('json', 'jsonpp', 'cgijson'), ...sessions('JSON', 'json')],
    [...text, ...jsonPieces],
  ),
  target('Devalue', new Devalue(), devalued(), [...text, ...jsonPieces]),
  target('Base64', new Base64({}), golden('apb64'), wrapPieces),
  target('UUEncode', new UUEncode({}), golden('apuu'), wrapPieces),
  target('Sybase', new Sybase({}), golden('apsyb'), wrapPieces),
  target('Auto', new Auto({}), golden('dd', 'st', 'ft', 'yamlt', 'json', 'apb64'), [
    ...text,
    ...storablePieces,
  ]),
]

function target(
  name: string,
  serializer: Serializer,
  seeds: readonly Buffer[],
  pieces: readonly Buffer[],
): Target {
  return { name, serializer, seeds: seeds.filter(({ length }) => length > 0 && length < longestSeed), pieces }
}

function devalued(): Buffer[] {
  const serializer = new Devalue()
  const values = [
    new Map([['a', new Set([1])]]),
    new Date(0),
    /x/g,
    2n ** 70n,
    [undefined, Number.NaN, -0],
    new Uint8Array(3),
  ]
  return values.map((value) => Buffer.from(serializer.freeze({ value, list: [{ value }] })))
}
