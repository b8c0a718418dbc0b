/** Perl's source text for single values, in characters below 256. */
import { at, backslash, dollar, doubleQuote } from '../ascii.ts'
import { isWide } from '../text.ts'

const toEscape = /['\\\u0100-\uffff]/

/** The literal of a string. As Perl does it, one wide character puts all of it into double quotes. */
export function quote(text: string): string {
  if (!toEscape.test(text)) return `'${text}'`
  return isWide(text) ? doubleQuoted(text) : `'${escapeEach(escapeEach(text, '\\'), "'")}'`
}

/** A backslash before each of these characters; faster than a pattern when there are few. */
function escapeEach(text: string, character: string): string {
  let escaped = ''
  let run = 0
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) {
    escaped += `${text.slice(run, at)}\\`
    run = at
  }
  return escaped + text.slice(run)
}

/** The literal of a string that is given by its code points. */
export function quotePoints(points: readonly number[]): string {
  let literal = ''
  if (points.every((point) => point < 0x100)) {
    for (const point of points) literal += String.fromCharCode(point)
    return quote(literal)
  }
  for (const point of points) {
    const special = isSpecial(point) ? '\\' : ''
    literal += point < 0x80 ? special + String.fromCharCode(point) : escape(point)
  }
  return `"${literal}"`
}

function doubleQuoted(text: string): string {
  let literal = ''
  let run = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code >= 0x80) {
      const point = text.codePointAt(index) as number
      literal += text.slice(run, index) + escape(point)
      if (point > 0xffff) index++
      run = index + 1
    } else if (isSpecial(code)) {
      literal += `${text.slice(run, index)}\\`
      run = index
    }
  }
  return `"${literal}${text.slice(run)}"`
}

/** Whether a character means more than itself in double quotes. */
function isSpecial(code: number): boolean {
  return code === doubleQuote || code === backslash || code === dollar || code === at
}

function escape(point: number): string {
  return `\\x{${point.toString(16)}}`
}

export function jsonBoolean(value: boolean): string {
  return `bless( do{\\(my $o = ${value ? 1 : 0})}, 'JSON::PP::Boolean' )`
}
