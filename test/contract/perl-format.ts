import type { Switches } from '../../src/testing/index.ts'

/** What Perl has nothing for. */
export const perlHasNone: Switches = {
  'kept or refused: undefined': 'undef in a list, which comes back as null, and left out of a hash',
  'kept or refused: lists of a class': 'come back as lists',
  'kept or refused: lists with more than elements': 'come back with their elements only',
  'kept or refused: keys that are symbols': 'left out',
}

/** And what its text formats have nothing for. */
export const noHoles: Switches = {
  ...perlHasNone,
  'kept or refused: lists with holes': 'a hole is undef, which comes back as null',
}
