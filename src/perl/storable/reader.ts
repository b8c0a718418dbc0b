import type { Hash } from '../../contracts/serializer.ts'
import { setKey } from '../../hash.ts'
import { markText, overload, restrict, setAlias, weaken } from '../marks.ts'
import { type PerlOptions, perlDefaults } from '../options.ts'
import { areRegexpFlags } from '../regexp-literal.ts'
import { StorableBytes } from './bytes.ts'
import { hashFlag, hookFlag, hookKinds, keyFlag, longClass, longPattern, SX, tiedHook } from './codes.ts'
import {
  Blessed,
  Code,
  type Element,
  isScalar,
  JsonBoolean,
  type Referent,
  Regexp,
  ScalarRef,
  StorableHook,
  Tied,
  VString,
} from '../values.ts'
import { isVersionLiteral } from '../version-literal.ts'

/**
 * The value in an image of Storable's `freeze`, `nfreeze`, `store` or `nstore`: what the reference points to that
 * `thaw` returns. Nothing in it is run, and classes are not looked up; time and memory grow with its length.
 *
 * Hashes become plain objects, arrays arrays (holes included), undef null, integers beyond 2^53 bigints. What is left
 * are the classes of `values.ts`, and the marks of `marks.ts`. What occurs twice is one object. As Storable itself, it
 * takes no notice of bytes behind the value. Throws `ThawError`, with the offset in bytes.
 */
export function thawStorable(image: Uint8Array, options: PerlOptions = perlDefaults): unknown {
  try {
    return new Reader(image, options).image()
  } catch (error) {
    if (error !== isNoTree) throw error
    return new Reader(image, options, true).image()
  }
}

/** Thrown where a scalar is met again. Rare, and to remember all of them takes long: so it is done only then. */
const isNoTree = new Error('a scalar is met again')

/** A scalar that is an element of something, or what a `ScalarRef` refers to. */
interface Slot {
  readonly container: Element['container'] | ScalarRef | Tied
  /** Known behind the value, in a hash. */
  key: string | number
  className?: string | undefined
  reference?: ScalarRef | undefined
}

/** These are part of an item, or name one that has its number. */
const isNotCounted = new Set<number>([SX.OBJECT, SX.BLESS, SX.IX_BLESS, SX.VSTRING, SX.LVSTRING])

const isText = new Set<number>([SX.SCALAR, SX.LSCALAR, SX.UTF8STR, SX.LUTF8STR])

class Reader extends StorableBytes {
  private readonly maxDepth: number
  private readonly nativeBooleans: boolean
  /** How many items have been met: each has a number, by which it can be named later. */
  private items = 0
  private readonly tags: number[] = []
  private readonly referents: unknown[] = []
  private readonly classNames: string[] = []
  private readonly slots: Map<number, Slot> | undefined
  private readonly aliases: [Slot, Slot][] = []
  private readonly weak: Slot[] = []

  constructor(image: Uint8Array, options: PerlOptions, withSlots = false) {
    super(image, options)
    this.maxDepth = options.maxDepth
    this.nativeBooleans = options.perlBooleans === 'native'
    this.slots = withSlots ? new Map() : undefined
  }

  image(): unknown {
    const value = this.referent(1)
    for (const [slot, target] of this.aliases) this.join(slot, target)
    for (const { container, key } of this.weak) weaken(container, key)
    return value
  }

  /** A scalar: a plain value, or a reference to what follows. */
  private scalar(depth: number, slot: Slot | undefined): unknown {
    const code = this.byte()
    if (slot !== undefined) this.number(code, slot)
    this.items++
    switch (code) {
      case SX.SCALAR:
        return this.string(this.byte())
      case SX.BYTE:
        return this.byte() - 128
      case SX.REF:
        return this.referent(depth)
      case SX.LSCALAR:
        return this.longString(this.length())
      case SX.UTF8STR:
        return this.utf8String(this.byte())
      case SX.LUTF8STR:
        return this.utf8String(this.length())
      case SX.INTEGER:
        return this.integer()
      case SX.NETINT:
        return this.netInteger()
      case SX.DOUBLE:
        return this.double()
      case SX.UNDEF:
      case SX.SV_UNDEF:
      case SX.SVUNDEF_ELEM:
        return null
      case SX.SV_YES:
      case SX.BOOLEAN_TRUE:
        return true
      case SX.SV_NO:
      case SX.BOOLEAN_FALSE:
        return false
      case SX.OVERLOAD:
        return this.overloaded(depth)
      default:
        return this.rareScalar(code, depth, slot)
    }
  }

  /** Lets the scalar be found by the number that it is about to get. */
  private number(code: number, slot: Slot): void {
    if (!isNotCounted.has(code)) this.slots?.set(this.items, slot)
  }

  private rareScalar(code: number, depth: number, slot: Slot | undefined): unknown {
    if (isNotCounted.has(code)) this.items--
    if (depth > this.maxDepth) this.tooDeep()
    switch (code) {
      case SX.OBJECT:
        return this.alias(this.tag(), slot)
      case SX.BLESS:
      case SX.IX_BLESS: {
        const className = this.className(code)
        if (slot !== undefined) slot.className = className
        return this.scalar(depth + 1, slot)
      }
      case SX.VSTRING:
      case SX.LVSTRING: {
        const literal = this.latin1(code === SX.VSTRING ? this.byte() : this.length())
        if (!isVersionLiteral(literal)) this.fail('a version string that is none')
        this.scalar(depth + 1, slot)
        return new VString(literal)
      }
      case SX.WEAKREF:
      case SX.WEAKOVERLOAD:
        if (slot === undefined) throw isNoTree
        this.weak.push(slot)
        return code === SX.WEAKREF ? this.referent(depth) : this.overloaded(depth)
      case SX.TIED_SCALAR:
      case SX.TIED_KEY:
      case SX.TIED_IDX:
        return this.tiedScalar(code, depth)
      case SX.LOBJECT:
        return this.largeString()
      default:
        return this.unknown(code)
    }
  }

  private tooDeep(): never {
    this.fail(`more than ${this.maxDepth} levels deep`)
  }

  private unknown(code: number): never {
    this.fail(`an item of kind ${code} where none can be`, this.pos - 1)
  }

  private largeString(): unknown {
    const code = this.byte()
    const length = this.longLength()
    if (code === SX.LSCALAR) return this.string(length)
    return code === SX.LUTF8STR ? this.utf8String(length) : this.unknown(code)
  }

  private overloaded(depth: number): unknown {
    const value = this.referent(depth)
    if (typeof value === 'object' && value !== null) overload(value)
    return value
  }

  /** What a reference points to, as the value that stands for the reference. */
  private referent(depth: number, className?: string): unknown {
    if (depth > this.maxDepth) this.tooDeep()
    const code = this.byte()
    switch (code) {
      case SX.HASH:
        return this.hash(this.count(this.length(), 5), depth, className)
      case SX.ARRAY:
        return this.array(this.count(this.length(), 1), depth, className)
      case SX.OBJECT:
        return this.known(this.tag())
      case SX.FLAG_HASH: {
        const flags = this.byte()
        return this.flagHash(flags, this.count(this.length(), 6), depth, className)
      }
      case SX.BLESS:
      case SX.IX_BLESS:
        return this.referent(depth + 1, this.className(code))
      case SX.REGEXP:
        return this.regexp(className)
      case SX.CODE:
        return this.code(className)
      case SX.HOOK:
        return this.hook(depth, false)
      case SX.TIED_ARRAY:
        return this.tied('array', depth, className)
      case SX.TIED_HASH:
        return this.tied('hash', depth, className)
      case SX.LOBJECT:
        return this.large(depth, className)
      default:
        this.pos--
        return this.scalarReferent(depth, className)
    }
  }

  private large(depth: number, className: string | undefined): unknown {
    const start = this.pos - 1
    const code = this.byte()
    switch (code) {
      case SX.HOOK:
        return this.hook(depth, true)
      case SX.OBJECT:
        return this.known(this.longLength())
      case SX.ARRAY:
        return this.array(this.count(this.longLength(), 1), depth, className)
      case SX.HASH:
        return this.hash(this.count(this.longLength(), 5), depth, className)
      case SX.FLAG_HASH: {
        const flags = this.byte()
        return this.flagHash(flags, this.count(this.longLength(), 6), depth, className)
      }
      default:
        this.pos = start
        return this.scalarReferent(depth, className)
    }
  }

  /** Gives the next number to what a reference points to, before what is in it: that may name it. */
  private register<T extends Referent>(referent: T, className: string | undefined): T | Blessed {
    const value = className === undefined ? referent : new Blessed(className, referent)
    this.tags.push(this.items++)
    this.referents.push(value)
    return value
  }

  /** The last referent below or at this number. */
  private indexOf(tag: number): number {
    const { tags } = this
    let low = 0
    let high = tags.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (tags[middle]! > tag) high = middle - 1
      else low = middle
    }
    return low
  }

  /** The value that stands for a reference to an item that has been met. */
  private known(tag: number): unknown {
    const index = this.indexOf(tag)
    if (this.tags[index] === tag) return this.referents[index]
    if (tag >= this.items) this.fail('an item named that comes later', this.pos - 4)
    if (this.slots === undefined) throw isNoTree
    const slot = this.slots.get(tag) ?? this.fail('an item named that is no value', this.pos - 4)
    return this.referenceTo(slot)
  }

  /** One reference for each scalar, however often it is asked for, as Perl compares references by where they point. */
  private referenceTo(slot: Slot): unknown {
    if (slot.reference === undefined) {
      slot.reference = new ScalarRef(undefined)
      slot.reference.element = slot as Element
    }
    const { className, reference } = slot
    return className === undefined ? reference : new Blessed(className, reference)
  }

  /** The element is the same scalar as one that has been met: it gets its value when all are read. */
  private alias(tag: number, slot: Slot | undefined): null {
    if (slot === undefined || this.slots === undefined) throw isNoTree
    const target = this.slots.get(tag) ?? this.fail('an item named that is no scalar', this.pos - 4)
    this.aliases.push([slot, target])
    return null
  }

  private join(slot: Slot, target: Slot): void {
    const { container, key } = slot as { container: Hash; key: string }
    const value = (target.container as Hash)[target.key]
    if (slot.container instanceof Tied && value instanceof Tied)
      this.fail('something tied to what is no object')
    setKey(container, key, value)
    const { container: source } = target
    if (!(source instanceof ScalarRef)) {
      setAlias(source, target.key, target)
      setAlias(container, key, target)
    } else if (source.element === undefined) {
      source.element = slot as Element
    } else {
      const { container: first, key: firstKey } = source.element
      setAlias(first, firstKey, target)
      setAlias(container, key, target)
    }
  }

  private noteText(container: object, key: string | number): void {
    markText(container, key)
    this.metText = false
  }

  private slot(container: Slot['container'], key: string | number): Slot | undefined {
    return this.slots === undefined ? undefined : { container, key }
  }

  private hash(size: number, depth: number, className: string | undefined): unknown {
    const hash: Hash = {}
    const value = this.register(hash, className)
    for (let left = size; left > 0; left--) {
      const slot = this.slot(hash, '')
      const element = this.scalar(depth + 1, slot)
      const isText = this.metText
      this.metText = false
      const key = this.key(this.length())
      if (slot !== undefined) slot.key = key
      setKey(hash, key, element)
      if (isText) markText(hash, key)
    }
    return value
  }

  /** A hash that is locked, or has keys of more than bytes. */
  private flagHash(flags: number, size: number, depth: number, className: string | undefined): unknown {
    const hash: Hash = {}
    const value = this.register(hash, className)
    const readonlyKeys = new Set<string>()
    const allowedKeys = new Set<string>()
    for (let left = size; left > 0; left--) {
      const slot = this.slot(hash, '')
      const element = this.scalar(depth + 1, slot)
      const isText = this.metText
      this.metText = false
      const flags = this.byte()
      const key = this.flaggedKey(flags, depth)
      if (slot !== undefined) slot.key = key
      if ((flags & keyFlag.placeholder) !== 0) {
        allowedKeys.add(key)
        continue
      }
      if ((flags & keyFlag.locked) !== 0) readonlyKeys.add(key)
      setKey(hash, key, element)
      if (isText) markText(hash, key)
    }
    if ((flags & hashFlag.restricted) !== 0) restrict(hash, { readonlyKeys, allowedKeys })
    return value
  }

  private flaggedKey(flags: number, depth: number): string {
    if ((flags & keyFlag.isScalar) !== 0) return this.asKey(this.scalar(depth + 1, this.slot([], 0)))
    return (flags & keyFlag.utf8) === 0 ? this.key(this.length()) : this.utf8Key(this.length())
  }

  private array(size: number, depth: number, className: string | undefined): unknown {
    const array: unknown[] = []
    const value = this.register(array, className)
    for (let index = 0; index < size; index++) {
      if (this.bytes[this.pos] === SX.SV_UNDEF) {
        this.pos++
        this.items++
        array.length = index + 1
      } else {
        array.push(this.scalar(depth + 1, this.slot(array, index)))
        if (this.metText) this.noteText(array, index)
      }
    }
    return value
  }

  private scalarReferent(depth: number, className: string | undefined): unknown {
    const reference = new ScalarRef(undefined)
    const index = this.referents.length
    const value = this.register(reference, className)
    this.items--
    const slot = this.slot(reference, 'value')
    reference.value = this.scalar(depth + 1, slot)
    if (this.metText) this.noteText(reference, 'value')
    if (className !== 'JSON::PP::Boolean' || (reference.value !== 0 && reference.value !== 1)) return value
    const isTrue = reference.value === 1
    return (this.referents[index] = this.nativeBooleans ? isTrue : new JsonBoolean(isTrue))
  }

  private className(code: number): string {
    const start = this.pos
    const short = this.byte()
    const number = (short & longClass) === 0 ? short : this.length()
    if (code === SX.BLESS) return this.newClass(number)
    return this.classNames[number] ?? this.fail('a class that has not been named', start)
  }

  private newClass(length: number): string {
    if (length === 0) this.fail('a class without a name')
    const name = this.latin1(length)
    this.classNames.push(name)
    return name
  }

  private regexp(className: string | undefined): unknown {
    const start = this.pos - 1
    const isLong = (this.byte() & longPattern) !== 0
    const pattern = this.latin1(isLong ? this.length() : this.byte())
    const flags = this.latin1(this.byte())
    if (!areRegexpFlags(flags)) this.fail('a pattern with unknown flags', start)
    return this.register(new Regexp(pattern, flags), className === 'Regexp' ? undefined : className)
  }

  private code(className: string | undefined): unknown {
    const code = new Code()
    const value = this.register(code, className)
    const kind = this.bytes[this.pos]
    if (kind === undefined || !isText.has(kind)) this.fail('code that is no text')
    const source = this.scalar(this.maxDepth, this.slot([], 0))
    code.source = typeof source === 'string' ? source : this.fail('code that is no text')
    return value
  }

  private tied(kind: 'array' | 'hash', depth: number, className: string | undefined): unknown {
    const tied = new Tied(kind, undefined)
    const value = this.register(tied, className)
    tied.object = this.objectOf(tied, depth)
    return value
  }

  /** What is tied is tied to an object: a reference, and nothing that is tied itself. */
  private objectOf(tied: Tied, depth: number): unknown {
    const object = this.scalar(depth + 1, this.slot(tied, 'object'))
    if (object instanceof Tied && isScalar(object)) this.fail('something tied to what is no object')
    return object
  }

  private tiedScalar(code: number, depth: number): Tied {
    const tied = new Tied(code === SX.TIED_SCALAR ? 'scalar' : 'element', undefined)
    tied.object = this.objectOf(tied, depth)
    if (code === SX.TIED_IDX) tied.key = this.int32()
    if (code === SX.TIED_KEY) tied.key = this.asKey(this.scalar(depth + 1, this.slot([], 0)))
    return tied
  }

  /** An object that its class has frozen: the items that the class gave along come before its own bytes. */
  private hook(depth: number, isLarge: boolean): unknown {
    let flags = this.byte()
    const type = flags & hookFlag.typeMask
    const kind = hookKinds[type === tiedHook ? this.byte() : type]
    if (kind === undefined || kind === 'tied') this.fail('an object of unknown kind')
    const hook = new StorableHook('', kind, new Uint8Array(0))
    this.tags.push(this.items++)
    this.referents.push(hook)
    while ((flags & hookFlag.recurse) !== 0) {
      this.referent(depth + 1)
      flags = this.byte()
    }
    const number = (flags & hookFlag.largeClass) === 0 ? this.byte() : this.length()
    const isKnown = (flags & hookFlag.classIndex) !== 0
    hook.className = isKnown
      ? (this.classNames[number] ?? this.fail('a class that has not been named'))
      : this.newClass(number)
    const isLong = (flags & hookFlag.largeString) !== 0
    hook.frozen = this.octets(isLarge ? this.longLength() : isLong ? this.length() : this.byte())
    if ((flags & hookFlag.list) !== 0) {
      const isLongList = (flags & hookFlag.largeList) !== 0
      const count = this.count(isLongList ? this.length() : this.byte(), 4)
      for (let left = count; left > 0; left--) hook.references.push(this.known(this.tag()))
    }
    if (type === tiedHook) hook.tiedTo = this.scalar(depth + 1, this.slot(hook as never, 'tiedTo'))
    return hook
  }
}
