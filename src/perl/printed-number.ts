/** A number as Perl prints it, but with all the digits that it has: the exponent has two at least. */
export function printedNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value).replace('Infinity', 'Inf')
  return Object.is(value, -0) ? '-0' : String(value).replace(/e([-+])(\d)$/, 'e$10$2')
}
