import { types } from 'node:util'
import { FreezeError } from './errors.ts'
import { isPlainObject } from './hash.ts'
import { isPerlValue } from './perl/values.ts'

/** A text format for plain data: null, booleans, numbers, strings, arrays and plain objects. */
export interface PlainFormat {
  readonly name: string
  /** Whether it keeps NaN and the infinities. */
  readonly nonFinite: boolean
  /** An integer that is read from its digits: a bigint if a number would lose or change digits, or beyond 2^53. */
  readonly readInteger?: (digits: string) => number | bigint
}

/** As many levels as Perl's JSON modules read. */
const MAX_DEPTH = 512
/** What a layout may put around a value. */
const LEVELS_AROUND_A_VALUE = 12

const DEVALUE = 'use serialize:Devalue, which keeps it'

/**
 * Throws `FreezeError`, with the place and a way out, for whatever the format would silently change or drop.
 * Allowed although it comes back otherwise, as JSON.stringify has it: `undefined` as a property (dropped, and so reads as undefined again),
 * -0 (as 0), an object that is there twice (as two), and what has a `toJSON` of its own (its author asked for it).
 * Symbols as keys and named properties of arrays are dropped: to look for them takes longer than to write the value.
 */
export function checkPlainValue(format: PlainFormat, value: unknown): void {
  check(format, value, MAX_DEPTH - LEVELS_AROUND_A_VALUE)
}

/** The same for a whole record. */
export function checkPlainHash(format: PlainFormat, hash: object): void {
  check(format, hash, MAX_DEPTH)
}

function check(format: PlainFormat, value: unknown, maxDepth: number): void {
  if (isSurelyPlain(value, maxDepth)) return
  try {
    new Check(format, maxDepth).visit(value)
  } catch (cause) {
    if (cause instanceof FreezeError) throw cause
    // The program's own code failed: a getter or a toJSON.
    throw new FreezeError(format.name, `what cannot be read: ${String(cause)}`, { cause })
  }
}

/** What stands for an object: the answer of its `toJSON`, if it has one. */
export function plainForm(value: object, key: string): unknown {
  return 'toJSON' in value && typeof value.toJSON === 'function' ? value.toJSON(key) : value
}

/**
 * The value of an integer of any length, without losing a digit: a number if that number prints as the same digits,
 * otherwise a bigint.
 */
export function exactInteger(digits: string): number | bigint {
  const value = Number(digits)
  return digits.length < 16 || String(value) === digits ? value : BigInt(digits)
}

/**
 * Whether a quick look finds nothing that any format would mind. It keeps no path and knows no exceptions; whatever
 * gives it pause, a cycle by its depth, is for `Check` to judge and to name.
 */
function isSurelyPlain(value: unknown, levels: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value)
    case 'object':
      return value === null || (levels > 0 && isSurelyPlainObject(value, levels - 1))
    default:
      return false
  }
}

function isSurelyPlainObject(value: object, levels: number): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Array.prototype) {
    const array = value as unknown[]
    for (let index = 0; index < array.length; index++) {
      if (!isSurelyPlain(array[index], levels)) return false
    }
    return !('index' in array)
  }
  if (prototype !== Object.prototype || 'toJSON' in value) return false
  const object = value as Record<string, unknown>
  for (const key in object) {
    const property = object[key]
    if (property !== undefined && !isSurelyPlain(property, levels)) return false
  }
  return true
}

class Check {
  private readonly path: (string | number)[] = []
  private readonly around = new Set<object>()
  private readonly format: PlainFormat
  private readonly maxDepth: number

  constructor(format: PlainFormat, maxDepth: number) {
    this.format = format
    this.maxDepth = maxDepth
  }

  visit(value: unknown): void {
    switch (typeof value) {
      case 'object':
        if (value !== null) this.visitObject(value)
        break
      case 'number':
        if (!Number.isFinite(value) && !this.format.nonFinite) {
          this.refuse(String(value), `it would come back as null; ${DEVALUE}`)
        }
        break
      case 'bigint':
        if (typeof (this.format.readInteger ?? exactInteger)(String(value)) === 'number') {
          this.refuse(`the bigint ${value}`, `it would come back as a number; store that, or ${DEVALUE}`)
        }
        break
      case 'function':
      case 'symbol':
        this.refuse(`a ${typeof value}`, 'leave it out')
    }
  }

  private visitObject(value: object): void {
    if (this.around.has(value)) this.refuse('an object that contains itself', DEVALUE)
    if (this.around.size === this.maxDepth) {
      this.refuse(`more than ${this.maxDepth} levels`, 'Perl would not read them')
    }
    this.around.add(value)
    const plain = hasFixedForm(value) ? value : plainForm(value, String(this.path.at(-1) ?? ''))
    if (typeof plain !== 'object' || plain === null) this.visit(plain)
    else if (Array.isArray(plain)) this.visitArray(plain)
    else if (isPlainObject(plain)) this.visitProperties(plain)
    else this.refuse(`a value of class ${className(plain)}`, wayOut(plain))
    this.around.delete(value)
  }

  private visitArray(array: unknown[]): void {
    for (let index = 0; index < array.length; index++) {
      this.path.push(index)
      const item = array[index]
      if (item === undefined) {
        this.refuse('undefined in an array', `it would come back as null; ${DEVALUE}`)
      }
      this.visit(item)
      this.path.pop()
    }
    if ('index' in array) this.refuse('the match of a regular expression', 'store what you need of it')
  }

  private visitProperties(object: Record<string, unknown>): void {
    for (const key of Object.keys(object)) {
      this.path.push(key)
      this.visit(object[key])
      this.path.pop()
    }
  }

  private refuse(what: string, wayOut: string): never {
    const place = this.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('')
    throw new FreezeError(this.format.name, `${what}${place && ` (at ${place})`}: ${wayOut}`)
  }
}

/** Dates and binary data have a `toJSON` that nobody asked for; that of Perl's values is for logs. */
function hasFixedForm(value: object): boolean {
  return types.isDate(value) || ArrayBuffer.isView(value) || isPerlValue(value)
}

function className(value: object): string {
  return Object.getPrototypeOf(value)?.constructor?.name || 'without a name'
}

function wayOut(value: object): string {
  if (isPerlValue(value)) return 'use serialize:DataDumper or serialize:Storable, which keep it'
  if (Buffer.isBuffer(value)) return "store its toString('base64')"
  if (types.isDate(value)) return `store its getTime(), or ${DEVALUE}`
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return DEVALUE
  if (types.isMap(value) || types.isSet(value) || types.isRegExp(value)) return DEVALUE
  return 'convert it to a plain object, or give its class a toJSON method'
}
