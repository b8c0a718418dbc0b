import { sortKeys } from '../sorted-keys.ts'
import type { PerlText } from '../text.ts'

/** Keys that UTF-16 puts in another order than UTF-8. */
const oddlyOrdered = /[\ud800-\uffff]/

/** The keys of a hash in Perl's order, those left out whose value is undefined. */
export function orderedKeys(hash: Record<string, unknown>, perlText: PerlText): string[] {
  const keys = Object.keys(hash)
  let previous = ''
  let isOrdered = true
  let isFull = true
  for (const key of keys) {
    if (key < previous) isOrdered = false
    if (hash[key] === undefined) isFull = false
    previous = key
  }
  const there = isFull ? keys : keys.filter((key) => hash[key] !== undefined)
  if (perlText === 'utf8' && there.some((key) => oddlyOrdered.test(key))) {
    return there.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  }
  return isOrdered ? there : sortKeys(there)
}
