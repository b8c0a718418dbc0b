import type { Image } from '../src/contracts/driver.ts'
import { Options, type PluginOptions } from '../src/contracts/services.ts'
import { ThawError } from '../src/errors.ts'
import { inject, injectable } from '../src/inject.ts'
import { asBuffer } from '../src/image-text.ts'
import { StorableSerializer } from '../src/perl/storable/serializer.ts'

/**
 * `serialize:Sybase`: Storable in hexadecimal digits, as Apache::Session::Serialize::Sybase keeps it. The `0x` that a
 * Sybase column answers in front is read too. Options as those of `Storable`, but `storableOrder` is 'network' by
 * default, as there.
 */
@injectable()
export default class Sybase extends StorableSerializer {
  constructor(@inject(Options) options: PluginOptions) {
    super(options, 'network')
  }

  protected wrap(image: Buffer): Image {
    return Buffer.from(image.toString('hex'), 'latin1')
  }

  protected unwrap(image: Image): Uint8Array {
    const text = asBuffer(image).toString('latin1').trimEnd()
    const digits = text.startsWith('0x') ? text.slice(2) : text
    const bytes = Buffer.from(digits, 'hex')
    if (bytes.length * 2 !== digits.length) {
      const offset = text.length - digits.length + bytes.length * 2
      throw new ThawError('Sybase', 'something else than pairs of hexadecimal digits', offset)
    }
    return bytes
  }
}
