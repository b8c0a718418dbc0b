import { InvalidOptionError } from '../errors.ts'

/**
 * An owner as sessions have it: '' and `undefined` are nobody.
 *
 * @throws InvalidOptionError for anything but a text of whole characters
 */
export function checkOwner(owner: unknown): string | undefined {
  if (owner === undefined || owner === '') return undefined
  if (typeof owner === 'string' && owner.isWellFormed()) return owner
  throw new InvalidOptionError(
    `The owner of a session must be a text, not ${typeof owner === 'string' ? JSON.stringify(owner) : typeof owner}`,
  )
}
