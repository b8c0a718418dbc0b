import { isPlainObject } from '../../hash.ts'
import { hintFor, nameOf } from '../foreign.ts'
import {
  aliasOf,
  hasAliases,
  hasRestrictions,
  hasTexts,
  hasWeak,
  isOverloaded,
  isWeak,
  restrictionOf,
  textsOf,
} from '../marks.ts'
import { type PerlOptions, perlDefaults } from '../options.ts'
import { areRegexpFlags, narrowPattern } from '../regexp-literal.ts'
import { hashFlag, hookFlag, hookKinds, keyFlag, longClass, shortClass, shortLength, SX } from './codes.ts'
import { type Flavour, native } from './header.ts'
import { below, Problem } from './problem.ts'
import { StorableSink } from './sink.ts'
import { isWide } from '../text.ts'
import { isVersionLiteral, versionPoints } from '../version-literal.ts'
import {
  Blessed,
  Code,
  type Element,
  JsonBoolean,
  PerlString,
  Regexp,
  ScalarRef,
  StorableHook,
  Tied,
  VString,
} from '../values.ts'

/**
 * The image that Storable's `freeze` makes of a reference to this value, or one of its relatives, by the flavour.
 *
 * Numbers, text, null and undefined (in an array; a hash leaves it out) are Perl's own; holes in an array stay holes.
 * `true` and `false` are 1 and '' to Perl, as its own are in Storable before 3.27. In network order, which has no
 * doubles and no integers of more than 32 bits, these are text to Perl, as Storable itself writes them. Here all of
 * them come back as what they were. Throws `FreezeError`, with the way to the value, for what Storable has no form for.
 */
export function freezeStorable(
  value: unknown,
  options: PerlOptions = perlDefaults,
  flavour: Flavour = native,
): Buffer {
  const notes: Notes = { elements: hasAliases(), wideKeys: false, classes: new Map(), missedClass: false }
  for (;;) {
    try {
      const image = new Writer(flavour, options, notes).image(value)
      if (!notes.missedClass) return image
    } catch (error) {
      if (error !== isIncomplete) throw error
    }
    notes.missedClass = false
  }
}

/**
 * What writing came upon too late. All of it is rare, and to look for it takes long: so writing begins again when it
 * is met.
 */
interface Notes {
  /** Whether there are references to elements, so that each element's number must be known. */
  elements: boolean
  /** Whether there are keys with characters of more than a byte. */
  wideKeys: boolean
  /** The classes of elements that are objects themselves. */
  readonly classes: Map<object, Map<string | number, string>>
  /** Whether such an element was written before its class was known. */
  missedClass: boolean
}

const isIncomplete = new Error('written in part')

type Container = Element['container'] | ScalarRef | Tied | StorableHook
type Texts = ReturnType<typeof textsOf>

class Writer extends StorableSink {
  private readonly maxDepth: number
  private readonly nativeBooleans: boolean
  /** How many items were written: each has a number, by which it can be named later. */
  private items = 0
  private readonly tags = new Map<object, number>()
  private classNumbers: Map<string, number> | undefined
  private readonly notes: Notes
  /** The numbers of elements, and of scalars that are several elements. */
  private readonly elements: Map<object, Map<string | number, number>> | undefined
  private scalars: Map<object, number> | undefined
  private readonly withWeak = hasWeak()
  private readonly withRestrictions = hasRestrictions()
  private readonly withTexts = hasTexts()
  /** Whether somebody has put keys into the prototype of all objects. */
  private readonly inherits = hasInheritedKeys()

  constructor(flavour: Flavour, options: PerlOptions, notes: Notes) {
    super(flavour, options)
    this.maxDepth = options.maxDepth
    this.nativeBooleans = options.perlBooleans === 'native'
    this.notes = notes
    this.elements = notes.elements ? new Map() : undefined
  }

  image(value: unknown): Buffer {
    try {
      if (typeof value !== 'object' || value === null) this.fail('a value that is no reference')
      this.referent(value, 1)
      return this.taken()
    } catch (error) {
      this.release()
      throw error instanceof Problem ? error.asFreezeError() : error
    }
  }

  protected fail(what: string, hint?: string): never {
    throw new Problem(what, hint)
  }

  private tooDeep(): never {
    this.fail(`more than ${this.maxDepth} levels`, 'is it a list of linked objects?')
  }

  private scalar(
    value: unknown,
    container: Container,
    key: string | number,
    depth: number,
    texts: Texts,
  ): void {
    if (this.elements !== undefined && this.isKnownScalar(this.elements, container, key)) return
    this.items++
    switch (typeof value) {
      case 'string':
        return this.string(value, texts !== undefined && texts.get(key) === value)
      case 'number':
        return this.number(value)
      case 'boolean':
        return this.nativeBooleans ? this.jsonBoolean(value) : this.boolean(value)
      case 'bigint':
        return this.bigint(value)
      case 'undefined':
        return this.byte(SX.UNDEF)
      case 'object':
        if (value === null) this.byte(SX.UNDEF)
        else if (value instanceof PerlString) this.perlString(value, texts?.get(key) === value)
        else this.object(value, container, key, depth)
        return
      default:
        this.fail(`a ${typeof value}`, 'leave it out')
    }
  }

  /** Names an element's scalar if it has been written; else notes its number, and writes its class. */
  private isKnownScalar(
    elements: Map<object, Map<string | number, number>>,
    container: Container,
    key: string | number,
  ): boolean {
    const alias = aliasOf(container, key)
    let keys = elements.get(container)
    if (keys === undefined) elements.set(container, (keys = new Map()))
    const tag = (alias && this.scalars?.get(alias)) ?? keys.get(key)
    keys.set(key, tag ?? this.items)
    if (tag !== undefined) {
      this.known(tag)
      return true
    }
    if (alias !== undefined) {
      this.scalars ??= new Map()
      this.scalars.set(alias, this.items)
    }
    const className = this.notes.classes.get(container)?.get(key)
    if (className !== undefined) this.bless(className)
    return false
  }

  private known(tag: number): void {
    this.reserve(5)
    this.bytes[this.at] = SX.OBJECT
    this.at = this.bytes.writeUInt32BE(tag, this.at + 1)
  }

  private object(value: object, container: Container, key: string | number, depth: number): void {
    const isPlain = Array.isArray(value) || isPlainObject(value)
    if (!isPlain) {
      if (value instanceof VString) return this.versionString(value)
      if (value instanceof Tied && value.kind !== 'array' && value.kind !== 'hash')
        return this.tiedScalar(value, depth)
    }
    const overloads = !isPlain && (value instanceof JsonBoolean || isOverloaded(value))
    if (this.withWeak && isWeak(container, key)) this.byte(overloads ? SX.WEAKOVERLOAD : SX.WEAKREF)
    else this.byte(overloads ? SX.OVERLOAD : SX.REF)
    this.referent(value, depth)
  }

  private versionString({ literal }: VString): void {
    if (!isVersionLiteral(literal)) this.fail('a version string that is none')
    this.version(literal)
    this.perlString(new PerlString(versionPoints(literal)))
  }

  private jsonBoolean(value: boolean): void {
    this.byte(SX.OVERLOAD)
    this.items++
    this.bless('JSON::PP::Boolean')
    this.number(value ? 1 : 0)
  }

  /** What a reference points to. */
  private referent(value: object, depth: number): void {
    const tag = this.tags.get(value)
    if (tag !== undefined) return this.known(tag)
    if (depth > this.maxDepth) this.tooDeep()
    this.tags.set(value, this.items)
    if (Array.isArray(value)) this.array(value, depth)
    else if (isPlainObject(value)) this.hash(value, depth)
    else if (value instanceof Blessed) this.blessed(value, depth)
    else this.special(value, depth)
  }

  private blessed(object: Blessed, depth: number): void {
    const { className, value } = object
    if (className === '') this.fail('an object of a class without a name')
    if (this.tags.has(value)) this.fail('the inside of an object that is also stored elsewhere')
    this.tags.set(value, this.items)
    if (value instanceof ScalarRef && value.element !== undefined) {
      this.noteClass(value.element, className)
      this.scalarReferent(value, depth)
      this.tags.set(object, this.tags.get(value)!)
      return
    }
    if (value instanceof JsonBoolean) this.fail('an object in an object')
    this.bless(className)
    if (Array.isArray(value)) this.array(value, depth)
    else if (isPlainObject(value)) this.hash(value, depth)
    else if (value instanceof Regexp) this.regexp(value)
    else this.special(value, depth)
  }

  private noteClass({ container, key }: Element, className: string): void {
    const { classes } = this.notes
    const known = classes.get(container)
    if (known?.has(key) === true) return
    if (known === undefined) classes.set(container, new Map([[key, className]]))
    else known.set(key, className)
    if (this.elements?.get(container)?.has(key) === true) this.notes.missedClass = true
  }

  private special(value: object, depth: number): void {
    if (value instanceof ScalarRef) return this.scalarReferent(value, depth)
    if (value instanceof JsonBoolean) {
      this.items++
      this.bless('JSON::PP::Boolean')
      return this.number(value.value ? 1 : 0)
    }
    if (value instanceof Regexp) {
      this.bless('Regexp')
      return this.regexp(value)
    }
    if (value instanceof StorableHook) return this.hook(value, depth)
    if (value instanceof Code) return this.code(value)
    if (value instanceof Tied && (value.kind === 'array' || value.kind === 'hash')) {
      this.items++
      this.byte(value.kind === 'array' ? SX.TIED_ARRAY : SX.TIED_HASH)
      return this.step(depth, 'object', value.object, value)
    }
    this.fail(`a ${nameOf(value)}`, hintFor(value))
  }

  /** A scalar of its own, or an element: if that comes later, it will name what is written here. */
  private scalarReferent(reference: ScalarRef, depth: number): void {
    const { element } = reference
    if (element === undefined) return this.step(depth, undefined, reference.value, reference)
    if (this.elements === undefined) {
      this.notes.elements = true
      throw isIncomplete
    }
    this.step(depth, undefined, reference.value, element.container, element.key)
    this.tags.set(reference, this.elements.get(element.container)!.get(element.key)!)
  }

  /** Writes a scalar below the present level. `key`: as the way to it is shown. */
  private step(
    depth: number,
    key: string | undefined,
    value: unknown,
    container: Container,
    slotKey: string | number = key ?? 'value',
  ): void {
    try {
      this.scalar(value, container, slotKey, depth + 1, this.textsOf(container))
    } catch (error) {
      throw below(error, key)
    }
  }

  private textsOf(container: Container): Texts {
    return this.withTexts ? textsOf(container) : undefined
  }

  private array(array: unknown[], depth: number): void {
    this.items++
    this.byte(SX.ARRAY)
    this.int32(array.length)
    if ('index' in array) this.fail('the match of a regular expression', 'store what you need of it')
    const texts = this.textsOf(array)
    let index = 0
    try {
      for (; index < array.length; index++) {
        const value = array[index]
        if (value === undefined && !(index in array)) {
          this.items++
          this.byte(SX.SV_UNDEF)
        } else {
          this.scalar(value, array, index, depth + 1, texts)
        }
      }
    } catch (error) {
      throw below(error, index)
    }
  }

  private hash(hash: Record<string, unknown>, depth: number): void {
    if (this.withRestrictions && restrictionOf(hash) !== undefined) return this.flagHash(hash, depth)
    if (this.notes.wideKeys && Object.keys(hash).some((key) => isWide(this.keyCharacters(key))))
      return this.flagHash(hash, depth)
    this.items++
    this.byte(SX.HASH)
    const start = this.at
    this.int32(0)
    let size = 0
    const texts = this.textsOf(hash)
    let key = ''
    try {
      // V8 reads the values of such a loop several times faster than those of a list of keys.
      for (key in hash) {
        const value = hash[key]
        if (value === undefined || (this.inherits && !Object.hasOwn(hash, key))) continue
        this.scalar(value, hash, key, depth + 1, texts)
        if (!this.narrowKey(key)) {
          this.notes.wideKeys = true
          throw isIncomplete
        }
        size++
      }
    } catch (error) {
      throw below(error, key)
    }
    this.putInt32(size, start)
  }

  /** A hash that is locked, or has keys with characters of more than a byte. */
  private flagHash(hash: Record<string, unknown>, depth: number): void {
    const restriction = restrictionOf(hash)
    this.items++
    this.byte(SX.FLAG_HASH)
    this.byte(restriction === undefined ? 0 : hashFlag.restricted)
    const start = this.at
    this.int32(0)
    let size = 0
    for (const key of Object.keys(hash)) {
      if (hash[key] === undefined) continue
      this.step(depth, key, hash[key], hash)
      this.flaggedKey(key, restriction?.readonlyKeys.has(key) === true ? keyFlag.locked : 0)
      size++
    }
    for (const key of restriction?.allowedKeys ?? []) {
      if (hash[key] !== undefined) continue
      this.items++
      this.byte(SX.SV_UNDEF)
      this.flaggedKey(key, keyFlag.placeholder)
      size++
    }
    this.putInt32(size, start)
  }

  private flaggedKey(key: string, flags: number): void {
    const flagsAt = this.at
    this.byte(flags)
    if (this.narrowKey(key)) return
    this.bytes[flagsAt] = flags | keyFlag.utf8
    this.wideKey(key)
  }

  private bless(className: string): void {
    const number = this.classNumbers?.get(className)
    if (number !== undefined) {
      this.byte(SX.IX_BLESS)
      return this.classLength(number)
    }
    if (isWide(className)) this.fail('a class whose name has characters above 255')
    this.numberClass(className)
    this.byte(SX.BLESS)
    this.classLength(className.length)
    this.latin1(className)
  }

  private numberClass(className: string): void {
    this.classNumbers ??= new Map()
    this.classNumbers.set(className, this.classNumbers.size)
  }

  private classLength(length: number): void {
    this.byte(length > shortClass ? longClass : length)
    if (length > shortClass) this.int32(length)
  }

  private regexp({ pattern, flags }: Regexp): void {
    if (!areRegexpFlags(flags)) this.fail('a pattern with unknown flags')
    this.items++
    this.pattern(narrowPattern(pattern), flags)
  }

  private code({ source }: Code): void {
    if (source === undefined) this.fail('code')
    this.items += 2
    this.byte(SX.CODE)
    this.string(source)
  }

  private tiedScalar({ kind, object, key }: Tied, depth: number): void {
    if (depth > this.maxDepth) this.tooDeep()
    const tied = new Tied('scalar', object)
    if (kind === 'scalar') this.byte(SX.TIED_SCALAR)
    else this.byte(typeof key === 'number' ? SX.TIED_IDX : SX.TIED_KEY)
    this.step(depth, 'object', object, tied)
    if (kind === 'scalar') return
    if (typeof key === 'number') this.int32(key)
    else this.step(depth, 'key', key, tied)
  }

  /** What the class gave along goes before the object's own bytes, unless it has been written. */
  private hook(hook: StorableHook, depth: number): void {
    const { className, kind, frozen, references } = hook
    const type = hookKinds.indexOf(kind)
    const isTied = type > hookFlag.typeMask
    const typeFlags = Math.min(type, hookFlag.typeMask)
    this.items++
    this.byte(SX.HOOK)
    let isFirst = true
    const flags = (flags: number): void => {
      this.byte(flags | typeFlags)
      if (isFirst && isTied) this.byte(type)
      isFirst = false
    }
    for (const reference of references) {
      if (typeof reference !== 'object' || reference === null)
        this.fail('a hook with a reference that is none')
      if (this.tags.has(reference)) continue
      flags(hookFlag.recurse)
      this.referent(reference, depth + 1)
    }
    const number = this.classNumbers?.get(className)
    if (number === undefined) this.numberClass(className)
    flags(hookFlags(number, hook))
    this.hookLength(number ?? className.length)
    if (number === undefined) this.latin1(className)
    this.hookLength(frozen.length)
    this.octets(frozen)
    if (references.length > 0) this.hookLength(references.length)
    for (const reference of references as object[]) {
      this.reserve(4)
      this.at = this.bytes.writeUInt32BE(this.tags.get(reference)!, this.at)
    }
    if (isTied) this.step(depth, 'tiedTo', hook.tiedTo, hook)
  }

  private hookLength(length: number): void {
    if (length > shortLength) this.int32(length)
    else this.byte(length)
  }
}

function hasInheritedKeys(): boolean {
  for (const _ in Object.prototype) return true
  return false
}

function hookFlags(classNumber: number | undefined, { className, frozen, references }: StorableHook): number {
  return (
    (classNumber === undefined ? 0 : hookFlag.classIndex) |
    ((classNumber ?? className.length) > shortLength ? hookFlag.largeClass : 0) |
    (frozen.length > shortLength ? hookFlag.largeString : 0) |
    (references.length > 0 ? hookFlag.list : 0) |
    (references.length > shortLength ? hookFlag.largeList : 0)
  )
}
