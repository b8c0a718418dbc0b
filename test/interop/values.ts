import fc from 'fast-check'
import { isPlainObject, setKey } from '../../src/hash.ts'
import { aliasOf, isWeak, restrict, restrictionOf, setAlias, weaken } from '../../src/perl/marks.ts'
import {
  Blessed,
  Code,
  Glob,
  isScalar,
  JsonBoolean,
  PerlString,
  type Referent,
  Regexp,
  ScalarRef,
  VString,
} from '../../src/perl/values.ts'

/** What a format can carry. Hashes, arrays and null it can in any case. */
export interface Profile {
  readonly text: fc.Arbitrary<string>
  /** Keys; default: texts, and some that are easily taken for something else. */
  readonly keys?: fc.Arbitrary<string>
  /** Scalars beside text. */
  readonly scalars: readonly fc.Arbitrary<unknown>[]
  /** References to scalars, patterns and code, and objects of classes. */
  readonly references?: readonly Reference[]
  /** What one part of a value has to do with another. */
  readonly links?: readonly Link[]
  /** How many levels of hashes and arrays; default 5. */
  readonly maxDepth?: number
}

export type Reference = 'scalar' | 'regexp' | 'code' | 'object' | 'jsonBoolean' | 'fileHandle'

/**
 * A reference to the same hash, array or object; one to an element; a weak one; an element in common; a hole; a lock.
 */
export type Link = 'same' | 'element' | 'weak' | 'alias' | 'hole' | 'lock'

const fromPoints = (min: number, max: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.integer({ min, max }).map((code) => String.fromCharCode(code)) })

const oneOfThe = (...texts: readonly (readonly string[])[]): fc.Arbitrary<string> =>
  fc.constantFrom(...texts.flat())

const awkward = fc.string({
  unit: fc.constantFrom(...'ab01 _-:\'"\\$@{}[]#%\n\r\t\0/=>,;|~!&*?.'.split('')),
})

/** ASCII only. */
export const asciiText = fc.oneof(awkward, fromPoints(0, 0x7f))

/** Characters that are bytes. */
export const latinText = fc.oneof(awkward, fromPoints(0, 0xff))

/** Characters of all sorts, but no half pairs. */
export const wholeText = fc.oneof(
  latinText,
  fc.string({
    unit: oneOfThe(
      ['a', '"', '\\', '$', '\x1b', '\x80', '\xe9', '\xff'],
      ['\u0100', '\u263a', '\u{1f600}', '\u2028', '\ufffd', '\u{10ffff}'],
    ),
  }),
)

/** Characters of all sorts, half pairs and such that are none included. */
export const wideText = fc.oneof(
  latinText,
  fc.string({
    unit: oneOfThe(
      ['a', '"', '\\', '$', '\x1b', '\x80', '\xe9', '\xff'],
      ['\u0100', '\u263a', '\u{1f600}', '\ud800', '\ufffe', '\u2028', '\u{10ffff}'],
    ),
  }),
)

/** Text that people take for numbers and other things, of which Perl's modules do so too. */
export const speakingText = oneOfThe(
  ['0', '-1', '007', '1e3', '1.0', '.5', '5.', '+5', ' 5', '5 ', '-0', '0x1F', '1_000', '9007199254740993'],
  ['', '~', 'null', 'undef', 'true', 'false', 'yes', 'no', 'Inf', 'NaN', '-inf', '---', '...', '- a', 'a: b'],
  ['=>', '$D', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'HASH(0x1)', '[]', '{}'],
)

export const integers = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.integer({ min: -300, max: 300 }),
  fc.constantFrom(2 ** 31, -(2 ** 31), 2 ** 31 - 1, 2 ** 32, 999_999_999, 1_000_000_000, 10 ** 10),
)
export const longIntegers = fc.oneof(
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
  fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
)
/** Those that no number prints: where a number and an integer look the same, only these are bigints. */
export const longDigits = longIntegers.filter((value) => String(Number(value)) !== String(value))
/** Those that are no integers, and -0: an integer is one to Perl too. */
export const doubles = fc
  .oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: -99_999, max: 99_999 }).map((cents) => cents / 100),
    fc.constantFrom(0.1, 0.1 + 0.2, 1e15 + 0.5, 1.5e-7, 5e-324, Number.MAX_VALUE, 1e20),
  )
  .filter((value) => !Number.isSafeInteger(value) || Object.is(value, -0))
/** Those that 15 digits hold, which is what Perl prints, in no need of an exponent. */
export const shortDoubles = fc
  .integer({ min: -99_999, max: 99_999 })
  .map((cents) => cents / 100)
  .filter((value) => !Number.isInteger(value))
export const nonFinite = fc.constantFrom(Infinity, -Infinity, Number.NaN)
export const booleans = fc.boolean()
/** Strings that are none in JavaScript. */
export const oddStrings = fc.constantFrom(
  new PerlString([0x110000, 97, 34]),
  new PerlString([0xd83d, 0xde00]),
  new PerlString([0x7fffffff]),
)
export const versions = fc
  .constantFrom('v1.22.333', 'v65', 'v1.2', '5.10.1', 'v1_0.2')
  .map((version) => new VString(version))

const classNames = fc.constantFrom('My::Class', 'Plain', 'A::B_1')
const patterns = fc
  .tuple(
    fc.string({
      unit: fc.constantFrom('a', '/', '$', '\\$', '\\@', '\\\\', '|', ' ', '(b)', '\xe9', '\\d'),
    }),
    fc.constantFrom('', 'i', 'msx'),
  )
  .map(([source, flags]) => new Regexp(source, flags))
const fileHandles = fc
  .string({ unit: fc.constantFrom(...'abcd $'.split('')), minLength: 12, maxLength: 12 })
  .map((name) => new ScalarRef(new Glob(`::FH${name}`)))

/** Values of all shapes; made anew each time, so that they can be told from one another by identity. */
export function trees(profile: Profile): fc.Arbitrary<unknown> {
  const { references = [], maxDepth = 5 } = profile
  const has = (reference: Reference): boolean => references.includes(reference)
  const { value } = fc.letrec<{ value: unknown; referent: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth, depthSize: 'large', withCrossShrink: true },
      fc.constant(null),
      { weight: 2, arbitrary: profile.text },
      speakingText,
      ...profile.scalars,
      ...(has('jsonBoolean') ? [fc.boolean().map((value) => new JsonBoolean(value))] : []),
      ...(has('code') ? [fc.constant(null).map(() => new Code())] : []),
      ...(has('fileHandle') ? [fileHandles] : []),
      { weight: 6, arbitrary: tie('referent') },
      ...(has('object')
        ? [fc.tuple(classNames, tie('referent')).map(([name, inner]) => bless(name, inner))]
        : []),
    ),
    referent: fc.oneof(
      { weight: 3, arbitrary: fc.array(tie('value'), { maxLength: 5 }) },
      { weight: 3, arbitrary: hashes(keysOf(profile), tie('value'), { maxKeys: 5 }) },
      ...(has('scalar') ? [tie('value').map((value) => new ScalarRef(value))] : []),
      ...(has('regexp') ? [patterns] : []),
    ),
  }))
  return value.map(copy)
}

/** What a session may be: a hash with something in it, and parts that have to do with one another. */
export function sessions(profile: Profile): fc.Arbitrary<Record<string, unknown>> {
  const session = hashes(keysOf(profile), trees(profile), { minKeys: 3, maxKeys: 6 })
  const kinds = profile.links ?? []
  if (kinds.length === 0) return session.map((value) => copy(value) as Record<string, unknown>)
  const link = fc.tuple(fc.constantFrom(...kinds), fc.nat(30), fc.nat(30))
  return fc
    .tuple(session, fc.array(link, { maxLength: 6 }))
    .map(([session, links]) => linked(copy(session) as Record<string, unknown>, links))
}

function keysOf({ text, keys }: Profile): fc.Arbitrary<string> {
  return keys ?? fc.oneof({ weight: 3, arbitrary: text }, speakingText)
}

function hashes(
  keys: fc.Arbitrary<string>,
  values: fc.Arbitrary<unknown>,
  { minKeys = 0, maxKeys }: { readonly minKeys?: number; readonly maxKeys: number },
): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .uniqueArray(fc.tuple(keys, values), {
      minLength: minKeys,
      maxLength: maxKeys,
      selector: ([key]) => key,
    })
    .map((entries) => {
      const hash = {}
      for (const [key, value] of entries) setKey(hash, key, value)
      return hash
    })
}

function bless(name: string, value: unknown): unknown {
  const isReferent =
    isPlainObject(value) || Array.isArray(value) || value instanceof ScalarRef || value instanceof Regexp
  return isReferent ? new Blessed(name, value as Referent) : value
}

/** The generators hand out one object several times. */
function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy)
  if (value instanceof Blessed) return new Blessed(value.className, copy(value.value) as Referent)
  if (value instanceof ScalarRef) return new ScalarRef(copy(value.value))
  if (value instanceof Regexp) return new Regexp(value.pattern, value.flags)
  if (value instanceof JsonBoolean) return new JsonBoolean(value.value)
  if (value instanceof Code) return new Code()
  if (!isPlainObject(value)) return value
  const hash = {}
  for (const key of Object.keys(value)) setKey(hash, key, copy(value[key]))
  return hash
}

type Container = unknown[] | Record<string, unknown>

/** A hash or array, and what stands in the data for it: itself, or the object that it is the inside of. */
interface Part {
  readonly container: Container
  readonly owner: object
}

/** Makes links between the parts of a value. */
function linked(
  session: Record<string, unknown>,
  links: readonly (readonly [Link, number, number])[],
): Record<string, unknown> {
  const parts = [...partsOf(session, session)]
  const part = (index: number): Part => parts[index % parts.length] as Part
  const locks: (() => void)[] = []
  for (const [kind, from, to] of links) {
    const target = part(to).container
    const name = `${kind} ${from} ${to}`
    if (kind === 'same') put(target, name, part(from).owner)
    else if (kind === 'weak') weaken(target, put(target, name, part(from).owner))
    else if (kind === 'element') linkElement(part(from).container, target, name)
    else if (kind === 'alias') linkAlias(part(from).container, target, name)
    else if (kind === 'hole' && Array.isArray(target)) target[target.length + 1] = name
    else if (kind === 'lock') locks.push(() => lock(part(from).container, to))
  }
  for (const lock of locks) lock()
  return session
}

function* partsOf(value: unknown, owner: unknown): Generator<Part> {
  if (value instanceof Blessed) yield* partsOf(value.value, value)
  else if (value instanceof ScalarRef) yield* partsOf(value.value, value.value)
  else if (Array.isArray(value) || isPlainObject(value)) {
    yield { container: value, owner: owner as object }
    for (const element of Object.values(value)) yield* partsOf(element, element)
  }
}

/** Puts a value into a hash or array, and says where. */
function put(target: Container, name: string, value: unknown): string | number {
  if (Array.isArray(target)) return target.push(value) - 1
  setKey(target, name, value)
  return name
}

function linkElement(source: Container, target: Container, name: string): void {
  const key = firstScalar(source)
  if (key !== undefined) put(target, name, ScalarRef.to(source, key))
}

function linkAlias(source: Container, target: Container, name: string): void {
  const key = firstScalar(source)
  if (key === undefined) return
  const scalar = aliasOf(source, key) ?? {}
  setAlias(source, key, scalar)
  setAlias(target, put(target, name, (source as Record<string | number, unknown>)[key]), scalar)
}

function firstScalar(container: Container): string | number | undefined {
  const key = Object.keys(container)[0]
  if (key === undefined || !isScalar((container as Record<string, unknown>)[key])) return undefined
  return Array.isArray(container) ? Number(key) : key
}

function lock(container: Container, seed: number): void {
  if (Array.isArray(container) || restrictionOf(container) !== undefined) return
  const keys = Object.keys(container)
  // Storable says of an empty hash that it is locked, and reads it as one that is not.
  if (keys.length === 0) return
  // A scalar that several have in common is locked in all of them.
  const mayLock = !keys.some((key) => aliasOf(container, key) !== undefined || isWeak(container, key))
  const readonlyKeys = new Set(mayLock ? keys.filter((_, index) => (seed >> index) % 2 === 1) : [])
  const allowedKeys = new Set(seed % 3 === 0 ? ['once', '\u00e9'].filter((key) => !keys.includes(key)) : [])
  restrict(container, { readonlyKeys, allowedKeys })
}
