/**
 * What Perl can keep in a session and JavaScript has no plain form for. All of it is inert: nothing is looked up,
 * instantiated or run. Left alone, each of these goes back into the store as it came out of it.
 *
 * `toJSON` gives a tagged form for logs and comparison; it is not read back.
 */
import type { InspectOptions } from 'node:util'
import { setKey } from '../hash.ts'

const inspectForm = Symbol.for('nodejs.util.inspect.custom')
type Inspect = (value: unknown, options?: InspectOptions) => string

/** What can be blessed: whatever is a reference in Perl. */
export type Referent = Record<string, unknown> | unknown[] | ScalarRef | Regexp | Code | Tied

/** An object of a Perl class: `bless(value, className)`. */
export class Blessed {
  className: string
  value: Referent

  /** Throws `TypeError` for what is no reference in Perl: text, a number, null. */
  constructor(className: string, value: Referent) {
    if (typeof value !== 'object' || value === null) {
      throw new TypeError('Only what is a reference in Perl can be an object: wrap it, new ScalarRef(…)')
    }
    this.className = className
    this.value = value
  }

  toJSON(): unknown {
    return { $bless: this.className, value: this.value }
  }

  [inspectForm](_depth: number, options: InspectOptions, inspect: Inspect): string {
    return `bless(${inspect(this.value, options)}, ${inspect(this.className, options)})`
  }
}

/** An element of a hash or an array, which a reference can point to. */
export interface Element {
  readonly container: Record<string, unknown> | unknown[]
  readonly key: string | number
}

/**
 * A reference to a scalar, `\'text'`, or to another reference. It stands alone, or it points to an element of a hash
 * or array, as in `\$list[1]`; then `value` reads and writes that element.
 */
export class ScalarRef {
  /** The element pointed to; undefined when the scalar stands alone. */
  element: Element | undefined
  private own: unknown

  constructor(value: unknown) {
    this.own = value
  }

  /** A reference to the element under `key`. */
  static to(container: Element['container'], key: string | number): ScalarRef {
    const ref = new ScalarRef(undefined)
    ref.element = { container, key: Array.isArray(container) ? Number(key) : String(key) }
    return ref
  }

  get value(): unknown {
    if (this.element === undefined) return this.own
    return (this.element.container as Record<string | number, unknown>)[this.element.key]
  }

  set value(value: unknown) {
    if (this.element === undefined) this.own = value
    else setKey(this.element.container as Record<string, unknown>, String(this.element.key), value)
  }

  toJSON(): unknown {
    return { $ref: this.value }
  }

  [inspectForm](_depth: number, options: InspectOptions, inspect: Inspect): string {
    return `\\${inspect(this.value, options)}`
  }
}

/** A compiled pattern, `qr/pattern/flags`. The pattern is Perl's own text; JavaScript's `RegExp` differs in details. */
export class Regexp {
  readonly pattern: string
  readonly flags: string

  constructor(pattern: string, flags = '') {
    this.pattern = pattern
    this.flags = flags
  }

  toJSON(): unknown {
    return { $qr: this.pattern, flags: this.flags }
  }

  [inspectForm](): string {
    return `qr/${this.pattern}/${this.flags}`
  }
}

/** A version string such as `v1.22.333`; `literal` is its text in Perl, with or without the `v`. */
export class VString {
  readonly literal: string

  constructor(literal: string) {
    this.literal = literal
  }

  toJSON(): unknown {
    return { $vstring: this.literal }
  }

  [inspectForm](): string {
    return this.literal
  }
}

/** A symbol table entry such as `*::STDOUT`; `name` is without the asterisk. A file handle is a reference to one. */
export class Glob {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }

  toJSON(): unknown {
    return { $glob: this.name }
  }

  [inspectForm](): string {
    return `*${this.name}`
  }
}

/** Where a code reference was. It is text, and never run. */
export class Code {
  /** What is behind `sub`, as Storable keeps it if told to; undefined from Data::Dumper, which writes a dummy. */
  source: string | undefined

  constructor(source?: string) {
    this.source = source
  }

  toJSON(): unknown {
    return { $code: this.source ?? 'DUMMY' }
  }

  [inspectForm](): string {
    return `sub ${this.source ?? '{ "DUMMY" }'}`
  }
}

/**
 * An object whose class has its own way into Storable (`STORABLE_freeze`): the bytes that it chose, which only that
 * class understands, and the references that it gave along.
 */
export class StorableHook {
  className: string
  /** What Perl's empty object is that the class then fills. */
  readonly kind: 'scalar' | 'array' | 'hash' | 'tied scalar' | 'tied array' | 'tied hash'
  frozen: Uint8Array
  readonly references: unknown[]
  /** Of a tied one: the object behind it. */
  tiedTo: unknown

  constructor(className: string, kind: StorableHook['kind'], frozen: Uint8Array, references: unknown[] = []) {
    this.className = className
    this.kind = kind
    this.frozen = frozen
    this.references = references
  }

  toJSON(): unknown {
    const frozen = Buffer.from(this.frozen).toString('base64')
    return { $hook: this.className, kind: this.kind, frozen, references: this.references }
  }

  [inspectForm](_depth: number, options: InspectOptions, inspect: Inspect): string {
    const frozen = Buffer.from(this.frozen).toString('latin1')
    return `StorableHook(${inspect(this.className, options)}, ${inspect(frozen, options)})`
  }
}

/** A tied hash, array, scalar or element: `object` is what stands behind it, of a Perl class that has the values. */
export class Tied {
  readonly kind: 'hash' | 'array' | 'scalar' | 'element'
  object: unknown
  /** Of an element only. */
  key: string | number | undefined

  constructor(kind: Tied['kind'], object: unknown, key?: string | number) {
    this.kind = kind
    this.object = object
    this.key = key
  }

  toJSON(): unknown {
    return { $tied: this.kind, object: this.object, key: this.key }
  }

  [inspectForm](_depth: number, options: InspectOptions, inspect: Inspect): string {
    return `tie(${this.kind}, ${inspect(this.object, options)})`
  }
}

/**
 * A JSON::PP::Boolean, as Perl's JSON modules make them. Like every object it is true in a condition, so ask for
 * `.value`. It is kept apart from `true` and `false` because it must go back as the object that it was.
 */
export class JsonBoolean {
  readonly value: boolean

  constructor(value: boolean) {
    this.value = value
  }

  valueOf(): boolean {
    return this.value
  }

  toString(): string {
    return String(this.value)
  }

  toJSON(): boolean {
    return this.value
  }

  [inspectForm](_depth: number, options: InspectOptions, inspect: Inspect): string {
    return `JsonBoolean(${inspect(this.value, options)})`
  }
}

/**
 * A Perl string that no JavaScript string stands for under the rules in force: a code point above U+10FFFF, a
 * surrogate pair written as two characters, or text that `perlText` could not turn into the same string again.
 */
export class PerlString {
  readonly codePoints: readonly number[]

  constructor(codePoints: readonly number[]) {
    this.codePoints = codePoints
  }

  /** The nearest JavaScript text. */
  toString(): string {
    return this.codePoints.map((code) => String.fromCodePoint(code > 0x10ffff ? 0xfffd : code)).join('')
  }

  toJSON(): unknown {
    return { $codePoints: this.codePoints }
  }

  [inspectForm](_depth: number, options: InspectOptions, inspect: Inspect): string {
    return `PerlString(${inspect(this.toString(), options)})`
  }
}

/** Whether this is a scalar in Perl, not a reference: text, a number, undef, and what stands for such. */
export function isScalar(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return (
    value instanceof PerlString ||
    value instanceof VString ||
    value instanceof Glob ||
    (value instanceof Tied && (value.kind === 'scalar' || value.kind === 'element'))
  )
}

/**
 * Whether only Perl's formats have a form for this: what is an object of one of the classes above, but for JSON's
 * booleans, and for strings, which every format has.
 */
export function isPerlValue(value: object): boolean {
  return perlClasses.some((perlClass) => value instanceof perlClass)
}

const perlClasses = [Blessed, ScalarRef, Regexp, VString, Glob, Code, StorableHook, Tied]
