import { expect } from 'vitest'
import { isPlainObject } from '../../src/hash.ts'
import { aliasOf, isWeak, restrictionOf } from '../../src/perl/marks.ts'
import { codePoints, fromCodePoints, keyFromPerl, type PerlText } from '../../src/perl/text.ts'
import {
  Blessed,
  Code,
  Glob,
  JsonBoolean,
  type PerlString,
  Regexp,
  ScalarRef,
  StorableHook,
  VString,
} from '../../src/perl/values.ts'
import type { GoldenHook, Node } from './golden.ts'

/** What a format cannot tell, or is read here in another way than by Perl. Left out: everything is as Perl has it. */
export interface Rules {
  /** `null`: a hole comes as null. Default: it is a hole here too. */
  readonly holes?: 'null'
  /** `false`: the format does not tell weak references from others. */
  readonly weak?: false
  /** `false`: the format does not tell locked hashes from others. */
  readonly locked?: false
  /** `false`: a reference that occurs twice comes as two equal values. */
  readonly sharing?: false
  /** `strings`: Perl's own true and false are '1' and ''. Default: true and false. */
  readonly booleans?: 'strings'
  /** `native`: JSON's booleans come as true and false. Default: as `JsonBoolean`. */
  readonly jsonBooleans?: 'native'
  /**
   * `printed`: doubles are those that Perl prints, with 15 digits. `strings`: numbers are strings. Default: exact. An
   * integer that is not a safe one is a bigint.
   */
  readonly numbers?: 'printed' | 'strings'
  /** What the code points of a string stand for; default 'characters'. */
  readonly text?: PerlText
  /** What the one object in the record whose class has `STORABLE_freeze` gave to Storable. */
  readonly hook?: GoldenHook | undefined
}

type Container = Record<string, unknown> | unknown[] | ScalarRef

/** Where a value stands, and the way to it for messages. */
interface Place {
  readonly container: Container
  readonly key: string | number
  readonly path: string
}

/** Expects that the value is what the node says: kinds of scalars, classes, shared references and marks included. */
export function expectMeaning(value: unknown, node: Node, rules: Rules = {}): void {
  new Comparison(rules).start(value, node)
}

class Comparison {
  private readonly rules: Rules
  private readonly shared = new Map<number, unknown>()
  private readonly seen = new Set<unknown>()
  /** Where the scalars are that occur again. */
  private readonly scalars = new Map<number, Place>()
  private readonly references: {
    readonly reference: ScalarRef
    readonly to: number
    readonly path: string
  }[] = []
  private readonly aliases: { readonly place: Place; readonly of: number }[] = []

  constructor(rules: Rules) {
    this.rules = rules
  }

  start(value: unknown, node: Node): void {
    const top: Place = { container: [value], key: 0, path: '$D' }
    this.compare(value, node, top)
    for (const { reference, to, path } of this.references) this.compareTarget(reference, to, path)
    for (const { place, of } of this.aliases) {
      const scalar = aliasOf(place.container, place.key)
      const first = this.scalars.get(of)
      expect(scalar, `${place.path} is an alias`).toBeDefined()
      expect(first && aliasOf(first.container, first.key), place.path).toBe(scalar)
    }
  }

  private compare(value: unknown, node: Node, place: Place): void {
    const { path } = place
    if (node.cid !== undefined && node.t !== 'alias') this.scalars.set(node.cid, place)
    if (this.rules.weak !== false) {
      expect(isWeak(place.container, place.key), `${path} is weak`).toBe(node.weak === true)
    }
    if (node.t === 'same') {
      expect(value, path).toBe(this.shared.get(node.id))
      return
    }
    if (node.t === 'alias') {
      this.aliases.push({ place, of: node.cid })
      return
    }
    if (node.id !== undefined) this.shared.set(node.id, value)
    const isScalarRefAgain = node.t === 'ref' && node.to !== undefined
    if (typeof value === 'object' && value !== null && this.rules.sharing !== false && !isScalarRefAgain) {
      if (this.seen.has(value)) expect.fail(`${path} is an object that occurred before`)
      this.seen.add(value)
    }
    if (value instanceof StorableHook) this.hook(value, node, path)
    else this.compareReferent(this.unblessed(value, node, path), node, place)
  }

  private unblessed(value: unknown, node: Node, path: string): unknown {
    // What went through Safe is blessed into a class of it, which is Perl's Regexp for every other program.
    const className = node.bless?.startsWith('Safe::Root') === true ? undefined : node.bless
    if (className === undefined) return value
    expect(value, path).toBeInstanceOf(Blessed)
    expect((value as Blessed).className, path).toBe(className)
    return (value as Blessed).value
  }

  private compareReferent(value: unknown, node: Node, place: Place): void {
    const { path } = place
    switch (node.t) {
      case 'hash':
        this.hash(value, node, path)
        return
      case 'array':
        this.array(value, node.v, path)
        return
      case 'hole': {
        const isHole = !Object.hasOwn(place.container, place.key)
        if (this.rules.holes === undefined) expect(isHole, `${path} is a hole`).toBe(true)
        else expect(value, path).toBe(null)
        return
      }
      case 'ref':
        expect(value, path).toBeInstanceOf(ScalarRef)
        if (node.to !== undefined) {
          this.references.push({ reference: value as ScalarRef, to: node.to, path })
        } else {
          const inner: Place = { container: value as ScalarRef, key: 'value', path: `\${${path}}` }
          this.compare((value as ScalarRef).value, node.v, inner)
        }
        return
      case 'code':
        expect(value, path).toBeInstanceOf(Code)
        return
      default: {
        const expected = plain(node, this.rules)
        if (!Object.is(value, expected)) expect(value, path).toStrictEqual(expected)
        if (!Object.hasOwn(place.container, place.key) && place.key !== 'value')
          expect.fail(`${path} is a hole`)
      }
    }
  }

  private hash(value: unknown, node: Node & { readonly t: 'hash' }, path: string): void {
    expect(isPlainObject(value), path).toBe(true)
    const hash = value as Record<string, unknown>
    const pairs = node.v.map(([key, element]) => [keyOf(key, this.rules), element] as const)
    const keys = Object.keys(hash)
    if (keys.length !== pairs.length || pairs.some(([key]) => !Object.hasOwn(hash, key))) {
      expect(keys.sort(), path).toEqual(pairs.map(([key]) => key).sort())
    }
    if (this.rules.locked !== false) {
      expect(restrictionOf(hash) !== undefined, `${path} is locked`).toBe(node.locked === true)
    }
    for (const [key, element] of pairs) {
      this.compare(hash[key], element, { container: hash, key, path: `${path}{${key}}` })
    }
  }

  private array(value: unknown, nodes: readonly Node[], path: string): void {
    expect(Array.isArray(value), path).toBe(true)
    const array = value as unknown[]
    expect(array.length, path).toBe(nodes.length)
    nodes.forEach((node, key) => {
      this.compare(array[key], node, { container: array, key, path: `${path}[${key}]` })
    })
  }

  /** A reference to an element, or to the scalar that another reference points to. */
  private compareTarget(reference: ScalarRef, to: number, path: string): void {
    const target = this.scalars.get(to)
    if (target?.container instanceof ScalarRef) expect(reference, path).toBe(target.container)
    else {
      expect(reference.element?.container, path).toBe(target?.container)
      expect(reference.element?.key, path).toBe(target?.key)
    }
  }

  /** The class of the golden records gives its references in the order of its keys. */
  private hook(value: StorableHook, node: Node, path: string): void {
    expect(value.className, path).toBe(node.bless)
    expect(value.kind, path).toBe(node.t)
    expect(Buffer.from(value.frozen).toString('latin1'), path).toBe(this.rules.hook?.cookie)
    const references = node.t === 'hash' ? node.v.map(([, element]) => element).filter(isContainer) : []
    this.array(value.references, references, `${path}->references`)
  }
}

function isContainer(node: Node): boolean {
  return node.t === 'hash' || node.t === 'array'
}

function keyOf(key: string, { text = 'characters' }: Rules): string {
  return keyFromPerl(fromCodePoints(codePoints(key), text), text) ?? 'a key that has no text'
}

function plain(node: Node, rules: Rules): unknown {
  switch (node.t) {
    case 'undef':
      return null
    case 'int':
      return integer(node.v, rules)
    case 'num':
      return double(node, rules)
    case 'bool':
      return rules.booleans === undefined ? node.v : node.v ? '1' : ''
    case 'jsonbool':
      return rules.jsonBooleans === 'native' ? node.v : new JsonBoolean(node.v)
    case 'str':
      return text(node.cps ?? codePoints(String(node.v ?? '')), rules)
    case 'bytes':
      return text([...Buffer.from(node.b64, 'base64')], rules)
    case 'vstring':
      return new VString(`v${node.v}`)
    case 'glob':
      return new Glob(node.v ?? '')
    case 'regexp':
      return new Regexp(node.pat, node.flags)
    default:
      throw new Error(`${node.t} is no scalar`)
  }
}

function text(points: readonly number[], { text = 'characters' }: Rules): string | PerlString {
  return fromCodePoints(points, text)
}

function integer(digits: string, { numbers }: Rules): string | number | bigint {
  const number = Number(digits)
  if (numbers === 'strings') return digits
  const isNumber = Number.isSafeInteger(number)
  return isNumber ? number : BigInt(digits)
}

function double({ v, hex }: { readonly v: string; readonly hex: string }, { numbers }: Rules): unknown {
  const exact = Buffer.from(hex, 'hex').readDoubleBE()
  if (numbers === undefined || !Number.isFinite(exact)) return numbers === 'strings' ? v : exact
  const printed = Number(exact.toPrecision(15))
  return numbers === 'printed' ? printed : String(printed)
}
