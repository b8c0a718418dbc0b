import type { RandomSource } from '../contracts/services.ts'
import { randomBytes } from './random-bytes.ts'

/**
 * The 16 bytes of a UUID of version 4: random but for the six bits that say so. The original makes version 1, a clock
 * and a node number, of which one id gives away the next.
 */
export function uuid(random: RandomSource): Buffer {
  const bytes = randomBytes(random, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes
}
