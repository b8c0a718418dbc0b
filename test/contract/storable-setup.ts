import type { Serializer } from '../../src/contracts/serializer.ts'
import type { SerializerSetup } from '../../src/testing/index.ts'
import { perlHasNone } from './perl-format.ts'
import { builtIn } from './plugins.ts'

const header = '\x04\x0b\x0812345678\x04\x08\x08\x08'
const network = '\x05\x0b'

/** Images that are not whole hashes, as `freeze` or `nfreeze` would write them. */
const refused = [
  '',
  '\x04',
  header,
  network,
  'pst0',
  '{"a":1}',
  `${header.replace('12345678', '12435678')}\x03\0\0\0\0`,
  `${header.replace('\x04\x0b', '\x06\x0b')}\x03\0\0\0\0`,
  `${network}\x02\0\0\0\0`,
  `${network}\x0a\x01a`,
  `${network}\x05`,
  `${network}\x11\x01A\x03\0\0\0\0`,
  `${network}\x03\0\0\0\x01`,
  `${network}\x03\0\0\0\x01\x08\x81\0\0\0\x02a`,
  `${network}\x03\x7f\xff\xff\xff`,
  `${network}\x03\xff\xff\xff\xff`,
  `${network}\x03\0\0\0\x01\x04\0\0\0\0\x07\0\0\0\x01a`,
  `${network}\x03\0\0\0\x01\x04\x12\x05\x03\0\0\0\0\0\0\0\x01a`,
  `${network}\x03\0\0\0\x01\x50\0\0\0\x01a`,
  network + '\x03\0\0\0\x01\x04'.repeat(100_000),
]

/** What the contract is run with for Storable and for those that wrap it. */
export function storableSetups(
  name: string,
  wrap: (image: Buffer) => Uint8Array,
): Record<string, Partial<SerializerSetup>> {
  const images = refused.map((image) => wrap(Buffer.from(image, 'latin1')))
  const withOptions = (options: Record<string, unknown>): Partial<SerializerSetup> => ({
    create: (context) => builtIn<Serializer>('serializers', name, context, options),
    without: perlHasNone,
    refused: images,
  })
  return {
    'by default': { without: perlHasNone, refused: images },
    'in the order of the machine': withOptions({ storableOrder: 'native' }),
    'in network order': withOptions({ storableOrder: 'network' }),
    'with native booleans': withOptions({ perlBooleans: 'native' }),
  }
}
