import type { IdGenerator } from '../src/contracts/id-generator.ts'
import { Random, type RandomSource } from '../src/contracts/services.ts'
import { uuid } from '../src/ids/uuid.ts'
import { inject, injectable } from '../src/inject.ts'

/** The bytes of a random UUID (version 4) as they are: 16 characters, each from U+0000 to U+00FF. */
@injectable()
export default class UUID16 implements IdGenerator {
  readonly idLength = 16
  readonly hardestId = '\0/\\\n%_\'";:ÿÿÿÿÿ '

  constructor(@inject(Random) private readonly random: RandomSource) {}

  generate(): string {
    return uuid(this.random).toString('latin1')
  }
}
