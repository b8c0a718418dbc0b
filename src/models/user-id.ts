import { checkOwner } from '../owners/check-owner.ts'

/**
 * A user's id as the owner of sessions; `undefined` for what is false in Perl.
 *
 * @throws InvalidOptionError for what is neither a text nor a number
 */
export function readUser(given: unknown): string | undefined {
  if (given === null || given === false || given === 0 || given === '0') return undefined
  return checkOwner(typeof given === 'number' || typeof given === 'bigint' ? String(given) : given)
}
