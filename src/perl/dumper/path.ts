import { quote } from './literals.ts'
import { keyToPerl, type PerlText } from '../text.ts'

/** Where a reference is written. Without a `parent`: at the top. Without a `key`: in the scalar that the parent is. */
export interface Place {
  readonly parent: Place | undefined
  readonly key: string | number | undefined
  /** What lies here is the inside of an object. */
  readonly inside?: boolean
}

/** The place in Perl: `$D->{'cart'}[0]{'when'}`. */
export function perlPath({ parent, key }: Place, perlText: PerlText): string {
  if (parent === undefined) return '$D'
  const base = perlPath(parent, perlText)
  if (key === undefined) return `\${${base}}`
  const arrow = parent.parent === undefined || parent.key === undefined ? '->' : ''
  return base + arrow + (typeof key === 'number' ? `[${key}]` : `{${quote(keyToPerl(key, perlText) ?? key)}}`)
}

/** The keys on the way there. */
export function keysTo({ parent, key }: Place): Place['key'][] {
  return parent === undefined ? [] : [...keysTo(parent), key]
}
