import { isAscii } from 'node:buffer'
import { ThawError } from '../../errors.ts'
import { isPlainObject, setKey } from '../../hash.ts'
import { at, backslash, closeBrace, dollar, greater, openBrace, slash, star } from '../ascii.ts'
import { markShared, readRegexp } from './regexp.ts'
import { Scanner } from './scanner.ts'
import { Address, FrozenObject } from './values.ts'
import { perlDefaults, type PerlOptions } from '../options.ts'
import { Blessed, JsonBoolean, type Referent, Regexp, ScalarRef } from '../values.ts'

/**
 * The value in what Perl's FreezeThaw wrote of one value. Every scalar is a string there, but for the numbers and
 * booleans that {@link writeFreezeThaw} has marked. A reference that occurs twice is one object, cycles included.
 *
 * Text with characters above U+00FF, which Perl can write but not read again, is read all the same. Throws `ThawError`
 * with the offset in bytes.
 */
export function parseFreezeThaw(image: Uint8Array, options: PerlOptions = perlDefaults): unknown {
  const { maxImageBytes } = options
  if (image.length > maxImageBytes) throw new ThawError('FreezeThaw', `longer than ${maxImageBytes} bytes`)
  try {
    return new Reader(image, options, false).image()
  } catch (cause) {
    if (!(cause instanceof ThawError)) throw cause
    return readAsUtf8(image, options, cause)
  }
}

/**
 * Whether this image, which is read here, is none that Perl could read: the text had characters above U+00FF, and as
 * bytes it is longer than the lengths in it say.
 */
export function isBeyondPerl(image: Uint8Array, options: PerlOptions): boolean {
  if (isAscii(image)) return false
  try {
    new Reader(image, options, false).image()
    return false
  } catch {
    return true
  }
}

/** The lengths in an image are those of its characters, and a store may have made more bytes of these. */
function readAsUtf8(image: Uint8Array, options: PerlOptions, failure: ThawError): unknown {
  if (isAscii(image)) throw failure
  try {
    return new Reader(image, options, true).image()
  } catch {
    throw failure
  }
}

const exclamation = 33
const percent = 37
const ampersand = 38
const closeParen = 41
const less = 60
const question = 63
const underscore = 95

const signature = Buffer.from('FrT;')

/** What is referred to from several places. It is there, empty, before its contents are read. */
type Shared = Referent | Blessed | JsonBoolean | Address

class Reader extends Scanner {
  private readonly maxDepth: number
  private readonly nativeBooleans: boolean
  private readonly classes = new Map<number, string>()
  private readonly shared: Shared[] = []

  constructor(image: Uint8Array, options: PerlOptions, inUtf8: boolean) {
    super(image, options, inUtf8)
    this.maxDepth = options.maxDepth
    this.nativeBooleans = options.perlBooleans === 'native'
  }

  image(): unknown {
    for (const code of signature) this.expect(code, "'FrT;'")
    if (this.bytes[this.pos] === question) this.fail('a value that stayed in the memory of a Perl process')
    if (this.bytes[this.pos] === exclamation) this.sharedValues()
    const start = this.pos
    this.expect(at, 'a list of one value')
    if (this.number() !== 1) this.fail('not one value but several, or none', start)
    const value = this.value(1)
    if (this.pos < this.bytes.length) this.fail('something after its end')
    if (this.nativeBooleans && this.shared.some((shared) => shared instanceof JsonBoolean)) makeNative(value)
    return value
  }

  /** First one empty value for each, then what is in them. */
  private sharedValues(): void {
    this.pos++
    const last = this.number()
    for (let index = 0; index <= last; index++) this.shared.push(this.emptyShared())
    for (const value of this.shared) this.fillShared(value)
  }

  private emptyShared(): Shared {
    const start = this.pos
    if (this.bytes[start] !== openBrace) return this.empty()
    this.pos++
    const className = this.className()
    const value = this.empty()
    if (className === 'JSON::PP::Boolean' && value instanceof ScalarRef) return new JsonBoolean(false)
    if (value instanceof Address) this.fail('an object that Perl cannot read', start)
    return new Blessed(className, value)
  }

  private empty(): Exclude<Shared, Blessed | JsonBoolean> {
    const start = this.pos
    const value = this.value(1)
    if (value instanceof Regexp) markShared(value)
    if (value instanceof Regexp || value instanceof Address) return value
    if (value instanceof ScalarRef && value.value === null) return value
    if (Array.isArray(value) && value.length === 0) return value
    if (isPlainObject(value) && Object.keys(value).length === 0) return value
    return this.fail('expected an empty value', start)
  }

  private fillShared(shared: Shared): void {
    const start = this.pos
    if (shared instanceof Blessed || shared instanceof JsonBoolean) {
      this.expect(closeBrace, 'an object')
      const className = this.className()
      if (className !== (shared instanceof Blessed ? shared.className : 'JSON::PP::Boolean')) {
        this.fail('an object of another class than before', start)
      }
    }
    if (shared instanceof JsonBoolean) this.fillBoolean(shared)
    else this.fill(shared instanceof Blessed ? shared.value : shared)
  }

  private fillBoolean(boolean: JsonBoolean): void {
    const value = booleanIn(this.value(1)) ?? this.fail('a JSON::PP::Boolean that is neither 0 nor 1')
    Object.assign(boolean, { value })
  }

  private fill(shared: Referent | Address): void {
    const code = this.bytes[this.pos++]
    if (shared instanceof ScalarRef && code === backslash) shared.value = this.value(2)
    else if (shared instanceof Regexp && code === slash) this.regexp(shared)
    else if (Array.isArray(shared) && code === at) this.array(shared, 1)
    else if (isPlainObject(shared) && code === percent) this.hash(shared, 1)
    else if (shared instanceof Address && (code === ampersand || code === star)) this.address(code)
    else this.fail('another kind of value than before, as only its class can read it', this.pos - 1)
  }

  private value(depth: number): unknown {
    const code = this.bytes[this.pos++]
    switch (code) {
      case dollar:
        return this.scalar()
      case underscore:
        return null
      case percent:
        return this.hash({}, depth)
      case at:
        return this.array([], depth)
      case less:
        return this.again()
      case backslash:
        this.checkDepth(depth)
        return new ScalarRef(this.value(depth + 1))
      case greater:
        return this.object(depth)
      case slash:
        return this.regexp(new Regexp(''))
      case ampersand:
      case star:
        return this.address(code)
      default:
        return this.fail(code === undefined ? 'it ends too early' : 'expected a value', this.pos - 1)
    }
  }

  /** All the keys, then all the values. */
  private hash(hash: Record<string, unknown>, depth: number): Record<string, unknown> {
    this.checkDepth(depth)
    const start = this.pos
    const count = this.number()
    if (count % 2 !== 0) this.fail('a hash with a key that has no value', start)
    const keys: string[] = []
    for (let left = count; left > 0; left -= 2) keys.push(this.key())
    for (const key of keys) setKey(hash, key, this.value(depth + 1))
    return hash
  }

  private array(array: unknown[], depth: number): unknown[] {
    this.checkDepth(depth)
    for (let left = this.number(); left > 0; left--) array.push(this.value(depth + 1))
    return array
  }

  private again(): unknown {
    const start = this.pos - 1
    return this.shared[this.number()] ?? this.fail('a shared value that is not there', start)
  }

  private object(depth: number): unknown {
    const className = this.className()
    const code = this.bytes[this.pos]
    // In a shared value or another object it is the class that decided to write this.
    const isOwn = code !== less && code !== greater
    if (code === greater) this.checkDepth(depth)
    const value = this.value(code === greater ? depth + 1 : depth)
    if (!isOwn || !isReferent(value)) return new FrozenObject(className, value)
    const boolean = className === 'JSON::PP::Boolean' ? booleanIn(value) : undefined
    if (boolean === undefined) return new Blessed(className, value)
    return this.nativeBooleans ? boolean : new JsonBoolean(boolean)
  }

  /** `>0|$5|Class` where a class occurs first, `)0|` from then on. */
  private className(): string {
    const start = this.pos
    const code = this.bytes[this.pos++]
    if (code !== greater && code !== closeParen) this.fail('expected a class', start)
    const id = this.number()
    if (code === closeParen) return this.classes.get(id) ?? this.fail('a class that has no name', start)
    this.expect(dollar, 'the name of a class')
    const name = this.name('the name of a class')
    if (name === '') this.fail('a class without a name', start)
    this.classes.set(id, name)
    return name
  }

  private regexp(regexp: Regexp): Regexp {
    const start = this.pos - 1
    if (!readRegexp(regexp, this.name('a pattern'))) {
      this.fail('a pattern with code in it or with unknown flags: only data can be read', start)
    }
    return regexp
  }

  private address(code: number): Address {
    this.expect(dollar, 'an address')
    return new Address(code === star ? 'glob' : 'code', this.name('an address'))
  }

  private checkDepth(depth: number): void {
    if (depth > this.maxDepth) this.fail(`more than ${this.maxDepth} levels deep`)
  }
}

function isReferent(value: unknown): value is Referent {
  return isPlainObject(value) || Array.isArray(value) || value instanceof ScalarRef || value instanceof Regexp
}

/** What a JSON::PP::Boolean with this inside is; undefined when that is no boolean. */
function booleanIn(value: unknown): boolean | undefined {
  const scalar = value instanceof ScalarRef ? value.value : undefined
  return scalar === '1' || scalar === 1 ? true : scalar === '0' || scalar === 0 ? false : undefined
}

/** Perl has one object for all its JSON::PP::Booleans that are true, so they are shared values. */
function makeNative(top: unknown): void {
  const seen = new Set<unknown>()
  const waiting = [top]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (typeof value !== 'object' || value === null || seen.has(value)) continue
    seen.add(value)
    const container = value as Record<string, unknown>
    const keys = value instanceof ScalarRef ? ['value'] : Object.keys(container)
    for (const key of keys) {
      const element = container[key]
      if (element instanceof JsonBoolean) setKey(container, key, element.value)
      else waiting.push(element)
    }
  }
}
