import type { Serializer } from '../../../src/contracts/serializer.ts'
import type { SerializerSetup } from '../../../src/testing/index.ts'
import { words } from '../../../src/testing/words.ts'
import { plainFormat } from '../plain-format.ts'
import { builtIn } from '../plugins.ts'

const setup: Partial<SerializerSetup> = {
  without: plainFormat,
  refused: [
    ...words('---\n|--- ~\n|--- text\n|--- []\n|---\n- a\n|--- 1\n|text\n|\n|# a\n|---\n---\na: 1\n', '|'),
    ...words('---\na: [\n|---\na: {b\n|---\na: "b\n|---\na: \'b\n|---\na: *b\n|---\na: 1\n--- []\n', '|'),
    ...words('--- !!perl/hash:A\na: 1\n|---\na: !!perl/code 5\na: 6\n|---\na: !!perl/array:A\n  b: 1\n', '|'),
    `---\na: ${'['.repeat(100_000)}\n`,
    `---\na:\n${'- '.repeat(100_000)}b\n`,
  ],
}

export const setups: Record<string, Partial<SerializerSetup>> = {
  'by default': setup,
  'for text as octets': {
    ...setup,
    create: (context) => builtIn<Serializer>('serializers', 'YAML', context, { perlText: 'utf8' }),
  },
}
