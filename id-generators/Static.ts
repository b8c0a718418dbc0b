import type { IdGenerator } from '../src/contracts/id-generator.ts'
import { Options, type PluginOptions } from '../src/contracts/services.ts'
import { InvalidOptionError } from '../src/errors.ts'
import { inject, injectable } from '../src/inject.ts'

/** The same id for every session: the option `id`, which Perl must hold for true (not empty, not 0). */
@injectable()
export default class Static implements IdGenerator {
  readonly idLength: number
  readonly hardestId: string

  /** @throws InvalidOptionError */
  constructor(@inject(Options) { id }: PluginOptions) {
    const text = typeof id === 'string' || typeof id === 'number' ? String(id) : ''
    if (text === '' || text === '0') {
      throw new InvalidOptionError(
        "id:Static needs the option 'id', with a value that is not empty and not 0",
      )
    }
    this.idLength = text.length
    this.hardestId = text
  }

  generate(): string {
    return this.hardestId
  }
}
