import { createHmac } from 'node:crypto'
import type { RandomSource } from '../../contracts/services.ts'
import { randomBytes } from '../../ids/random-bytes.ts'

/** What SHA-512 makes: as many bytes go in, so that no digit of the longest id is less random than another. */
const DIGEST_BYTES = 64

/** The longest id that there can be, in hexadecimal digits. */
export const LONGEST_ID = DIGEST_BYTES * 2

/** How ids are made. */
export interface IdRules {
  /** Hexadecimal digits. */
  readonly idLength: number
  /** Known to nobody else, it makes the ids of a broken random source harder to guess. A sound one has no need of it. */
  readonly secret: string
  readonly random: RandomSource
}

/** So many hexadecimal digits, all of them random. */
export function newId({ idLength, secret, random }: IdRules): string {
  const digest = createHmac('sha512', secret).update(randomBytes(random, DIGEST_BYTES)).digest('hex')
  return digest.slice(0, idLength)
}
