import type { Image } from '../src/contracts/driver.ts'
import type { Hash, Serializer } from '../src/contracts/serializer.ts'
import { FreezeError, ThawError } from '../src/errors.ts'
import { isPlainObject } from '../src/hash.ts'
import { textOfImage } from '../src/image-text.ts'
import { injectable } from '../src/inject.ts'
import { checkPlainHash } from '../src/plain-values.ts'
import { readAnyYaml } from '../src/yaml/read-any-yaml.ts'
import { readTinyYaml } from '../src/yaml/read-tiny-yaml.ts'
import { writeYaml } from '../src/yaml/write-yaml.ts'

const FORMAT = { name: 'YAML', nonFinite: true }

/**
 * The YAML of Perl's YAML::Tiny. Perl reads every scalar as a string; here numbers, booleans, null and strings are
 * told apart, which works for what Perl wrote too. Characters above U+00FF are written as UTF-8, of which Perl sees the
 * bytes: YAML::Tiny knows no other way.
 */
@injectable()
export default class YAMLSerializer implements Serializer {
  freeze(hash: Hash): Image {
    if (!isPlainObject(hash)) throw new FreezeError('YAML', 'a record that is no hash')
    checkPlainHash(FORMAT, hash)
    return Buffer.from(writeYaml(hash))
  }

  thaw(image: Image): Hash {
    const value = read(textOfImage(image))
    if (!isPlainObject(value)) throw new ThawError('YAML', 'its top level is not a mapping')
    return value
  }
}

function read(text: string): unknown {
  // Every writer ends the last line, so this is how most records that were cut off show.
  if (!text.endsWith('\n') && !text.endsWith('}')) {
    throw new ThawError('YAML', 'the last line is not ended', text.length)
  }
  try {
    return readTinyYaml(text) ?? readAnyYaml(text)
  } catch (cause) {
    if (cause instanceof RangeError) throw new ThawError('YAML', 'nested too deeply', undefined, { cause })
    throw cause
  }
}
