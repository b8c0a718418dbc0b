import type { SerializerSetup } from '../../../src/testing/index.ts'
import { words } from '../../../src/testing/words.ts'
import { plainFormat } from '../plain-format.ts'

export const setups: Record<string, Partial<SerializerSetup>> = {
  'by default': {
    without: plainFormat,
    refused: [
      ...words('---\n|--- ~\n|--- text\n|--- []\n|---\n- a\n|--- 1\n|text\n|\n|# a\n|---\n---\na: 1\n', '|'),
      ...words('---\na: [\n|---\na: {b\n|---\na: "b\n|---\na: \'b\n|---\na: *b\n|---\na: 1\n--- []\n', '|'),
    ],
  },
}
