import type { Image } from '../src/contracts/driver.ts'
import { Options, type PluginOptions } from '../src/contracts/services.ts'
import { inject, injectable } from '../src/inject.ts'
import { StorableSerializer } from '../src/perl/storable/serializer.ts'
import { uudecode, uuencode } from '../src/perl/storable/uuencode.ts'

/**
 * `serialize:UUEncode`: Storable in uuencoded lines, as Apache::Session::Serialize::UUEncode keeps it. Options as those
 * of `Storable`, but `storableOrder` is 'network' by default, as there.
 */
@injectable()
export default class UUEncode extends StorableSerializer {
  constructor(@inject(Options) options: PluginOptions) {
    super(options, 'network')
  }

  protected wrap(image: Buffer): Image {
    return uuencode(image)
  }

  protected unwrap(image: Image): Uint8Array {
    return uudecode(image)
  }
}
