import { isAscii, isUtf8 } from 'node:buffer'
import type { Image } from '../src/contracts/driver.ts'
import type { Hash, Serializer } from '../src/contracts/serializer.ts'
import { Options, type PluginOptions } from '../src/contracts/services.ts'
import { FreezeError, ThawError } from '../src/errors.ts'
import { isPlainObject } from '../src/hash.ts'
import { asBuffer, textOfImage } from '../src/image-text.ts'
import { inject, injectable } from '../src/inject.ts'
import { type Limits, readLimits } from '../src/perl/limits.ts'
import { oneOf } from '../src/one-of.ts'
import { fromPerl, isWide } from '../src/perl/text.ts'
import type { PerlString } from '../src/perl/values.ts'
import { checkPlainHash } from '../src/plain-values.ts'
import { YamlEntries } from '../src/yaml/entries.ts'
import { readAnyYaml } from '../src/yaml/read-any-yaml.ts'
import { readPerlYaml } from '../src/yaml/read-perl-yaml.ts'
import { readTinyYaml } from '../src/yaml/read-tiny-yaml.ts'
import { type WrittenText, type YamlText, yamlTexts } from '../src/yaml/text.ts'
import { hasPerlValues, writePerlYaml } from '../src/yaml/write-perl-yaml.ts'
import { writePlainYaml } from '../src/yaml/write-yaml.ts'

const FORMAT = { name: 'YAML', nonFinite: true }

/**
 * The YAML of Perl's YAML::Tiny, and of YAML::Syck and YAML.pm, which CGI::Session takes. To Perl every scalar is a
 * string; here numbers and null come as such, and booleans that were written here.
 *
 * Plain data is written as YAML::Tiny writes it, in spellings that the other two read alike. Classes, references to
 * scalars, patterns and objects that are there twice come from records of YAML::Syck and YAML.pm only; they are
 * written with tags and anchors as both read them.
 *
 * Options: `perlText`, see {@link YamlText}; `maxDepth` and `maxImageBytes`, see {@link Limits}.
 */
@injectable()
export default class YAMLSerializer implements Serializer {
  private readonly perlText: YamlText
  private readonly limits: Limits

  constructor(@inject(Options) options: PluginOptions = {}) {
    this.perlText = oneOf('perlText', options['perlText'], yamlTexts)
    this.limits = readLimits(options)
  }

  freeze(hash: Hash): Image {
    const text = this.write(hash, this.perlText)
    const isMixed = this.perlText === 'auto' && isWide(text) && HIGH_ESCAPE.test(text)
    return Buffer.from(isMixed ? this.write(hash, 'octets') : text)
  }

  thaw(image: Image): Hash {
    const { maxImageBytes } = this.limits
    if (image.length > maxImageBytes) throw new ThawError('YAML', `more than ${maxImageBytes} bytes`)
    const value = this.read(asBuffer(image))
    if (!isPlainObject(value)) throw new ThawError('YAML', 'its top level is not a mapping')
    return value
  }

  refreeze(hash: Hash, before: Image, isUnchanged: (key: string) => boolean): Image {
    const bytes = asBuffer(before)
    const hasOctets = this.perlText === 'auto' && !isAscii(bytes) && isUtf8(bytes)
    const text = hasOctets ? 'octets' : this.perlText
    const copied = this.copyUnchanged(hash, bytes, isUnchanged, text)
    return copied ?? (hasOctets ? Buffer.from(this.write(hash, text)) : this.freeze(hash))
  }

  private copyUnchanged(
    hash: Hash,
    before: Buffer,
    isUnchanged: (key: string) => boolean,
    written: WrittenText,
  ): Image | undefined {
    const entries = YamlEntries.of(before, this.perlText)
    if (entries === undefined) return undefined
    const texts = new Map<string, string>()
    const keys = Object.keys(hash).filter((key) => hash[key] !== undefined)
    for (const key of keys) {
      if (isUnchanged(key) && entries.has(key)) continue
      const text = writePlainYaml({ [key]: hash[key] }, written, this.limits.maxDepth)
      if (text === undefined || !entries.takes(text)) return undefined
      texts.set(key, Buffer.from(text.slice(HEADER_LENGTH)).toString('latin1'))
    }
    return entries.copy(keys.sort(), (key) => texts.get(key))
  }

  private write(hash: Hash, perlText: WrittenText): string {
    const { maxDepth } = this.limits
    if (!isPlainObject(hash)) throw new FreezeError('YAML', 'a record that is no hash')
    const plain = writePlainYaml(hash, perlText, maxDepth)
    if (plain !== undefined) return plain
    const anchors = hasPerlValues(hash)
    if (!anchors) checkPlainHash(FORMAT, hash)
    return writePerlYaml(hash, { perlText, maxDepth, anchors })
  }

  private read(bytes: Buffer): unknown {
    const characters = bytes.toString('latin1')
    if (this.perlText === 'auto') {
      const octets = !isAscii(bytes) && isUtf8(bytes) && HIGH_ESCAPE.test(characters)
      return (octets ? this.readOctets(characters) : undefined) ?? this.parse(textOfImage(bytes))
    }
    if (this.perlText !== 'utf8') return this.parse(characters)
    // Octets that are UTF-8 as they stand; only escapes are octets that must be put together string by string.
    if (isUtf8(bytes) && !HIGH_ESCAPE.test(characters)) return this.parse(bytes.toString('utf8'))
    const value = readPerlYaml(checkEnd(characters), {
      maxDepth: this.limits.maxDepth,
      decode: (characters) => fromPerl(characters, 'utf8'),
    })
    if (value === undefined) throw new ThawError('YAML', 'not as Perl writes it, and with escapes for octets')
    return value
  }

  /** YAML::Syck escapes the octets of a text with line breaks, and leaves those of others as they are. */
  private readOctets(characters: string): unknown {
    let isText = true
    const decode = (characters: string): string | PerlString => {
      const text = fromPerl(characters, 'utf8')
      isText &&= typeof text === 'string'
      return text
    }
    const value = readPerlYaml(checkEnd(characters), { maxDepth: this.limits.maxDepth, decode })
    return isText ? value : undefined
  }

  private parse(text: string): unknown {
    const { maxDepth } = this.limits
    checkEnd(text)
    return readTinyYaml(text, maxDepth) ?? readPerlYaml(text, { maxDepth }) ?? readAnyYaml(text, maxDepth)
  }
}

const HEADER_LENGTH = '---\n'.length

/** Every escape that may stand for an octet above 0x7f. */
const HIGH_ESCAPE = /\\(?:x[89A-Fa-f]|N)/

/** Every writer ends the last line, so this is how most records that were cut off show. */
function checkEnd(text: string): string {
  if (text.endsWith('\n') || text.endsWith('}')) return text
  throw new ThawError('YAML', 'the last line is not ended', text.length)
}
