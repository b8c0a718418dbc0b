import type { PerlText } from './text.ts'

/** How strings and JSON booleans are read and written. */
export interface DumperOptions {
  /** Default: 'characters'. */
  readonly perlText: PerlText
  /** See the DataDumper serializer. Default: 'object'. */
  readonly perlBooleans: 'object' | 'native'
}

export const dumperDefaults: DumperOptions = { perlText: 'characters', perlBooleans: 'object' }
