import type { Serializer } from '../../../src/contracts/serializer.ts'
import type { PluginOptions } from '../../../src/contracts/services.ts'
import type { SerializerSetup } from '../../../src/testing/index.ts'
import { words } from '../../../src/testing/words.ts'
import { plainFormat } from '../plain-format.ts'
import { builtIn } from '../plugins.ts'

const setup: Partial<SerializerSetup> = {
  without: plainFormat,
  refused: [
    ...words('[] [{}] 1 "text" null true undefined { } {}{} {}x {"a":1,} {a:1} {\'a\':1} {"a":01} {"a":1.}'),
    ...words(
      '{"a":.5} {"a":+1} {"a":0x1} {"a":undefined} {"a"1} {"a":/**/1} {"a":[1,]} {"a":"\\x4"} {"a":"\\y"}',
    ),
    ...words('{} {}¦ ¦{"a":"\n"}¦{"a":"\0"}¦{"a":"\\u12"}¦\ufeff\ufeff{}', '¦'),
    '{"a":'.repeat(100_000),
  ],
}

function withOptions(options: PluginOptions): Partial<SerializerSetup> {
  return {
    ...setup,
    create: (context) => builtIn<Serializer>('serializers', 'JSON', context, options),
  }
}

export const setups: Record<string, Partial<SerializerSetup>> = {
  'by default': setup,
  'for characters': withOptions({ perlText: 'characters' }),
  'for text as octets': withOptions({ perlText: 'utf8' }),
  'for JSON::Syck': withOptions({ perlJson: 'syck' }),
}
