import type { Hash } from './contracts/serializer.ts'

/** Sets an own key, `__proto__` included, which a plain assignment would take for the prototype. */
export function setKey(hash: Hash, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(hash, key, { value, writable: true, enumerable: true, configurable: true })
  } else {
    hash[key] = value
  }
}

/** An object of the kind that `{}` and `JSON.parse` make: no array, no class instance. */
export function isPlainObject(value: unknown): value is Hash {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
