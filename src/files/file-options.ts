import type { Logger, PluginOptions } from '../contracts/services.ts'
import { InvalidOptionError } from '../errors.ts'
import { FileLocks, type LockFiles } from './file-locks.ts'
import { findFlock, type FlockFinder } from './find-flock.ts'

const DEFAULT_MODE = 0o660
const DEFAULT_TIMEOUT = 5000

/**
 * Option `umask`: in spite of its name the mode of new files, which the umask of the process reduces. A number or
 * octal digits; default, and meaning of 0, is 0o660.
 */
export function modeOption({ umask = 0 }: PluginOptions): number {
  const mode =
    typeof umask === 'string' && /^(0o)?[0-7]+$/i.test(umask)
      ? Number.parseInt(umask.replace(/^0o/i, ''), 8)
      : umask
  if (typeof mode !== 'number' || !Number.isInteger(mode) || mode < 0 || mode > 0o777) {
    throw new InvalidOptionError(
      `Option 'umask' must be a file mode such as 0o660 or '0660', not ${JSON.stringify(umask)}`,
    )
  }
  return mode === 0 ? DEFAULT_MODE : mode
}

/** Options `timeout` (in milliseconds, default 5000), `noFlock` and `noFollow` (default true) say how files are locked. */
export function locksOption(
  options: PluginOptions,
  logger: Logger,
  finder: FlockFinder | undefined,
  lockFiles?: LockFiles,
): FileLocks {
  const { timeout = DEFAULT_TIMEOUT, noFlock = false } = options
  if (typeof timeout !== 'number' || !(timeout >= 0)) {
    throw new InvalidOptionError(
      `Option 'timeout' must be a number of milliseconds, not ${JSON.stringify(timeout)}`,
    )
  }
  return new FileLocks({
    timeout,
    noFlock: Boolean(noFlock),
    follow: followOption(options),
    findFlock: finder ?? findFlock,
    logger,
    lockFiles,
  })
}

/** Option `noFollow`, turned round: whether symbolic links are followed. Default no. */
export function followOption({ noFollow = true }: PluginOptions): boolean {
  return !noFollow
}

/** An option that holds text; empty text counts as left out. */
export function textOption(options: PluginOptions, name: string, fallback: string): string {
  const value = options[name] ?? ''
  if (typeof value !== 'string') {
    throw new InvalidOptionError(`Option '${name}' must be a string, not ${JSON.stringify(value)}`)
  }
  return value === '' ? fallback : value
}
