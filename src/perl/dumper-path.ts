import { quote } from './dumper-literals.ts'
import { type PerlText, toPerl } from './text.ts'

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
  return base + arrow + (typeof key === 'number' ? `[${key}]` : `{${quote(toPerl(key, perlText) ?? key)}}`)
}

const identifier = /^[A-Za-z_$][\w$]*$/

/** The same in JavaScript: `cart[0].when`. */
export function scriptPath({ parent, key }: Place): string {
  if (parent === undefined) return ''
  const base = scriptPath(parent)
  if (key === undefined) return `${base}.value`
  if (typeof key === 'number') return `${base}[${key}]`
  if (!identifier.test(key)) return `${base}[${JSON.stringify(key)}]`
  return base === '' ? key : `${base}.${key}`
}
