import { inspect } from 'node:util'
import { InvalidOptionError } from './errors.ts'

/**
 * The value of an option that takes one of these words; the first is the default. Throws `InvalidOptionError`.
 */
export function oneOf<const Word extends string>(
  name: string,
  value: unknown,
  words: readonly [Word, ...Word[]],
): Word {
  if (value === undefined) return words[0]
  const word = words.find((word) => word === value)
  if (word === undefined)
    throw new InvalidOptionError(`${name} is one of ${words.join(', ')}; got ${inspect(value)}`)
  return word
}
