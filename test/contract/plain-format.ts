import type { Switches } from '../../src/testing/index.ts'

/** What the formats of plain data let pass although it comes back otherwise: see `checkPlainValue`. */
export const plainFormat: Switches = {
  'kept or refused: undefined': 'a property that is undefined is left out, and then reads as undefined',
  'kept or refused: minus zero': 'comes back as 0',
  'kept or refused: lists of a class': 'come back as lists',
  'kept or refused: keys that are symbols': 'left out, as JSON.stringify does',
  'kept or refused: lists with more than elements':
    'come back with their elements only, as from JSON.stringify',
  'kept or refused: values with toJSON': 'what their toJSON answers is kept, as its author asked for',
}
