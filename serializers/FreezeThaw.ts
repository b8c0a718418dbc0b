import type { Image } from '../src/contracts/driver.ts'
import type { Hash, Serializer } from '../src/contracts/serializer.ts'
import { Options, type PluginOptions } from '../src/contracts/services.ts'
import { ThawError } from '../src/errors.ts'
import { isPlainObject } from '../src/hash.ts'
import { inject, injectable } from '../src/inject.ts'
import { isBeyondPerl, parseFreezeThaw } from '../src/perl/freezethaw/reader.ts'
import { writeFreezeThaw } from '../src/perl/freezethaw/writer.ts'
import { type PerlOptions, readPerlOptions } from '../src/perl/options.ts'

/**
 * `serialize:FreezeThaw`: the `FrT;@1|…` of Perl's FreezeThaw, as Data::Session and CGI::Session use it.
 *
 * Hashes, arrays, undef and strings are plain JavaScript. Objects of a class, references to scalars and patterns come
 * as the small classes of `src/perl/values.ts`, and go back as they came. A reference that occurs twice is one object,
 * cycles included. Keys are written in order, as Perl does it, so they come back in that order.
 *
 * - Every scalar is a string in this format. Numbers, bigints and booleans are written as the strings that Perl would
 *   make of them (true as 1, false as the empty string), and their lengths begin with zeros: one for a number, two for
 *   a boolean. Perl reads such a length like any other and never writes one, so they come back as what they were
 *   until a Perl program has written the session: then they are strings.
 * - Text with characters above U+00FF cannot be kept: Perl writes it, and then cannot read the whole session. Such a
 *   record that Perl has written is read here.
 * - undefined is left out of a hash; in an array it is undef, like null. Keys that are symbols and named properties of
 *   arrays are left out, as JSON.stringify does.
 * - Weak references come back as others, locked hashes unlocked, elements that are one scalar as two: so it is in Perl.
 * - A pattern that is stored twice is written twice, because of what is shared Perl would read an empty one.
 * - A reference to an element is refused, since Perl would read a reference to a copy. So are a Date, a Map, a class
 *   instance, functions, and a bigint that fits into a number.
 * - Code references and file handles, which Perl can write but not read, are the addresses that they had there.
 *
 * Options: `perlText`, `perlBooleans`, `maxDepth` and `maxImageBytes`, see {@link PerlOptions}.
 */
@injectable()
export default class FreezeThaw implements Serializer {
  private readonly options: PerlOptions

  constructor(@inject(Options) options: PluginOptions) {
    this.options = readPerlOptions(options)
  }

  freeze(hash: Hash): Image {
    return writeFreezeThaw(hash, this.options)
  }

  /** What Perl could not read before, and is read here, goes back in that form. */
  refreeze(hash: Hash, before: Image): Image {
    return writeFreezeThaw(hash, this.options, isBeyondPerl(before, this.options))
  }

  thaw(image: Image): Hash {
    const value = parseFreezeThaw(image, this.options)
    if (!isPlainObject(value)) throw new ThawError('FreezeThaw', 'its value is not a hash')
    return value
  }
}
