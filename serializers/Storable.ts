import type { Image } from '../src/contracts/driver.ts'
import { Options, type PluginOptions } from '../src/contracts/services.ts'
import { inject, injectable } from '../src/inject.ts'
import { StorableSerializer } from '../src/perl/storable/serializer.ts'

/**
 * `serialize:Storable`: the binary images of Perl's Storable, as Data::Session, CGI::Session and Apache::Session keep
 * them. It reads those of `freeze` and `nfreeze`, and the files of `store` and `nstore`, from machines of both byte
 * orders and word sizes. It writes what every Storable from 2.15 (of 2005) on reads.
 *
 * Hashes, arrays (holes included), undef, numbers and strings are plain JavaScript. What Perl has beyond that comes as
 * the small classes of `src/perl/values.ts` and the marks of `src/perl/marks.ts` (locked hashes, weak references), and
 * goes back as it came. What occurs twice is one object, cycles included. An object that its class froze itself
 * (`STORABLE_freeze`) is a `StorableHook`. Code, where Storable was told to keep it, is text.
 *
 * - `true` and `false` are 1 and '' to Perl: what Storable before 3.27 makes of Perl's own. They come back as booleans
 *   until Perl has written the session. The booleans of newer Storables are read.
 * - A bigint is written if it is beyond 2^53 and fits into 64 bits.
 * - undefined is left out of a hash; in an array it is undef.
 * - A Date, a Map, a class instance: refused with `FreezeError`.
 *
 * Options: `perlText`, `perlBooleans`, `maxDepth`, `maxImageBytes` as DataDumper has them, and `storableOrder`. With
 * 'native', the default, a new record is as `freeze` writes it on a little-endian machine of 64 bits (nearly all of
 * today's); with 'network' as `nfreeze` does: every machine reads that, but a double and an integer of more than 32
 * bits is text to Perl. A record that is there already keeps its order.
 */
@injectable()
export default class Storable extends StorableSerializer {
  constructor(@inject(Options) options: PluginOptions) {
    super(options, 'native')
  }

  protected wrap(image: Buffer): Image {
    return image
  }

  protected unwrap(image: Image): Uint8Array {
    return image
  }
}
