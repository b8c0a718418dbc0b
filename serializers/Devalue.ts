import { DevalueError, defaultParseOperations, defaultStringifyOperations, parse, stringify } from 'devalue'
import type { Image } from '../src/contracts/driver.ts'
import type { Hash, Serializer } from '../src/contracts/serializer.ts'
import { FreezeError, ThawError } from '../src/errors.ts'
import { isPlainObject } from '../src/hash.ts'
import { imageOfJson, textOfImage } from '../src/image-text.ts'
import { injectable } from '../src/inject.ts'

/** The longest array with gaps: a few bytes can ask for any length, and whoever loops over it then hangs. */
const MAX_SPARSE_LENGTH = 1_000_000

/**
 * For programs that share their sessions with no Perl: keeps undefined, NaN, -0, bigints, dates, maps, sets, regular
 * expressions, typed arrays, URLs, shared references and cycles. Refuses what would come back as something else:
 * functions, symbols, Buffers, objects of any other class. Of a typed array that is a view of a larger ArrayBuffer the
 * whole ArrayBuffer is stored.
 */
@injectable()
export default class DevalueSerializer implements Serializer {
  freeze(hash: Hash): Image {
    return imageOfJson(write(hash))
  }

  thaw(image: Image): Hash {
    const value = read(textOfImage(image))
    if (!isPlainObject(value)) throw new ThawError('Devalue', 'its top level is not an object')
    return value
  }
}

function write(value: unknown): string {
  try {
    return stringify(value, undefined, { operations: { tagOf } })
  } catch (cause) {
    if (!(cause instanceof DevalueError))
      throw new FreezeError('Devalue', `what cannot be read: ${String(cause)}`, { cause })
    const [what, wayOut] = describe(cause)
    throw new FreezeError('Devalue', `${what}${cause.path && ` (at ${cause.path})`}: ${wayOut}`, { cause })
  }
}

function read(text: string): unknown {
  try {
    return parse(text, undefined, { operations: { createSparseArray } })
  } catch (cause) {
    throw new ThawError('Devalue', cause instanceof Error ? cause.message : String(cause), undefined, {
      cause,
    })
  }
}

/** devalue's own answer, or one that it knows for no kind of object and so refuses, with the path. */
function tagOf(value: object): string {
  const tag = defaultStringifyOperations.tagOf(value)
  if (tag === 'Object') return tag
  const isOfThatClass = tag === className(value) || tag === `Temporal.${className(value)}`
  return isOfThatClass && !(Array.isArray(value) && hasOddKeys(value)) ? tag : 'Refused'
}

function hasOddKeys(array: unknown[]): boolean {
  const keys = Object.keys(array).length
  return keys > array.length || (keys < array.length && array.length > MAX_SPARSE_LENGTH)
}

function createSparseArray(length: number): unknown[] {
  if (length > MAX_SPARSE_LENGTH) throw new Error(`an array with gaps of length ${length}`)
  return defaultParseOperations.createSparseArray(length)
}

function className(value: object): string | undefined {
  return Object.getPrototypeOf(value)?.constructor?.name
}

/** What it is, and what to do instead. */
function describe({ message, value }: DevalueError): [string, string] {
  if (typeof value !== 'object' || value === null) return [`a ${typeof value}`, 'leave it out']
  if (message.includes('__proto__')) return ['an object with the key __proto__', 'use a Map']
  if (message.includes('symbol')) return ['an object with symbols as keys', 'use strings']
  if (Buffer.isBuffer(value))
    return ['a Buffer', 'it would come back as a Uint8Array; store new Uint8Array(buffer)']
  if (Array.isArray(value))
    return ['an array with named properties, or of over a million with gaps', 'use a Map']
  return [`a value of class ${className(value)}`, 'convert it to plain data']
}
