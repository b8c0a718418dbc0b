import type { PluginOptions } from '../contracts/services.ts'
import { type Limits, readLimits } from '../perl/limits.ts'
import { oneOf } from '../one-of.ts'
import type { PerlText } from '../perl/text.ts'

export interface JsonOptions extends Limits {
  /**
   * What the bytes of a record are. 'auto', the default: text in UTF-8 if they are valid UTF-8, else in Latin-1; text
   * is written as the characters that it is. The others: each byte is a character to Perl, as its JSON modules have
   * it by default, and {@link PerlText} says what these characters are.
   */
  readonly perlText: 'auto' | PerlText
  /** 'syck': written as JSON::Syck writes it, which does not know `\u`. Text is octets then. Default: 'standard'. */
  readonly perlJson: 'standard' | 'syck'
  /** Perl programs read the records: half a character is refused then, of which they would refuse the whole record. */
  readonly shared: boolean
}

/** The options `perlText`, `perlJson`, `maxDepth` and `maxImageBytes`. Throws `InvalidOptionError`. */
export function readJsonOptions(options: PluginOptions): JsonOptions {
  const perlJson = oneOf('perlJson', options['perlJson'], ['standard', 'syck'])
  const perlText = oneOf('perlText', options['perlText'], ['auto', 'characters', 'latin1', 'utf8'])
  return {
    perlJson,
    shared: options['shared'] === true,
    perlText: perlJson === 'syck' && perlText === 'auto' ? 'utf8' : perlText,
    ...readLimits(options),
  }
}
