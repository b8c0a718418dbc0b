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
  throw new InvalidOptionError(`port must be a whole number from 1 to 65535, not ${JSON.stringify(given)}`)
}

/** The same; nothing and no text mean that none was given. */
export function readPortIfGiven(given: unknown): number | undefined {
  return given === undefined || given === '' ? undefined : readPort(given)
}
