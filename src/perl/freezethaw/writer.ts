import { inspect } from 'node:util'
import { FreezeError } from '../../errors.ts'
import { isPlainObject } from '../../hash.ts'
import { at, backslash, closeBrace, greater, openBrace } from '../ascii.ts'
import { hintFor, nameOf, scriptPath } from '../foreign.ts'
import { writeRegexp } from './regexp.ts'
import { isNumberToo, writeBigint, writeBoolean, writeNumber } from './scalars.ts'
import { findShared, hasIdentity } from './sharing.ts'
import { FreezeThawSink, percent, underscore } from './sink.ts'
import { Address, FrozenObject } from './values.ts'
import { perlDefaults, type PerlOptions } from '../options.ts'
import { orderedKeys } from './ordered-keys.ts'
import { narrowPattern } from '../regexp-literal.ts'
import { isWide, keyToPerl } from '../text.ts'
import { Blessed, Code, Glob, JsonBoolean, PerlString, Regexp, ScalarRef, VString } from '../values.ts'

/**
 * The value as Perl's FreezeThaw writes it, keys in order: what that module wrote and {@link parseFreezeThaw} read
 * comes out byte for byte. Numbers and booleans are the strings that Perl would make of them, with a mark that Perl
 * does not see: a length that begins with zeros.
 *
 * Throws `FreezeError`, with the way to the value, for what has no form there, text with characters above U+00FF
 * included: Perl would write it, and not be able to read it. `inUtf8` writes such an image all the same, for one that
 * was so before.
 */
export function writeFreezeThaw(
  value: unknown,
  options: PerlOptions = perlDefaults,
  inUtf8 = false,
): Uint8Array {
  const image = new Writer(options, none, inUtf8).tree(value)
  if (image !== undefined) return image
  const shared = findShared(value, (hash) => orderedKeys(hash, options.perlText))
  return new Writer(options, shared, inUtf8).graph(value)
}

const none: ReadonlyMap<object, number> = new Map()
const emptyPattern = '/5|(?^:)'
/** Where a value of one of these classes occurs twice, Perl's module forgets the class. */
const typeNames = new Set(['ARRAY', 'HASH', 'SCALAR', 'REF', 'CODE', 'GLOB', 'Regexp'])
const wideWayOut = 'Perl could not read it; see the option perlText, or use another serializer'

class Writer extends FreezeThawSink {
  private readonly options: PerlOptions
  private readonly shared: ReadonlyMap<object, number>
  private readonly classes = new Map<string, number>()
  private readonly seen = new Set<object>()
  private readonly insides = new Set<object>()
  /** The keys that lead to the value at hand, the top having none: `path[1]` is the first. */
  private readonly path: (string | number | undefined)[] = []
  private depth = 1
  /** Whether nothing occurred twice or lay too deep. */
  private isTree = true

  constructor(options: PerlOptions, shared: ReadonlyMap<object, number>, inUtf8: boolean) {
    super(options, inUtf8)
    this.options = options
    this.shared = shared
  }

  /** The image, if nothing in it is shared. */
  tree(value: unknown): Uint8Array | undefined {
    this.latin1('FrT;@1|')
    this.value(value)
    if (this.isTree) return this.taken()
    this.release()
    return undefined
  }

  graph(value: unknown): Uint8Array {
    this.latin1(this.shared.size > 0 ? `FrT;!${this.shared.size - 1}|` : 'FrT;')
    for (const object of this.shared.keys()) this.empty(object)
    for (const object of this.shared.keys()) this.instance(object)
    this.latin1('@1|')
    this.value(value)
    return this.taken()
  }

  private value(value: unknown): void {
    switch (typeof value) {
      case 'string':
        if (!this.text(value)) this.failText(value)
        return
      case 'number':
        this.latin1(writeNumber(value))
        return
      case 'boolean':
        if (this.options.perlBooleans === 'native') this.jsonBoolean(value)
        else this.latin1(writeBoolean(value))
        return
      case 'bigint':
        if (isNumberToo(value))
          this.fail('a bigint that is a number as well', 'it would come back as a number')
        this.latin1(writeBigint(value))
        return
      case 'undefined':
        this.byte(underscore)
        return
      case 'object':
        if (value === null) this.byte(underscore)
        else this.object(value)
        return
      default:
        this.fail(`a ${typeof value}`, 'leave it out')
    }
  }

  private object(value: object): void {
    const number = this.shared === none ? undefined : this.shared.get(value)
    if (number !== undefined) this.latin1(`<${number}|`)
    else if (this.seen.has(value)) this.again(value)
    else if (value instanceof PerlString) this.points(value)
    else if (this.depth > this.options.maxDepth) this.tooDeep()
    else {
      if (hasIdentity(value)) this.seen.add(value)
      if (value instanceof Blessed) {
        this.byte(greater)
        this.blessed(value)
      } else this.referent(value)
    }
  }

  private again(value: object): void {
    if (this.insides.has(value) || this.shared !== none) {
      this.fail('the inside of an object that is also stored as such')
    }
    this.isTree = false
  }

  /** What lies too deep on this way may be nearer on another, when it is written apart because it occurs twice. */
  private tooDeep(): void {
    if (this.shared !== none) {
      this.fail(`more than ${this.options.maxDepth} levels`, 'is it a list of linked objects?')
    }
    this.isTree = false
  }

  private blessed({ className, value }: Blessed): void {
    this.className(className)
    if (!(value instanceof Regexp)) {
      if (this.seen.has(value)) this.fail('the inside of an object that is also stored elsewhere')
      this.seen.add(value)
      this.insides.add(value)
    }
    this.referent(value)
  }

  private referent(value: object): void {
    if (Array.isArray(value)) this.array(value)
    else if (isPlainObject(value)) this.hash(value)
    else if (value instanceof ScalarRef) this.scalarReference(value)
    else if (value instanceof JsonBoolean) this.jsonBoolean(value.value)
    else if (value instanceof Regexp) this.regexp(value)
    else if (value instanceof Address) this.latin1(this.address(value))
    else if (value instanceof FrozenObject) {
      this.byte(greater)
      this.className(value.className)
      this.value(value.content)
    } else this.failForeign(value)
  }

  /** All the keys, then all the values. */
  private hash(hash: Record<string, unknown>): void {
    const keys = orderedKeys(hash, this.options.perlText)
    this.count(percent, 2 * keys.length)
    const depth = this.depth++
    for (const key of keys) {
      if (this.text(key, keyToPerl)) continue
      this.path[depth] = key
      this.failText(key)
    }
    for (const key of keys) {
      this.path[depth] = key
      this.value(hash[key])
    }
    this.depth = depth
  }

  private array(array: readonly unknown[]): void {
    if ('index' in array) this.fail('the match of a regular expression', 'store what you need of it')
    this.count(at, array.length)
    const depth = this.depth++
    for (let index = 0; index < array.length; index++) {
      this.path[depth] = index
      this.value(array[index])
    }
    this.depth = depth
  }

  private scalarReference(reference: ScalarRef): void {
    if (reference.element !== undefined) {
      this.fail('a reference to an element', 'Perl would read a reference to a copy')
    }
    this.byte(backslash)
    this.path[this.depth++] = undefined
    this.value(reference.value)
    this.depth--
  }

  private regexp(regexp: Regexp): void {
    const whole = writeRegexp(regexp)
    if (whole === undefined) {
      this.fail('a pattern with code in it, with unknown flags, or that ends in a backslash')
    }
    const text = this.inUtf8 ? whole : narrowPattern(whole)
    this.latin1(`/${this.lengthOf(text)}|${text}`)
  }

  private jsonBoolean(value: boolean): void {
    this.byte(greater)
    this.className('JSON::PP::Boolean')
    this.latin1(insideOfBoolean(value))
  }

  /** `>0|$5|Class` where a class occurs first, `)0|` from then on. */
  private className(name: string): void {
    const known = this.classes.get(name)
    if (known !== undefined) {
      this.latin1(`)${known}|`)
      return
    }
    if (name === '') this.fail('an object of a class without a name')
    if (isWide(name) && !this.inUtf8) this.fail('an object of a class with characters above U+00FF')
    this.latin1(`>${this.classes.size}|$${this.lengthOf(name)}|${name}`)
    this.classes.set(name, this.classes.size)
  }

  /** What is there for a shared value before its contents are. */
  private empty(object: object): void {
    if (object instanceof JsonBoolean) this.emptyObject('JSON::PP::Boolean', '\\_')
    else if (object instanceof Address) this.latin1(this.address(object))
    else if (object instanceof Blessed && !typeNames.has(object.className)) {
      this.emptyObject(object.className, emptyForm(object.value))
    } else if (object instanceof Blessed || object instanceof FrozenObject) {
      throw new FreezeError('FreezeThaw', `an object of class ${object.className} that occurs twice`)
    } else this.latin1(emptyForm(object))
  }

  private emptyObject(className: string, form: string): void {
    this.byte(openBrace)
    this.className(className)
    this.latin1(form)
  }

  private instance(object: object): void {
    if (object instanceof JsonBoolean) {
      this.byte(closeBrace)
      this.className('JSON::PP::Boolean')
      this.latin1(insideOfBoolean(object.value))
    } else if (object instanceof Blessed) {
      this.byte(closeBrace)
      this.blessed(object)
    } else this.referent(object)
  }

  private address({ kind, text }: Address): string {
    if (isWide(text) && !this.inUtf8) this.fail('an Address with characters above U+00FF')
    return `${kind === 'code' ? '&' : '*'}$${this.lengthOf(text)}|${text}`
  }

  private points({ codePoints }: PerlString): void {
    if (!this.codePoints(codePoints)) this.fail('text with characters above U+00FF', wideWayOut)
  }

  private failText(text: string): never {
    if (this.options.perlText === 'utf8') this.fail(`half a character in ${inspect(text)}`, 'it has no UTF-8')
    return this.fail('text with characters above U+00FF', wideWayOut)
  }

  private failForeign(value: object): never {
    if (value instanceof Code) this.fail('a Code', 'Perl could not read the record')
    const isScalar = value instanceof VString || value instanceof Glob
    return this.fail(`a ${nameOf(value)}`, isScalar ? 'Perl would read a string' : hintFor(value))
  }

  private fail(what: string, hint?: string): never {
    const way = scriptPath(this.path.slice(1, this.depth))
    throw new FreezeError(
      'FreezeThaw',
      `${what}${way && ` at ${way}`}${hint === undefined ? '' : `: ${hint}`}`,
    )
  }
}

function emptyForm(object: object): string {
  if (Array.isArray(object)) return '@0|'
  if (object instanceof ScalarRef) return '\\_'
  return object instanceof Regexp ? emptyPattern : '%0|'
}

function insideOfBoolean(value: boolean): string {
  return value ? '\\$1|1' : '\\$1|0'
}
