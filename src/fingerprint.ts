import { randomBytes } from 'node:crypto'
import { xxh64 } from '@node-rs/xxhash'
import type { Image } from './contracts/driver.ts'
import type { Serializer } from './contracts/serializer.ts'

// Random for each process, so that nobody can prepare two values that look alike here. Never stored.
const SEED = randomBytes(8).readBigUInt64LE()

/** Two values with the same fingerprint freeze to the same bytes: how a change deep inside a value is noticed. */
export type Fingerprint = bigint

export function fingerprint(serializer: Serializer, value: unknown): Fingerprint {
  return xxh64(serializer.freeze({ value }), SEED)
}

/** The same of a whole image. */
export function imageFingerprint(image: Image): Fingerprint {
  return xxh64(image, SEED)
}
