/**
 * FreezeThaw writes a pattern as the text that Perl prints, `(?^i:ab)`. Perl reads that as a pattern around the pattern,
 * without flags: it means the same, and lies one level deeper each time. Here it is read as what it was.
 */
import { areRegexpFlags, holdsCode, narrowPattern } from '../regexp-literal.ts'
import type { Regexp } from '../values.ts'

// Before 5.14 Perl named the flags that are not set as well: `(?i-xsm:ab)`.
const printed = /^\(\?(?:\^([a-z]*)|([a-z]*)-[a-z]*):([^]*)\)$/
const openComment = /#[^\n]*$/
const endsInEscape = /(?<!\\)(?:\\\\)*\\$/

/** What stood in the image: not every Perl prints a pattern in the same way. */
const texts = new WeakMap<Regexp, string>()
const sharedOnes = new WeakSet<Regexp>()

/** Gives a pattern its text; false when it would run code, or has unknown flags. */
export function readRegexp(regexp: Regexp, text: string): boolean {
  const [, newFlags, oldFlags, pattern = text] = printed.exec(text) ?? []
  const flags = newFlags ?? oldFlags ?? ''
  if (holdsCode(text) || !areRegexpFlags(flags)) return false
  texts.set(Object.assign(regexp, { pattern, flags }), text)
  return true
}

/** What FreezeThaw writes for a pattern; undefined when Perl could not read it. */
export function writeRegexp(regexp: Regexp): string | undefined {
  const known = texts.get(regexp)
  if (known !== undefined) return known
  const { pattern, flags } = regexp
  if (holdsCode(pattern) || !areRegexpFlags(flags) || endsInEscape.test(pattern)) return undefined
  return `(?^${flags}:${narrowPattern(pattern)}${flags.includes('x') && openComment.test(pattern) ? '\n' : ''})`
}

/** Notes that a pattern stood among the shared values of an image. */
export function markShared(regexp: Regexp): void {
  sharedOnes.add(regexp)
}

/**
 * Whether a pattern that occurs twice is to be written once. What Perl's module writes so it cannot read: it gets an
 * empty pattern. So this is for records that it has written itself; everything else is written twice.
 */
export function isShared(regexp: Regexp): boolean {
  return sharedOnes.has(regexp)
}
