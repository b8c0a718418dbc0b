import { isDeepStrictEqual } from 'node:util'
import { isPlainObject } from '../hash.ts'
import { Address, FrozenObject } from '../perl/freezethaw/values.ts'
import { isPerlValue, JsonBoolean, PerlString, ScalarRef } from '../perl/values.ts'

/** Objects that were found equal, or are being compared. */
type Met = Map<object, Set<object>>

/**
 * Whether two values of parameters are the same, of the same types, to all depths. A property that is undefined counts
 * as left out, and -0 as 0: serializers may write them so. Two references to one object equal references to two equal
 * ones.
 */
export function sameValue(one: unknown, two: unknown, met: Met = new Map()): boolean {
  if (one === two || Object.is(one, two)) return true
  if (typeof one !== 'object' || typeof two !== 'object' || one === null || two === null) return false
  if (one instanceof ScalarRef) return two instanceof ScalarRef && sameValue(one.value, two.value, met)
  // Invalid dates are all the same.
  if (one instanceof Date && two instanceof Date) return Object.is(one.getTime(), two.getTime())
  if (!hasFields(one) || !hasFields(two)) return isDeepStrictEqual(one, two)
  if (isPlainObject(one) !== isPlainObject(two)) return false
  if (!isPlainObject(one) && Object.getPrototypeOf(one) !== Object.getPrototypeOf(two)) return false
  return isMet(met, one, two) || sameFields(one, two, met)
}

/** What is compared field by field; all else, such as a Date, is JavaScript's own. */
function hasFields(value: object): boolean {
  return (
    Array.isArray(value) ||
    isPlainObject(value) ||
    isPerlValue(value) ||
    ofOtherClasses.some((otherClass) => value instanceof otherClass)
  )
}

const ofOtherClasses = [JsonBoolean, PerlString, FrozenObject, Address]

/** Notes that this pair is being compared. Answers whether it has been already: cycles would never end. */
function isMet(met: Met, one: object, two: object): boolean {
  const others = met.get(one)
  if (others?.has(two)) return true
  if (others) others.add(two)
  else met.set(one, new Set([two]))
  return false
}

function sameFields(one: object, two: object, met: Met): boolean {
  if (Array.isArray(one) && one.length !== (two as unknown[]).length) return false
  for (const key of Object.keys(one)) {
    if (!sameValue(Reflect.get(one, key), ownValue(two, key), met)) return false
  }
  return Object.keys(two).every((key) => Object.hasOwn(one, key) || Reflect.get(two, key) === undefined)
}

function ownValue(object: object, key: string): unknown {
  return Object.hasOwn(object, key) ? Reflect.get(object, key) : undefined
}
