import { AssertionError } from 'node:assert/strict'
import { inspect, isDeepStrictEqual } from 'node:util'
import type { StoredImage } from '../contracts/driver.ts'

/** A value on one line, short enough for a message; bytes as Latin-1 text. */
export function shown(value: unknown): string {
  if (value instanceof Uint8Array) {
    return `${value.length} bytes ${shown(Buffer.from(value).toString('latin1'))}`
  }
  if (isStoredImage(value)) return `{ image: ${shown(value.image)}, expires: ${shown(value.expires)} }`
  return inspect(value, {
    depth: 2,
    compact: true,
    breakLength: Infinity,
    maxArrayLength: 5,
    maxStringLength: 40,
  })
}

function isStoredImage(value: unknown): value is StoredImage {
  return typeof value === 'object' && value !== null && 'image' in value
}

export function fail(message: string): never {
  throw new AssertionError({ message })
}

export function same(actual: unknown, expected: unknown, what: string): void {
  if (isDeepStrictEqual(actual, expected)) return
  const message = `${what}: expected ${shown(expected)}, got ${shown(actual)}`
  throw new AssertionError({ message, actual, expected, operator: 'same' })
}

export function oneOf(actual: unknown, allowed: readonly unknown[], what: string): void {
  if (!allowed.includes(actual)) fail(`${what}: expected one of ${shown(allowed)}, got ${shown(actual)}`)
}

/** By its code and not by its class: a plug-in may have got another copy of this package. */
export function hasCode(error: unknown, code: string): error is Error {
  return error instanceof Error && 'code' in error && error.code === code
}
