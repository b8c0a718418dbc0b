import { exactInteger } from '../plain-values.ts'

/** As Perl or JavaScript prints a number: no `+5`, `.5`, `007`, `1.50`, `1e3` or `0x1F`. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?(?:e[-+]\d+)?$/

/** More digits than this a double does not keep. */
const MAX_DIGITS = 17

const WORDS = new Map<string, unknown>([
  ['', null],
  ['~', null],
  ['null', null],
  ['true', true],
  ['false', false],
  ['Inf', Number.POSITIVE_INFINITY],
  ['-Inf', Number.NEGATIVE_INFINITY],
  ['NaN', Number.NaN],
])

/**
 * What a scalar without quotes means. To YAML::Tiny all of them but `~` are strings; but it quotes strings that look
 * like a number, null, true or false, so what it left bare in the very form in which a number is printed was a
 * number. Everything else stays a string, so that no text changes on its way through JavaScript: `0x1F`, `yes`, and
 * the `007` and `1e3` that YAML.pm leaves bare.
 */
export function plainScalar(text: string): unknown {
  if (WORDS.has(text)) return WORDS.get(text)
  if (!NUMBER.test(text)) return text
  if (/[.e]/.test(text)) {
    const value = Number(text)
    const digits = text.replace(/e.*/, '').replace(/\D/g, '').replace(/^0+/, '')
    return digits.length <= MAX_DIGITS && Number.isFinite(value) ? value : text
  }
  return exactInteger(text)
}
