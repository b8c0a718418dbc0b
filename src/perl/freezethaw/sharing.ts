import { isPlainObject } from '../../hash.ts'
import { isShared } from './regexp.ts'
import { FrozenObject } from './values.ts'
import { Blessed, isScalar, Regexp, ScalarRef } from '../values.ts'

/**
 * The values that occur more than once, in the order in which FreezeThaw numbers them: that in which it meets each for
 * the second time. Not recursive, because a chain may be of any length when its links are known from elsewhere too.
 */
export function findShared(
  top: unknown,
  keysOf: (hash: Record<string, unknown>) => readonly string[],
): Map<object, number> {
  const seen = new Set<object>()
  const shared = new Map<object, number>()
  const waiting: unknown[] = [top]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (isScalar(value) || !hasIdentity(value as object)) continue
    const object = value as object
    if (!seen.has(object)) {
      seen.add(object)
      const inside = contents(object, keysOf)
      for (let index = inside.length - 1; index >= 0; index--) waiting.push(inside[index])
    } else if (!shared.has(object)) {
      shared.set(object, shared.size)
    }
  }
  return shared
}

/** Whether it matters that two references lead to the same value. */
export function hasIdentity(value: object): boolean {
  const referent = value instanceof Blessed ? value.value : value
  return !(referent instanceof Regexp) || (referent === value && isShared(referent))
}

function contents(
  value: object,
  keysOf: (hash: Record<string, unknown>) => readonly string[],
): readonly unknown[] {
  const referent = value instanceof Blessed ? value.value : value
  if (Array.isArray(referent)) return referent
  if (referent instanceof ScalarRef) return [referent.value]
  if (referent instanceof FrozenObject) return [referent.content]
  if (!isPlainObject(referent)) return []
  return keysOf(referent).map((key) => referent[key])
}
