import { FreezeError } from './errors.ts'
import { isPlainObject } from './hash.ts'

/** A text format for plain data: null, booleans, numbers, strings, arrays and plain objects. */
export interface PlainFormat {
  readonly name: string
  /** Whether it keeps NaN and the infinities. */
  readonly nonFinite: boolean
}

/** Perl's JSON modules read no more than 512 levels; what is around a value in its record needs some of them. */
const MAX_DEPTH = 500

const USE_DEVALUE = 'serialize:Devalue keeps it'

/**
 * Throws `FreezeError`, with the place and a way out, for whatever the format would silently change or drop.
 * Allowed although it comes back otherwise: `undefined` as a property (dropped, and so reads as undefined again),
 * -0 (as 0), an object that is there twice (as two), and what has a `toJSON` of its own (its author asked for it).
 */
export function checkPlainValue(format: PlainFormat, value: unknown): void {
  new Check(format).visit(value)
}

/** What stands for an object in a plain format: the answer of its `toJSON`, if it has one. */
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

class Check {
  private readonly path: (string | number)[] = []
  private readonly around = new Set<object>()

  constructor(private readonly format: PlainFormat) {}

  visit(value: unknown): void {
    switch (typeof value) {
      case 'object':
        if (value !== null) this.visitObject(value)
        break
      case 'number':
        if (!Number.isFinite(value) && !this.format.nonFinite) {
          this.refuse(`${value}`, 'it would come back as null', USE_DEVALUE)
        }
        break
      case 'bigint':
        if (typeof exactInteger(String(value)) === 'number') {
          this.refuse(`the bigint ${value}`, 'it would come back as a number', 'store Number(…)', USE_DEVALUE)
        }
        break
      case 'function':
      case 'symbol':
        this.refuse(`a ${typeof value}`, 'leave it out')
    }
  }

  private visitObject(value: object): void {
    if (this.around.has(value)) this.refuse('an object that contains itself', USE_DEVALUE)
    if (this.around.size === MAX_DEPTH) this.refuse(`more than ${MAX_DEPTH} levels`, 'Perl would not read them')
    refuseBuiltIn(value, this)
    this.around.add(value)
    const plain = plainForm(value, String(this.path.at(-1) ?? ''))
    if (plain !== value && (typeof plain !== 'object' || plain === null)) this.visit(plain)
    else if (Array.isArray(plain)) this.visitArray(plain)
    else if (isPlainObject(plain)) this.visitProperties(plain)
    else this.refuse(`an instance of ${className(value)}`, 'convert it to a plain object, or give it a toJSON method')
    this.around.delete(value)
  }
}
