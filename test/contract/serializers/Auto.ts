import type { Serializer } from '../../../src/contracts/serializer.ts'
import type { SerializerSetup, Switches } from '../../../src/testing/index.ts'
import { noHoles, perlHasNone } from '../perl-format.ts'
import { plainFormat } from '../plain-format.ts'
import { builtIn } from '../plugins.ts'

const refused = ['', 'junk', '\0\0\0\0', '04', 'BAsI', '$', '---', '$D = [];', '[]', '{', '\x04\x0b', 'pst0']

function withFormat(autoFormat: string, without: Switches): Partial<SerializerSetup> {
  const create: SerializerSetup['create'] = (context) =>
    builtIn<Serializer>('serializers', 'Auto', context, { autoFormat })
  return { create, without, refused }
}

export const setups: Record<string, Partial<SerializerSetup>> = {
  'by default': { without: noHoles, refused },
  'with JSON': withFormat('JSON', plainFormat),
  'with Storable': withFormat('Storable', perlHasNone),
}
