import type { Serializer } from '../../../src/contracts/serializer.ts'
import type { SerializerSetup, Switches } from '../../../src/testing/index.ts'
import { words } from '../../../src/testing/words.ts'
import { builtIn } from '../plugins.ts'

const perlHasNone: Switches = {
  'kept or refused: undefined': 'undef in a list, which comes back as null, and left out of a hash',
  'kept or refused: lists with holes': 'a hole is undef, which comes back as null',
  'kept or refused: lists of a class': 'come back as lists',
  'kept or refused: lists with more than elements': 'come back with their elements only',
  'kept or refused: keys that are symbols': 'left out',
}

const refused = [
  ...words("$D = [];¦$D = 'a';¦$D = undef;¦$D = 1;¦$D = \\1;¦$D¦;¦¦$D = {¦$D = {'a'¦$D = {}}", '¦'),
  ...words(
    '$D = {a => system("true")};¦$D = {a => `true`};¦$D = do { {} };¦$D = sub {};¦$D = {}; exit;',
    '¦',
  ),
  ...words(
    'while (1) {}¦$D = {(1) x 1e9};¦$D = {a => "@{[1]}"};¦$D = {a => $ENV{HOME}};¦print $D = {};',
    '¦',
  ),
  `$D = ${"{'a' => ".repeat(100_000)}`,
]

export const setups: Record<string, Partial<SerializerSetup>> = {
  'by default': {
    without: perlHasNone,
    refused,
  },
  'with native booleans': {
    create: (context) =>
      builtIn<Serializer>('serializers', 'DataDumper', context, { perlBooleans: 'native' }),
    without: perlHasNone,
    refused,
  },
}
