import type { RandomSource } from '../contracts/services.ts'
import { IdGeneratorError } from '../errors.ts'

/** @throws IdGeneratorError when the source gives another number of bytes than asked for: ids would be too short */
export function randomBytes(random: RandomSource, size: number): Buffer {
  const bytes = random(size)
  if (bytes.length !== size) {
    throw new IdGeneratorError(`The random source gave ${bytes.length} bytes where ${size} were asked for`)
  }
  return Buffer.from(bytes)
}
