import { FreezeError } from '../../errors.ts'
import { isPlainObject } from '../../hash.ts'
import { contentsOf } from './globs.ts'
import { perlDefaults, type PerlOptions } from '../options.ts'
import { jsonBoolean, quote, quotePoints } from './literals.ts'
import { keysTo, perlPath, type Place } from './path.ts'
import { hintFor, nameOf, scriptPath } from '../foreign.ts'
import { areRegexpFlags, holdsCode, writePattern } from '../regexp-literal.ts'
import { keyToPerl, type PerlText, toPerl } from '../text.ts'
import { Blessed, Code, Glob, JsonBoolean, PerlString, Regexp, ScalarRef, VString } from '../values.ts'

/**
 * The value as Data::Dumper writes it for Data::Session: `$D = {'k' => 'v'};`. Where a reference occurs a second time
 * a statement behind puts it right, and a last `$D` makes the whole the value of the image, which Data::Session needs.
 *
 * Two things differ from Perl's own output, in its favour: all finite numbers are written bare, so that they come
 * back as numbers, and doubles with all their digits. `true` and `false` are `!!1` and `!!0`, as newer Data::Dumpers write them, undefined is undef
 * in an array and left out of a hash. Throws `FreezeError`, with the way to the value, for what Perl has no form for.
 */
export function writeDumper(value: unknown, options: Partial<PerlOptions> = {}): Uint8Array {
  try {
    return Buffer.from(new Writer({ ...perlDefaults, ...options }).image(value), 'latin1')
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new FreezeError('DataDumper', 'more levels than the stack has room for', { cause })
  }
}

/** A reference to an element, which can be written once all elements have a place. */
interface ElementReference {
  readonly place: Place
  readonly reference: ScalarRef
  readonly className: string | undefined
}

const plainGlobName = /^(?:::)?[A-Za-z_]\w*(?:::\w+)*$/
const versionString = /^(?:v\d[\d_]*(?:\.\d[\d_]*){0,99}|\d+(?:\.\d+){2,99})$/
const undefinedScalar = 'do{my $o}'

/** The literals of the keys that were written last: keys recur within a record and from record to record. */
const keyLiterals = { characters: new Map(), latin1: new Map(), utf8: new Map() } satisfies Record<
  PerlText,
  Map<string, string>
>

class Writer {
  private readonly options: PerlOptions
  private readonly keys: Map<string, string>
  private readonly places = new Map<object, Place>()
  private readonly elements: ElementReference[] = []
  /** Globs of the data that have contents, by their literals. */
  private readonly globs = new Map<string, readonly unknown[]>()
  private readonly repeats: { readonly place: Place; readonly first: Place }[] = []

  constructor(options: PerlOptions) {
    this.options = options
    this.keys = keyLiterals[options.perlText]
  }

  image(value: unknown): string {
    const statement = `$D = ${this.value(value, undefined, undefined, 1)};`
    if (this.elements.length + this.repeats.length + this.globs.size === 0) return this.checked(statement)
    let statements = this.checked(statement + this.globContents())
    for (const reference of this.elementReferences()) statements = this.checked(statements + reference)
    for (const { place, first } of this.repeats) {
      statements = this.checked(`${statements}${this.path(place)} = ${this.path(first)};`)
    }
    return this.checked(`${statements};$D`)
  }

  private value(value: unknown, parent: Place | undefined, key: Place['key'], depth: number): string {
    switch (typeof value) {
      case 'string':
        return this.quoted(value, parent, key)
      case 'number':
        return this.number(value, parent, key)
      case 'boolean':
        return this.options.perlBooleans === 'native' ? jsonBoolean(value) : value ? '!!1' : '!!0'
      case 'bigint':
        return this.bigint(value, parent, key)
      case 'undefined':
        return 'undef'
      case 'object':
        return value === null ? 'undef' : this.object(value, parent, key, depth)
      default:
        return this.fail(`a ${typeof value}`, parent, key, 'leave it out')
    }
  }

  private object(value: object, parent: Place | undefined, key: Place['key'], depth: number): string {
    const place: Place = { parent, key }
    const first = this.places.get(value)
    if (first !== undefined) return this.repeat(value, place, first)
    if (value instanceof VString || value instanceof Glob || value instanceof PerlString) {
      return this.scalar(value, parent, key)
    }
    const { maxDepth } = this.options
    if (depth > maxDepth) {
      this.fail(`more than ${maxDepth} levels`, parent, key, 'is it a list of linked objects?')
    }
    this.places.set(value, place)
    return value instanceof Blessed ? this.blessed(value, place, depth) : this.referent(value, place, depth)
  }

  private repeat(value: object, place: Place, first: Place): string {
    if (first.inside)
      this.fail('the inside of an object that is also stored as such', place.parent, place.key)
    this.repeats.push({ place, first })
    const referent = value instanceof Blessed ? value.value : value
    return Array.isArray(referent) ? '[]' : isPlainObject(referent) ? '{}' : undefinedScalar
  }

  private referent(value: object, place: Place, depth: number): string {
    if (Array.isArray(value)) return this.array(value, place, depth)
    if (isPlainObject(value)) return this.hash(value, place, depth)
    if (value instanceof ScalarRef) return this.scalarReference(value, place, depth)
    if (value instanceof JsonBoolean) return jsonBoolean(value.value)
    if (value instanceof Regexp) return this.regexp(value, place)
    if (value instanceof Code) return 'sub { "DUMMY" }'
    return this.fail(`a ${nameOf(value)}`, place.parent, place.key, hintFor(value))
  }

  private hash(hash: Record<string, unknown>, place: Place, depth: number): string {
    let text = ''
    for (const key of Object.keys(hash)) {
      const value = hash[key]
      if (value === undefined) continue
      if (text !== '') text += ','
      text += this.key(key, place) + this.value(value, place, key, depth + 1)
      this.checked(text)
    }
    return `{${text}}`
  }

  private key(key: string, place: Place): string {
    const known = this.keys.get(key)
    if (known !== undefined) return known
    this.checked(key)
    const characters = keyToPerl(key, this.options.perlText) ?? this.failText(place, key)
    const literal = `${quote(characters)} => `
    if (this.keys.size >= 1000) this.keys.clear()
    if (key.length < 64) this.keys.set(key, literal)
    return literal
  }

  private array(array: readonly unknown[], place: Place, depth: number): string {
    if (array.length > this.options.maxImageBytes) this.tooLong()
    if ('index' in array) {
      this.fail('the match of a regular expression', place.parent, place.key, 'store what you need of it')
    }
    let text = ''
    for (let index = 0; index < array.length; index++) {
      if (index > 0) text += ','
      text += this.value(array[index], place, index, depth + 1)
      this.checked(text)
    }
    return `[${text}]`
  }

  private scalarReference(reference: ScalarRef, place: Place, depth: number, className?: string): string {
    const atTop = place.parent === undefined
    if (reference.element === undefined || atTop)
      return this.standingAlone(reference, place, depth, className)
    this.elements.push({ place, reference, className })
    return undefinedScalar
  }

  private standingAlone(reference: ScalarRef, place: Place, depth: number, className?: string): string {
    // As `\undef` two references would point to one and the same undef, which nobody may change.
    const value = reference.value ?? null
    if (value === null && className === undefined) return `\\${undefinedScalar}`
    const text = this.value(value, place, undefined, depth + 1)
    if (className === undefined) return `\\${text}`
    const referent = value instanceof Glob ? `\\${text}` : `do{\\(my $o = ${text})}`
    return `bless( ${referent}, ${quote(className)} )`
  }

  private blessed({ className, value }: Blessed, place: Place, depth: number): string {
    const { parent, key } = place
    if (className === '') this.fail('an object of a class without a name', parent, key)
    if (this.places.has(value))
      this.fail('the inside of an object that is also stored elsewhere', parent, key)
    if (value instanceof Blessed || value instanceof JsonBoolean)
      this.fail('an object in an object', parent, key)
    this.places.set(value, { parent, key, inside: true })
    if (value instanceof ScalarRef) return this.scalarReference(value, place, depth, className)
    return `bless( ${this.referent(value, place, depth)}, ${quote(className)} )`
  }

  /** The statements that make scalar references point to the elements that they are references to. */
  private *elementReferences(): Generator<string> {
    const homeless: ElementReference[] = []
    for (let next = 0, alone = 0; ; alone++) {
      for (; next < this.elements.length; next++) {
        const element = this.elements[next] as ElementReference
        const source = this.elementSource(element)
        if (source === undefined) homeless.push(element)
        else yield `${this.path(element.place)} = ${source};`
      }
      const element = homeless[alone]
      if (element === undefined) return
      // The element is no longer in the data: the scalar lives on behind its reference, as it would in Perl.
      const { reference, place, className } = element
      const source = this.elementSource(element) ?? this.standingAlone(reference, place, 1, className)
      yield `${this.path(place)} = ${source};`
    }
  }

  private elementSource({ reference, className }: ElementReference): string | undefined {
    const parent = reference.element && this.places.get(reference.element.container)
    if (parent === undefined || reference.value === undefined) return undefined
    const element = `\\${this.path({ parent, key: reference.element?.key })}`
    return className === undefined ? element : `bless( ${element}, ${quote(className)} )`
  }

  /** The statements that fill globs. They are not part of the data: no place leads into them. */
  private globContents(): string {
    let statements = ''
    for (const [glob, references] of this.globs) {
      for (const reference of references) {
        const writer = new Writer(this.options)
        const text = writer.value(reference, undefined, undefined, 1)
        if (writer.elements.length + writer.repeats.length > 0) {
          this.fail('a glob in which a reference occurs twice', undefined, undefined)
        }
        for (const [inner, more] of writer.globs) if (!this.globs.has(inner)) this.globs.set(inner, more)
        statements = this.checked(`${statements}${glob} = ${text};`)
      }
    }
    return statements
  }

  private path(place: Place): string {
    return perlPath(place, this.options.perlText)
  }

  private number(value: number, parent: Place | undefined, key: Place['key']): string {
    if (Number.isSafeInteger(value)) return Object.is(value, -0) ? '-0.0' : String(value)
    if (!Number.isFinite(value)) this.fail(String(value), parent, key, 'it would come back as text')
    const text = String(value)
    return text.includes('.') || text.includes('e') ? text : value.toExponential()
  }

  private bigint(value: bigint, parent: Place | undefined, key: Place['key']): string {
    if (Number.isSafeInteger(Number(value))) {
      this.fail('a bigint that is no larger than a number', parent, key, 'it would come back as a number')
    }
    if (BigInt.asIntN(64, value) !== value && BigInt.asUintN(64, value) !== value) {
      this.fail('a bigint of more than 64 bits', parent, key, 'store it as text')
    }
    return String(value)
  }

  private scalar(value: VString | Glob | PerlString, parent: Place | undefined, key: Place['key']): string {
    if (value instanceof PerlString) {
      if (!value.codePoints.every(isCodePoint)) this.fail('code points that are none', parent, key)
      return quotePoints(value.codePoints)
    }
    if (value instanceof Glob) {
      const literal = plainGlobName.test(value.name) ? `*${value.name}` : `*{${quote(value.name)}}`
      const contents = contentsOf(value)
      if (contents !== undefined) this.globs.set(literal, contents)
      return literal
    }
    if (!versionString.test(value.literal)) this.fail('a version string that is none', parent, key)
    return value.literal
  }

  private regexp({ pattern, flags }: Regexp, { parent, key }: Place): string {
    if (holdsCode(pattern)) this.fail('a pattern with code in it', parent, key)
    if (!areRegexpFlags(flags)) this.fail('a pattern with unknown flags', parent, key)
    const literal = writePattern(pattern)
    if (literal === undefined) this.fail('a pattern that ends in a backslash', parent, key)
    return `qr/${literal}/${flags}`
  }

  private quoted(text: string, parent: Place | undefined, key: Place['key']): string {
    this.checked(text)
    const { perlText } = this.options
    if (perlText === 'characters') return quote(text)
    return quote(toPerl(text, perlText) ?? this.failText(parent, key))
  }

  private failText(parent: Place | undefined, key: Place['key']): never {
    this.fail(`this text as ${this.options.perlText}`, parent, key, 'see the option perlText')
  }

  private checked(text: string): string {
    if (text.length > this.options.maxImageBytes) this.tooLong()
    return text
  }

  private tooLong(): never {
    throw new FreezeError('DataDumper', `more than ${this.options.maxImageBytes} bytes`)
  }

  private fail(what: string, parent: Place | undefined, key: Place['key'], hint?: string): never {
    const way = parent === undefined ? '' : ` at ${scriptPath(keysTo({ parent, key }))}`
    throw new FreezeError('DataDumper', `${what}${way}${hint === undefined ? '' : `: ${hint}`}`)
  }
}

/** Perl has code points beyond Unicode. */
function isCodePoint(point: unknown): boolean {
  return Number.isInteger(point) && (point as number) >= 0 && (point as number) <= 0xffffffff
}
