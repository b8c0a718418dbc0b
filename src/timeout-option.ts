import type { PluginOptions } from './contracts/services.ts'
import { InvalidOptionError } from './errors.ts'

/** In milliseconds: Node's timers take no more. */
export const longestTimeout = 2 ** 31 - 1

/**
 * The option `timeout` of a driver for which nothing can be had at once: in milliseconds. Default 5000.
 *
 * @throws InvalidOptionError
 */
export function readTimeout({ timeout = 5000 }: PluginOptions): number {
  if (typeof timeout === 'number' && timeout > 0) return Math.min(timeout, longestTimeout)
  throw new InvalidOptionError('timeout must be a number of milliseconds, greater than 0')
}
