import type { Serializer } from '../../../src/contracts/serializer.ts'
import type { SerializerSetup, Switches } from '../../../src/testing/index.ts'
import { words } from '../../../src/testing/words.ts'
import { noHoles } from '../perl-format.ts'
import { builtIn } from '../plugins.ts'

const wide = 'text beyond U+00FF is refused'
const noWideText: Switches = {
  ...noHoles,
  'kept: text of all scripts': wide,
  'kept: separators, marks and characters that are none': wide,
  'kept: long text': wide,
  'kept: odd keys': wide,
  'damage: an image that is cut off is refused, or a hash': wide,
  'damage: an image without its second half is refused': wide,
  'damage: an image with changed bytes is refused, or a hash': wide,
}

const refused = [
  ...words('¦F¦FrT;¦FrT;@1|¦FrT;@1|_¦FrT;@1|@0|¦FrT;@1|$1|a¦FrT;@1|\\%0|¦FrT;@0|¦FrT;@2|%0|%0|¦@1|%0|', '¦'),
  ...words('FrT;@1|%0 FrT;@1|%| FrT;@1|%1|$1|a FrT;@1|%2|$1|a FrT;@1|%2|_$1|a FrT;@1|%-2|'),
  ...words(
    'FrT;@1|%2|$1|a$2|b FrT;@1|%2|$1|a<0| FrT;@1|%2|$1|a&$4|CODE1 FrT;@1|%2|$1|a}>0|$1|K%0| FrT;@1|<0|',
  ),
  ...words(
    'FrT;@1|>>0|$1|K%0| FrT;@1|%2|$1|a>)0|%0| FrT;@1|%2|$1|a>>0|$0|%0| FrT;?$1|x@1|%0| FrT;!0|%0|@1|%0|',
  ),
  ...words('FrT;@1|%2|$1|a/9|(?{exit}) FrT;@1|%2|$1|a/8|(?^g:ab) FrT;@1|%99999999999999999999|'),
  `FrT;@1|${'%2|$1|a'.repeat(100_000)}`,
]

export const setups: Record<string, Partial<SerializerSetup>> = {
  'by default': { without: noWideText, refused },
  'for text as octets': {
    create: (context) => builtIn<Serializer>('serializers', 'FreezeThaw', context, { perlText: 'utf8' }),
    without: noHoles,
    refused,
  },
}
