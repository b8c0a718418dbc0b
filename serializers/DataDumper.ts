import type { Image } from '../src/contracts/driver.ts'
import type { Hash, Serializer } from '../src/contracts/serializer.ts'
import { Options, type PluginOptions } from '../src/contracts/services.ts'
import { ThawError } from '../src/errors.ts'
import { isPlainObject } from '../src/hash.ts'
import { inject, injectable } from '../src/inject.ts'
import { parseDumper } from '../src/perl/dumper/reader.ts'
import { writeDumper } from '../src/perl/dumper/writer.ts'
import { type PerlOptions, readPerlOptions } from '../src/perl/options.ts'

/**
 * `serialize:DataDumper`: the `$D = {…};` of Data::Session and of CGI::Session's default serializer, read by a parser
 * that never evaluates. It refuses code, expressions, and strings with variables in them.
 *
 * Hashes, arrays, undef, numbers and strings are plain JavaScript. What Perl has beyond that comes as the small
 * classes of `src/perl/values.ts` (`Blessed`, `ScalarRef`, `Regexp`, …) and goes back as it came. A reference that
 * occurs twice is one object, cycles included.
 *
 * - Numbers are written bare and come back as numbers. Perl itself quotes those of more than ten characters, so once
 *   it has written the session they are strings.
 * - `true` and `false` are written as `!!1` and `!!0`, which every Perl reads as its own true and false and writes, before
 *   newer versions of Data::Dumper, as 1 and ''. An object would be safer from that, but a Perl program that has not loaded its class takes every
 *   object for true.
 * - undefined is left out of a hash; in an array it is undef, like null.
 * - Keys that are symbols and named properties of arrays are left out, as JSON.stringify does: to look for them takes
 *   longer than to write the value.
 * - A Date, a Map, a class instance, NaN, a bigint that fits into a number: refused with `FreezeError`.
 *
 * Options: `perlText` (see {@link PerlText}; default 'characters') and `perlBooleans`. With 'object', the default, a
 * JSON::PP::Boolean is read as a `JsonBoolean`; with 'native' it is read as `true` or `false`, and every `true` and
 * `false` is written as a JSON::PP::Boolean: for stores whose Perl programs all load a JSON module. `maxDepth`
 * (default 512 references inside one another) and `maxImageBytes` (default 32 MiB) bound what is read and written.
 */
@injectable()
export default class DataDumper implements Serializer {
  private readonly options: PerlOptions

  constructor(@inject(Options) options: PluginOptions) {
    this.options = readPerlOptions(options)
  }

  freeze(hash: Hash): Image {
    return writeDumper(hash, this.options)
  }

  thaw(image: Image): Hash {
    const value = parseDumper(image, this.options)
    if (!isPlainObject(value)) throw new ThawError('DataDumper', 'its value is not a hash')
    return value
  }
}
