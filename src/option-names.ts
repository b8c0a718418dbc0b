import { InvalidOptionError } from './errors.ts'
import { nearest } from './nearest.ts'

/** `data_source` or `-data_source`, as Perl programs have it, as `dataSource`. */
export function camelCase(spelling: string): string {
  return spelling.replace(/^-/, '').replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/**
 * Refuses a name that nobody knows if it looks like a slip of the pen for one of these.
 *
 * @throws InvalidOptionError
 */
export function refuseSlip(spelling: string, name: string, known: Iterable<string>): void {
  // Short names resemble each other by chance: a plug-in's own `hosts` is no slip for `host`.
  const meant = nearest(name, known, name.length <= 5 ? 0 : name.length < 9 ? 1 : 2)
  if (meant !== undefined) {
    throw new InvalidOptionError(`Unknown option '${spelling}'; did you mean '${meant}'?`)
  }
}
