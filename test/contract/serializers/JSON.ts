import type { SerializerSetup } from '../../../src/testing/index.ts'
import { words } from '../../../src/testing/words.ts'
import { plainFormat } from '../plain-format.ts'

export const setups: Record<string, Partial<SerializerSetup>> = {
  'by default': {
    without: plainFormat,
    refused: [
      ...words(
        '[] [{}] 1 "text" null true undefined { } {}{} {}x {"a":1,} {a:1} {\'a\':1} {"a":01} {"a":1.}',
      ),
      ...words('{"a":.5} {"a":+1} {"a":0x1} {"a":undefined} {"a"1} {"a":/**/1} {"a":[1,]} {"a":"\\x41"}'),
      ...words('{} {}¦ ¦{"a":"\n"}¦{"a":"\0"}¦{"a":"\\u12"}¦\ufeff\ufeff{}', '¦'),
      '{"a":'.repeat(100_000),
    ],
  },
}
