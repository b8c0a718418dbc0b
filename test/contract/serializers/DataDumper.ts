import type { Serializer } from '../../../src/contracts/serializer.ts'
import type { SerializerSetup } from '../../../src/testing/index.ts'
import { words } from '../../../src/testing/words.ts'
import { noHoles } from '../perl-format.ts'
import { builtIn } from '../plugins.ts'

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
    without: noHoles,
    refused,
  },
  'with native booleans': {
    create: (context) =>
      builtIn<Serializer>('serializers', 'DataDumper', context, { perlBooleans: 'native' }),
    without: noHoles,
    refused,
  },
}
