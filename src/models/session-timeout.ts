import { type Duration, parseDuration } from '../duration.ts'
import { InvalidOptionError } from '../errors.ts'

/** How long a session lives after it was saved: seconds, `'1h'`, or for ever. */
export type SessionTimeout = number | (string & {}) | 'indefinite'

/**
 * In seconds, 0 for ever; `undefined` for what is false in Perl, which says nothing.
 *
 * @throws InvalidTimeError
 * @throws InvalidOptionError for a time that is over before it begins
 */
export function readSessionTimeout(given: unknown): number | undefined {
  if (given === 'indefinite') return 0
  const seconds = parseDuration(given as Duration)
  if (seconds < 0) throw new InvalidOptionError(`The session timeout must be more than 0, not ${seconds}`)
  return seconds === 0 ? undefined : seconds
}
