/**
 * A pattern and what stands between the slashes of `qr/…/` are not quite the same text. Data::Dumper escapes slashes
 * and writes a dollar that is no end-of-line anchor as `${\q($)}`, so that no variable starts there. It forgets the at
 * sign, for which the same is done here, and that a bracket or an arrow behind would be taken for a subscript.
 */
import { isWide } from './text.ts'

const readTokens = /\$\{\\q\([$@][[{-]*\)\}|\\[^]|\$(?![()| \r\n\t]|$)|@[{$]/g
const writeTokens = /\\[^]|\\$|\/|\$(?![)|]|$)[[{-]*|@[[{-]*|[\u0080-\u{10ffff}]/gu
// What a backslash belongs to is read with it: an escaped character loses its backslash, and an escaped backslash none.
const narrowTokens = /\\[^]|[\u0100-\u{10ffff}]/gu
const codeTokens = /\\[^]|\((?:\?\??|\*)\{/g

const flagLetters = /^[msixnpadlu]*$/

/** Whether these are flags that belong to a pattern itself. */
export function areRegexpFlags(flags: string): boolean {
  return flagLetters.test(flags)
}

/** Whether the pattern holds Perl code to run: `(?{…})`, `(??{…})`, `(*{…})`. */
export function holdsCode(pattern: string): boolean {
  for (const [token] of pattern.matchAll(codeTokens)) {
    if (token.startsWith('(')) return true
  }
  return false
}

/** The same pattern in characters below 256: what is above, as Perl shows it. */
export function narrowPattern(pattern: string): string {
  return pattern.replace(narrowTokens, (token) => {
    const code = token.codePointAt(token.startsWith('\\') ? 1 : 0) ?? 0
    return code > 0xff ? `\\x{${code.toString(16)}}` : token
  })
}

/** The pattern in this literal; undefined where Perl would put in the value of a variable or an expression. */
export function readPattern(literal: string): string | undefined {
  let interpolates = false
  const pattern = literal.replace(readTokens, (token) => {
    if (token.startsWith('\\')) return token === '\\/' ? '/' : token
    if (token.length > 2) return token.slice(5, -2)
    interpolates = true
    return token
  })
  return interpolates ? undefined : pattern
}

/** The literal for this pattern, in characters below 256; undefined when the pattern ends within an escape. */
export function writePattern(pattern: string): string | undefined {
  const wide = isWide(pattern)
  let whole = true
  const literal = pattern.replace(writeTokens, (token) => {
    if (token === '\\') whole = false
    if (token.startsWith('$') || token.startsWith('@')) return `\${\\q(${token})}`
    if (token === '/') return '\\/'
    const code = token.codePointAt(token.startsWith('\\') ? 1 : 0) ?? 0
    return wide && code > 0x7f ? `\\x{${code.toString(16)}}` : token
  })
  return whole ? literal : undefined
}
