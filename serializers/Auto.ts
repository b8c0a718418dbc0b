import { isDeepStrictEqual } from 'node:util'
import type { Image } from '../src/contracts/driver.ts'
import type { Hash, Serializer } from '../src/contracts/serializer.ts'
import { Options, type PluginOptions } from '../src/contracts/services.ts'
import { FreezeError, InvalidOptionError, ThawError } from '../src/errors.ts'
import { isPlainObject } from '../src/hash.ts'
import { inject, injectable } from '../src/inject.ts'
import { oneOf } from '../src/one-of.ts'
import { type FormatName, recognizeFormat } from '../src/recognize-format.ts'
import Base64 from './Base64.ts'
import DataDumper from './DataDumper.ts'
import Devalue from './Devalue.ts'
import FreezeThaw from './FreezeThaw.ts'
import JsonSerializer from './JSON.ts'
import Storable from './Storable.ts'
import Sybase from './Sybase.ts'
import UUEncode from './UUEncode.ts'
import Yaml from './YAML.ts'

const formats: Readonly<Record<FormatName, new (options: PluginOptions) => Serializer>> = {
  Base64,
  DataDumper,
  Devalue,
  FreezeThaw,
  JSON: JsonSerializer,
  Storable,
  Sybase,
  UUEncode,
  YAML: Yaml,
}

/**
 * `serialize:Auto`: a store whose records are not all of one format, because the application changed its serializer
 * once. Each record is read by the serializer that its first bytes tell, and written in its own format again.
 *
 * Options: those of the serializers; `autoFormat`, the name of the serializer for new records (default 'DataDumper',
 * as of a type string without `serialize`); and `autoConvert` (default false), to write every record in that.
 */
@injectable()
export default class Auto implements Serializer {
  readonly #options: PluginOptions
  readonly #newFormat: FormatName
  readonly #converts: boolean
  readonly #serializers = new Map<FormatName, Serializer>()

  constructor(@inject(Options) options: PluginOptions) {
    this.#options = options
    const others = (Object.keys(formats) as FormatName[]).filter((name) => name !== 'DataDumper')
    this.#newFormat = oneOf('autoFormat', options['autoFormat'], ['DataDumper', ...others])
    const { autoConvert = false } = options
    if (typeof autoConvert !== 'boolean') throw new InvalidOptionError('autoConvert is true or false')
    this.#converts = autoConvert
    // Now, so that a wrong option is reported when the store is opened.
    this.#serializer(this.#newFormat)
  }

  freeze(hash: Hash): Image {
    // Of a list, the record could be taken for one of another format.
    if (!isPlainObject(hash)) throw new FreezeError(this.#newFormat, 'a record that is no hash')
    const serializer = this.#serializer(this.#newFormat)
    checkValues(serializer, hash)
    return serializer.freeze(hash)
  }

  refreeze(hash: Hash, before: Image, isUnchanged: (key: string) => boolean): Image {
    const format = this.#formatOf(before)
    if (this.#converts && format !== this.#newFormat) return this.freeze(hash)
    const serializer = this.#serializer(format)
    checkValues(serializer, hash, before, isUnchanged)
    return serializer.refreeze?.(hash, before, isUnchanged) ?? serializer.freeze(hash)
  }

  thaw(image: Image): Hash {
    return this.#serializer(this.#formatOf(image)).thaw(image)
  }

  /** Always tells: a value of one format may be none that the format of new records has. */
  holds(image: Image, key: string, value: unknown): boolean {
    const serializer = this.#serializer(this.#formatOf(image))
    const answer = serializer.holds?.(image, key, value)
    if (answer !== undefined) return answer
    const hash = serializer.thaw(image)
    if (!Object.hasOwn(hash, key)) return false
    return Buffer.compare(serializer.freeze({ value }), serializer.freeze({ value: hash[key] })) === 0
  }

  #formatOf(image: Image): FormatName {
    const format = recognizeFormat(image)
    if (format === undefined) throw new ThawError('known', 'its first bytes are like those of no format', 0)
    return format
  }

  #serializer(format: FormatName): Serializer {
    const known = this.#serializers.get(format)
    if (known !== undefined) return known
    const serializer = new formats[format](optionsFor(format, this.#options))
    this.#serializers.set(format, serializer)
    return serializer
  }
}

/** Only JSON and YAML know `perlText: 'auto'`; to the others it is what they do by default. */
function optionsFor(format: FormatName, options: PluginOptions): PluginOptions {
  if (options['perlText'] !== 'auto' || format === 'JSON' || format === 'YAML') return options
  return { ...options, perlText: undefined }
}

/**
 * What `checkValue` is for, which cannot be done when a value is set: nobody knows for which format then. What was in
 * the record before may be there again, such as the bare `nan` of Perl's JSON modules.
 */
function checkValues(
  serializer: Serializer,
  hash: Hash,
  before?: Image,
  isUnchanged?: (key: string) => boolean,
): void {
  if (serializer.checkValue === undefined) return
  for (const key of Object.keys(hash)) {
    if (isUnchanged?.(key) === true) continue
    try {
      serializer.checkValue(hash[key])
    } catch (error) {
      if (!before || !isDeepStrictEqual(hash[key], serializer.thaw(before)[key])) throw error
    }
  }
}
