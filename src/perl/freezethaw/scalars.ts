/**
 * FreezeThaw makes a string of every scalar, and writes its length without leading zeros. It reads a length with zeros
 * as the same length. So a length with one zero in front marks a number here, and with two a boolean.
 */
import { exactInteger } from '../../plain-values.ts'
import { printedNumber } from '../printed-number.ts'

/** The number as the string that it is in Perl, with all the digits that it has. */
export function writeNumber(value: number): string {
  return marked(printedNumber(value))
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

function marked(text: string): string {
  return `$0${text.length}|${text}`
}
