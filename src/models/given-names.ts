import { InvalidOptionError } from '../errors.ts'
import { camelCase, refuseSlip } from '../option-names.ts'

/** Options by their own names, and the rest. */
export interface Sorted {
  readonly own: Readonly<Record<string, unknown>>
  readonly others: Readonly<Record<string, unknown>>
}

/**
 * Takes from what was given what has one of these names, in JavaScript's spelling or in Perl's.
 *
 * @throws InvalidOptionError for the same in both spellings, and for a slip of the pen
 */
export function takeNames(given: object, names: readonly string[]): Sorted {
  const own: Record<string, unknown> = {}
  const others: Record<string, unknown> = {}
  for (const [spelling, value] of Object.entries(given)) {
    const name = camelCase(spelling)
    if (!names.includes(name)) {
      refuseSlip(spelling, name, names)
      others[spelling] = value
    } else if (name in own && own[name] !== value) {
      throw new InvalidOptionError(`Option '${name}' is given twice, with different values`)
    } else {
      own[name] = value
    }
  }
  return { own, others }
}
