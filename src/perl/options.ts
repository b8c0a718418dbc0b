import type { PluginOptions } from '../contracts/services.ts'
import { oneOf } from '../one-of.ts'
import { defaultLimits, type Limits, readLimits } from './limits.ts'
import type { PerlText } from './text.ts'

/** What the serializers of Perl's own formats have in common. */
export interface PerlOptions extends Limits {
  /** What the strings of the store are. Default: 'characters'. */
  readonly perlText: PerlText
  /**
   * 'object', the default: a JSON::PP::Boolean is read as a `JsonBoolean`. 'native': it is read as `true` or `false`,
   * and every `true` and `false` is written as one: for stores whose Perl programs all load a JSON module.
   */
  readonly perlBooleans: 'object' | 'native'
}

export const perlDefaults: PerlOptions = {
  perlText: 'characters',
  perlBooleans: 'object',
  ...defaultLimits,
}

/** The options `perlText`, `perlBooleans`, `maxDepth` and `maxImageBytes`. Throws `InvalidOptionError`. */
export function readPerlOptions(options: PluginOptions): PerlOptions {
  return {
    perlText: oneOf('perlText', options['perlText'], ['characters', 'latin1', 'utf8']),
    perlBooleans: oneOf('perlBooleans', options['perlBooleans'], ['object', 'native']),
    ...readLimits(options),
  }
}
