import type { IdGenerator } from '../src/contracts/id-generator.ts'
import { Random, type RandomSource } from '../src/contracts/services.ts'
import { hexId } from '../src/ids/hex-id.ts'
import { inject, injectable } from '../src/inject.ts'

/** 64 lower-case hexadecimal digits: as long as the digest it is named after, and all random. */
@injectable()
export default class SHA256 implements IdGenerator {
  readonly idLength = 64
  readonly hardestId = 'f'.repeat(64)

  constructor(@inject(Random) private readonly random: RandomSource) {}

  generate(): string {
    return hexId(this.random, this.idLength)
  }
}
