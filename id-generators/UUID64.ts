import type { IdGenerator } from '../src/contracts/id-generator.ts'
import { Random, type RandomSource } from '../src/contracts/services.ts'
import { uuid } from '../src/ids/uuid.ts'
import { inject, injectable } from '../src/inject.ts'

/** A random UUID (version 4) in base64: 24 characters, with `+` and `/` among them and `==` at the end. */
@injectable()
export default class UUID64 implements IdGenerator {
  readonly idLength = 24
  readonly hardestId = `${'+/'.repeat(11)}==`

  constructor(@inject(Random) private readonly random: RandomSource) {}

  generate(): string {
    return uuid(this.random).toString('base64')
  }
}
