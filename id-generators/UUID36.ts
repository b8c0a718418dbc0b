import type { IdGenerator } from '../src/contracts/id-generator.ts'
import { Random, type RandomSource } from '../src/contracts/services.ts'
import { uuid } from '../src/ids/uuid.ts'
import { inject, injectable } from '../src/inject.ts'

/** A random UUID (version 4) in its usual form, in upper case: 8-4-4-4-12 hexadecimal digits. */
@injectable()
export default class UUID36 implements IdGenerator {
  readonly idLength = 36
  readonly hardestId = 'FFFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF'

  constructor(@inject(Random) private readonly random: RandomSource) {}

  generate(): string {
    const digits = uuid(this.random).toString('hex').toUpperCase()
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  }
}
