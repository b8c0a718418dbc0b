import { exactInteger } from '../plain-values.ts'

/** As Perl or JavaScript prints a number: no `+5`, `.5`, `007`, `1.50`, `1e3` or `0x1F`. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?(?:e[-+]\d+)?$/

const WORDS = new Map<string, unknown>([
  ['', null],
  ['~', null],
  ['Inf', Number.POSITIVE_INFINITY],
  ['-Inf', Number.NEGATIVE_INFINITY],
  ['NaN', Number.NaN],
])

/**
 * What a scalar without quotes means. To Perl's YAML modules all of them but `~` are strings. But YAML::Tiny quotes
 * strings that look like a number, so what it left bare was a number; and a number that is written back in the very
 * same characters is to Perl what it was. Whatever would be written otherwise stays a string: `0x1F`, `true`, `null`,
 * Perl's `1e+15` and `1e-05`, and the `007` and `1e3` that YAML.pm leaves bare.
 */
export function plainScalar(text: string): unknown {
  const first = text.charCodeAt(0)
  // Digits and the minus; the first letters of the words above, and their tilde.
  if (first > 0x39 && first !== 0x7e && first !== 0x49 && first !== 0x4e) return text
  if (WORDS.has(text)) return WORDS.get(text)
  if (!NUMBER.test(text)) return text
  if (/[.e]/.test(text)) {
    const value = Number(text)
    return String(value) === text ? value : text
  }
  return text === '-0' ? text : exactInteger(text)
}
