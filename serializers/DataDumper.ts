import { inspect } from 'node:util'
import type { Image } from '../src/contracts/driver.ts'
import type { Hash, Serializer } from '../src/contracts/serializer.ts'
import { Options, type PluginOptions } from '../src/contracts/services.ts'
import { InvalidOptionError, ThawError } from '../src/errors.ts'
import { isPlainObject } from '../src/hash.ts'
import { inject, injectable } from '../src/inject.ts'
import type { DumperOptions } from '../src/perl/dumper-options.ts'
import { parseDumper } from '../src/perl/dumper-reader.ts'
import { checkDumper, writeDumper } from '../src/perl/dumper-writer.ts'

const perlTexts = ['characters', 'latin1', 'utf8'] as const
const perlBooleans = ['object', 'native'] as const

@injectable()
export default class DataDumper implements Serializer {
  private readonly options: DumperOptions

  constructor(@inject(Options) options: PluginOptions) {
    this.options = {
      perlText: oneOf('perlText', options['perlText'], perlTexts),
      perlBooleans: oneOf('perlBooleans', options['perlBooleans'], perlBooleans),
    }
  }

  freeze(hash: Hash): Image {
    return writeDumper(hash, this.options)
  }

  thaw(image: Image): Hash {
    const value = parseDumper(image, this.options)
    if (!isPlainObject(value)) throw new ThawError('DataDumper', 'its value is not a hash')
    return value
  }

  checkValue(value: unknown): void {
    checkDumper(value, this.options)
  }
}

/** The value of an option that takes one of these words; the first is the default. */
function oneOf<const Word extends string>(
  name: string,
  value: unknown,
  words: readonly [Word, ...Word[]],
): Word {
  if (value === undefined) return words[0]
  const word = words.find((word) => word === value)
  if (word === undefined)
    throw new InvalidOptionError(`${name} is one of ${words.join(', ')}; got ${inspect(value)}`)
  return word
}
