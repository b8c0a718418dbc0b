import type { Image } from '../src/contracts/driver.ts'
import { Options, type PluginOptions } from '../src/contracts/services.ts'
import { inject, injectable } from '../src/inject.ts'
import { asBuffer } from '../src/image-text.ts'
import { StorableSerializer } from '../src/perl/storable/serializer.ts'

/** As many characters as MIME::Base64 puts into a line. */
const lineLength = 76

/**
 * `serialize:Base64`: Storable in Base64, as Apache::Session::Serialize::Base64 keeps it in columns that take only text.
 * Options as those of `Storable`, but `storableOrder` is 'network' by default, as there.
 */
@injectable()
export default class Base64 extends StorableSerializer {
  constructor(@inject(Options) options: PluginOptions) {
    super(options, 'network')
  }

  protected wrap(image: Buffer): Image {
    const text = image.toString('base64')
    let lines = ''
    for (let at = 0; at < text.length; at += lineLength) lines += `${text.slice(at, at + lineLength)}\n`
    return Buffer.from(lines, 'latin1')
  }

  protected unwrap(image: Image): Uint8Array {
    return Buffer.from(asBuffer(image).toString('latin1'), 'base64')
  }
}
