import type { RandomSource } from '../contracts/services.ts'
import { randomBytes } from './random-bytes.ts'

/**
 * An id of so many hexadecimal digits, all of them random. The digest functions that the generators are named after
 * would add nothing to bytes from a secure source; the originals hash guessable ones.
 */
export function hexId(random: RandomSource, digits: number): string {
  return randomBytes(random, digits / 2).toString('hex')
}
