/** Perl's source text for single values, in characters below 256. */
import { at, backslash, dollar, doubleQuote } from './ascii.ts'
import { isWide } from './text.ts'

const toEscape = /['\\\u0100-\uffff]/
const escapes = /['\\]/g

/** The literal of a string. As Perl does it, one wide character puts all of it into double quotes. */
export function quote(text: string): string {
  if (!toEscape.test(text)) return `'${text}'`
  return isWide(text) ? doubleQuoted(text) : `'${text.replace(escapes, '\\$&')}'`
}

/** The literal of a string that is given by its code points. */
export function quotePoints(points: readonly number[]): string {
  if (points.every((point) => point < 0x100))
    return quote(points.map((point) => String.fromCharCode(point)).join(''))
  return `"${points.map((point) => (point < 0x80 ? doubleQuoted(String.fromCharCode(point)).slice(1, -1) : escape(point))).join('')}"`
}

function doubleQuoted(text: string): string {
  let literal = ''
  let run = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 0x80) {
      if (code !== doubleQuote && code !== backslash && code !== dollar && code !== at) continue
      literal += `${text.slice(run, index)}\\`
      run = index
    } else {
      const point = text.codePointAt(index) as number
      literal += text.slice(run, index) + escape(point)
      if (point > 0xffff) index++
      run = index + 1
    }
  }
  return `"${literal}${text.slice(run)}"`
}

function escape(point: number): string {
  return `\\x{${point.toString(16)}}`
}

export function jsonBoolean(value: boolean): string {
  return `bless( do{\\(my $o = ${value ? 1 : 0})}, 'JSON::PP::Boolean' )`
}
