import { isDeepStrictEqual } from 'node:util'
import { isPlainObject } from '../../hash.ts'

/**
 * Whether two values are the same to a program: `isDeepStrictEqual`, except that an object made by `{}` may have come
 * back without a prototype, and that all invalid dates are the same. Cycles may be anywhere.
 */
export function sameValue(one: unknown, two: unknown, met = new Map<unknown, unknown>()): boolean {
  if (isInvalidDate(one)) return isInvalidDate(two)
  if (!isContainer(one) || !isContainer(two) || Array.isArray(one) !== Array.isArray(two)) {
    return isDeepStrictEqual(one, two)
  }
  if (met.has(one)) return met.get(one) === two
  met.set(one, two)
  const keys = enumerableKeys(one)
  const others = new Set(enumerableKeys(two))
  if (keys.length !== others.size || (Array.isArray(one) && one.length !== (two as unknown[]).length)) {
    return false
  }
  return keys.every((key) => others.has(key) && sameValue(Reflect.get(one, key), Reflect.get(two, key), met))
}

function isInvalidDate(value: unknown): boolean {
  return value instanceof Date && Number.isNaN(value.getTime())
}

function isContainer(value: unknown): value is object {
  return isPlainObject(value) || (Array.isArray(value) && Object.getPrototypeOf(value) === Array.prototype)
}

function enumerableKeys(value: object): PropertyKey[] {
  return Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key))
}
