import type { SerializerSetup } from '../../../src/testing/index.ts'
import { words } from '../../../src/testing/words.ts'

export const setups: Record<string, Partial<SerializerSetup>> = {
  'by default': {
    without: {
      'kept: keys that would reach the prototype': 'devalue refuses a hash with the key __proto__',
    },
    refused: [
      ...words('[] {} [[]] [1] 1 -1 -3 "a" null [{"a":1}] [{"a":9}] [{"a":"1"}] [{"__proto__":1},2]'),
      ...words(
        '[["Nonsense",1],2] [{"a":1},["BigInt","x"]] [{"a":1},["Map",1]] [{"a":1},["RegExp","("]] [{"a":1}',
      ),
    ],
  },
}
