import type { PluginOptions } from '../contracts/services.ts'
import { InvalidOptionError } from '../errors.ts'
import { inspect } from 'node:util'

/** What a reader does not go beyond, whatever is in a record. */
export interface Limits {
  /** How many references may lie inside one another. */
  readonly maxDepth: number
  /** How long an image may be, in bytes. */
  readonly maxImageBytes: number
}

/**
 * 512 levels, the bound that Perl's JSON modules have too: at this depth the recursive readers and writers use half of
 * Node's default stack at most. 32 MiB: far above any session, far below the longest string that V8 can hold.
 */
export const defaultLimits: Limits = { maxDepth: 512, maxImageBytes: 32 * 1024 * 1024 }

/** Deeper than this, the stack of Node's main thread may end before the limit is met. */
const deepest = 1000
/** Node's strings end there. */
const longest = 0x1fff_ffe8

/** The options `maxDepth` and `maxImageBytes`. Throws `InvalidOptionError`. */
export function readLimits(options: PluginOptions): Limits {
  return {
    maxDepth: bound('maxDepth', options['maxDepth'], deepest, defaultLimits.maxDepth),
    maxImageBytes: bound('maxImageBytes', options['maxImageBytes'], longest, defaultLimits.maxImageBytes),
  }
}

function bound(name: string, value: unknown, most: number, fallback: number): number {
  if (value === undefined) return fallback
  if (Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= most)
    return value as number
  throw new InvalidOptionError(`${name} is a whole number from 1 to ${most}; got ${inspect(value)}`)
}
