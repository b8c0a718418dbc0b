import type { PluginOptions } from '../contracts/services.ts'
import { InvalidOptionError } from '../errors.ts'

/** An option that is text, if it was given. */
export function textOption(options: PluginOptions, name: string): string | undefined {
  const { [name]: value } = options
  if (value === undefined || typeof value === 'string') return value
  throw new InvalidOptionError(`${name} must be text`)
}

/** A port of TCP: a number, or its digits. */
export function readPort(given: unknown): number {
  const port = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : given
  if (Number.isInteger(port) && (port as number) > 0 && (port as number) < 65_536) return port as number
  throw new InvalidOptionError('port must be a whole number from 1 to 65535')
}

/** Node's timers take no more. */
const longest = 2 ** 31 - 1

/** The option `timeout`, in milliseconds. */
export function readTimeout({ timeout = 5000 }: PluginOptions): number {
  if (typeof timeout === 'number' && timeout > 0) return Math.min(timeout, longest)
  throw new InvalidOptionError('timeout must be a number of milliseconds, greater than 0')
}
