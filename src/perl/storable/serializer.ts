import type { Image } from '../../contracts/driver.ts'
import type { Hash, Serializer } from '../../contracts/serializer.ts'
import type { PluginOptions } from '../../contracts/services.ts'
import { ThawError } from '../../errors.ts'
import { isPlainObject } from '../../hash.ts'
import { oneOf } from '../../one-of.ts'
import { type PerlOptions, readPerlOptions } from '../options.ts'
import { type Flavour, native, network, readHeader, writable } from './header.ts'
import { thawStorable } from './reader.ts'
import { freezeStorable } from './writer.ts'

/** Storable images of hashes, as they are or wrapped into text. */
export abstract class StorableSerializer implements Serializer {
  private readonly options: PerlOptions
  private readonly flavour: Flavour

  /** `order`: what the option `storableOrder` is by default. */
  constructor(options: PluginOptions, order: 'native' | 'network') {
    this.options = readPerlOptions(options)
    const words = order === 'native' ? (['native', 'network'] as const) : (['network', 'native'] as const)
    this.flavour = oneOf('storableOrder', options['storableOrder'], words) === 'native' ? native : network
  }

  protected abstract wrap(image: Buffer): Image
  protected abstract unwrap(image: Image): Uint8Array

  freeze(hash: Hash): Image {
    return this.wrap(freezeStorable(hash, this.options, this.flavour))
  }

  /** In the byte order of the image before, and as a file's image if that was one. */
  refreeze(hash: Hash, before: Image): Image {
    return this.wrap(freezeStorable(hash, this.options, writable(readHeader(this.unwrap(before)))))
  }

  thaw(image: Image): Hash {
    const value = thawStorable(this.unwrap(image), this.options)
    if (!isPlainObject(value)) throw new ThawError('Storable', 'its value is not a hash')
    return value
  }
}
