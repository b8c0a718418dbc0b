/**
 * FreezeThaw makes a string of every scalar, and writes its length without leading zeros. It reads a length with zeros
 * as the same length. So a length with one zero in front marks a number here, and with two a boolean.
 */
import { exactInteger } from '../../plain-values.ts'

/** The number as the string that it is in Perl, with all the digits that it has. */
export function writeNumber(value: number): string {
  if (Number.isSafeInteger(value) && value !== 0) return marked(String(value))
  return marked(Object.is(value, -0) ? '-0' : textOfDouble(value))
}

export function writeBigint(value: bigint): string {
  return marked(String(value))
}

/** Whether a bigint would come back as a number. */
export function isNumberToo(value: bigint): boolean {
  return typeof exactInteger(String(value)) === 'number'
}

export function writeBoolean(value: boolean): string {
  return value ? '$001|1' : '$000|'
}

/** What a scalar stands for whose length has so many zeros in front; undefined: just its text. */
export function readMarked(zeros: number, text: string): number | bigint | boolean | undefined {
  if (zeros === 1) return readNumber(text)
  if (zeros !== 2) return undefined
  return text === '1' ? true : text === '' ? false : undefined
}

const integer = /^-?(?:0|[1-9]\d*)$/
const double = /^-?\d+(?:\.\d+)?(?:e[-+]\d+)?$/
const nonFinite: Readonly<Record<string, number>> = { Inf: Infinity, '-Inf': -Infinity, NaN: Number.NaN }

function readNumber(text: string): number | bigint | undefined {
  if (integer.test(text)) return exactInteger(text)
  return double.test(text) ? Number(text) : nonFinite[text]
}

function textOfDouble(value: number): string {
  const text = String(value)
  // Perl's exponents have two digits at least.
  if (Number.isFinite(value)) return text.includes('e') ? text.replace(/e([-+])(\d)$/, 'e$10$2') : text
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Inf' : '-Inf'
}

function marked(text: string): string {
  return `$0${text.length}|${text}`
}
