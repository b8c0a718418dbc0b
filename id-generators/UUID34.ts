import type { IdGenerator } from '../src/contracts/id-generator.ts'
import { Random, type RandomSource } from '../src/contracts/services.ts'
import { uuid } from '../src/ids/uuid.ts'
import { inject, injectable } from '../src/inject.ts'

/** A random UUID (version 4) as `0x` and 32 upper-case hexadecimal digits. */
@injectable()
export default class UUID34 implements IdGenerator {
  readonly idLength = 34
  readonly hardestId = `0x${'F'.repeat(32)}`

  constructor(@inject(Random) private readonly random: RandomSource) {}

  generate(): string {
    return `0x${uuid(this.random).toString('hex').toUpperCase()}`
  }
}
