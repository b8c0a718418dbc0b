import { isPlainObject } from '../../src/hash.ts'
import { aliasOf, isWeak, restrictionOf } from '../../src/perl/marks.ts'
import { codePoints } from '../../src/perl/text.ts'
import {
  Blessed,
  Code,
  Glob,
  JsonBoolean,
  PerlString,
  Regexp,
  ScalarRef,
  StorableHook,
  Tied,
  VString,
} from '../../src/perl/values.ts'

/**
 * A value as nested lists that both languages make alike: kinds of scalars, classes, shared references, references to
 * elements, holes, weak references and locked hashes included. Text is its code points; references are numbered as
 * they are met, hash keys being in order.
 */
export type Notation = readonly [kind: string, ...rest: (string | number | Notation | readonly unknown[])[]]

/** What a format makes of what JavaScript has and it has not. */
export interface NotationRules {
  /**
   * What true is: Perl's own true, the string '1', what Data::Dumper writes (the number 1), or JSON's true. Default:
   * 'native'. False is the empty string in the second and the third.
   */
  readonly booleans?: 'native' | 'string' | 'dumped' | 'json'
  /** `printed`: a pattern is around what it prints as. */
  readonly regexps?: 'printed'
  /** What is special about numbers there: the text of one that is a string, or that it is an integer. */
  readonly numbers?: (value: number | bigint) => { readonly string: string } | 'integer' | undefined
}

/** What Perl is to see for this value. */
export function notation(value: unknown, rules: NotationRules = {}): Notation {
  return new Description(rules).of(value)
}

/** Text as its code points. */
export function pointsOf(value: string | PerlString): string {
  return (typeof value === 'string' ? codePoints(value) : value.codePoints).join(' ')
}

/** The keys in the order of their code points. */
export function inOrder(keys: Iterable<string>): string[] {
  const order = new Map<string, string>()
  for (const key of keys) {
    order.set(
      key,
      codePoints(key)
        .map((code) => code.toString(16).padStart(8, '0'))
        .join(''),
    )
  }
  return [...order.keys()].sort((a, b) => (String(order.get(a)) < String(order.get(b)) ? -1 : 1))
}

type Container = Record<string, unknown> | unknown[]

class Description {
  private readonly rules: NotationRules
  /** Where each container is met first. */
  private readonly paths = new Map<object, string>()
  /** Where each scalar is met first that several elements have in common. */
  private readonly homes = new Map<object, readonly [path: string, key: string]>()
  private readonly numbers = new Map<object, number>()

  constructor(rules: NotationRules) {
    this.rules = rules
  }

  of(value: unknown): Notation {
    this.locate(value, 'D')
    return this.describe(value)
  }

  private locate(value: unknown, path: string): void {
    const referent = value instanceof Blessed ? value.value : value
    if (typeof referent !== 'object' || referent === null || this.paths.has(referent)) return
    this.paths.set(referent, path)
    if (referent instanceof ScalarRef) this.locate(referent.value, `${path}$`)
    else if (Array.isArray(referent)) {
      referent.forEach((_, index) =>
        this.locateElement(referent, index, [path, String(index)], `${path}[${index}]`),
      )
    } else if (isPlainObject(referent)) {
      for (const key of inOrder(Object.keys(referent))) {
        this.locateElement(referent, key, [path, pointsOf(key)], `${path}{${pointsOf(key)}}`)
      }
    }
  }

  private locateElement(
    container: Container,
    key: string | number,
    home: readonly [string, string],
    path: string,
  ): void {
    const scalar = aliasOf(container, key)
    if (scalar !== undefined && !this.homes.has(scalar)) this.homes.set(scalar, home)
    this.locate((container as Record<string | number, unknown>)[key], path)
  }

  private describe(value: unknown): Notation {
    if (typeof value !== 'object' || value === null || value instanceof PerlString) return this.scalar(value)
    if (value instanceof VString) return vstring(value.literal)
    if (value instanceof Glob) return ['glob', pointsOf(value.name.replace(/^::/, ''))]
    if (value instanceof Tied && value.kind === 'scalar') return ['tied scalar', this.describe(value.object)]
    if (value instanceof JsonBoolean && this.rules.booleans === 'json') {
      return ['jsonbool', value.value ? 1 : 0]
    }
    const referent = value instanceof Blessed ? value.value : value
    const bless = (inner: Notation): Notation =>
      value instanceof Blessed ? ['object', pointsOf(value.className), inner] : inner
    if (referent instanceof ScalarRef && referent.element !== undefined) {
      const { container, key } = referent.element
      return bless(['element', ...this.homeOf(container, key)])
    }
    if (value instanceof ScalarRef && value.value instanceof Glob)
      return ['globref', this.describe(value.value)]
    const known = this.numbers.get(referent)
    if (known !== undefined) return ['same', known]
    const number = this.numbers.size
    this.numbers.set(referent, number)
    if (referent instanceof JsonBoolean) {
      return [
        'object',
        pointsOf('JSON::PP::Boolean'),
        ['ref', number, ['integer', referent.value ? '1' : '0']],
      ]
    }
    return bless(this.referent(referent, number))
  }

  private homeOf(container: Container, key: string | number): readonly [string, string] {
    const scalar = aliasOf(container, key)
    const home = scalar && this.homes.get(scalar)
    return (
      home ?? [this.paths.get(container) ?? 'nowhere', typeof key === 'number' ? String(key) : pointsOf(key)]
    )
  }

  private element(container: Container, key: string | number): Notation {
    if (!Object.hasOwn(container, key)) return ['hole']
    const own = [this.paths.get(container), typeof key === 'number' ? String(key) : pointsOf(key)]
    const home = this.homeOf(container, key)
    if (home[0] !== own[0] || home[1] !== own[1]) return ['alias', ...home]
    const inner = this.describe((container as Record<string | number, unknown>)[key])
    return isWeak(container, key) ? ['weak', inner] : inner
  }

  private referent(referent: object, number: number): Notation {
    if (Array.isArray(referent)) {
      const elements = Array.from(referent, (_, index) => this.element(referent, index))
      return ['array', number, elements]
    }
    if (referent instanceof ScalarRef) {
      const inner = this.describe(referent.value)
      return ['ref', number, isWeak(referent, 'value') ? ['weak', inner] : inner]
    }
    if (referent instanceof Regexp) return this.regexp(referent, number)
    if (referent instanceof Code) return ['code', number]
    if (referent instanceof Tied) return [`tied ${referent.kind}`, number, this.describe(referent.object)]
    if (referent instanceof StorableHook) {
      const { className, kind, frozen, references } = referent
      const inner = references.map((reference) => this.describe(reference))
      return ['hook', number, className, kind, Buffer.from(frozen).toString('base64'), inner]
    }
    return this.hash(referent as Record<string, unknown>, number)
  }

  private regexp({ pattern, flags }: Regexp, number: number): Notation {
    return this.rules.regexps === 'printed'
      ? ['regexp', number, pointsOf(`(?^${flags}:${pattern})`), '']
      : ['regexp', number, pointsOf(pattern), flags]
  }

  private hash(hash: Record<string, unknown>, number: number): Notation {
    const pairs = inOrder(Object.keys(hash)).map((key) => [pointsOf(key), this.element(hash, key)])
    const restriction = restrictionOf(hash)
    if (restriction === undefined) return ['hash', number, pairs]
    const keys = (set: ReadonlySet<string>): string[] => inOrder(set).map(pointsOf)
    return ['locked hash', number, pairs, keys(restriction.readonlyKeys), keys(restriction.allowedKeys)]
  }

  private scalar(value: unknown): Notation {
    if (value === null || value === undefined) return ['undef']
    if (typeof value === 'string' || value instanceof PerlString) return ['string', pointsOf(value)]
    if (typeof value === 'boolean') return this.boolean(value)
    return this.number(value as number | bigint)
  }

  private number(number: number | bigint): Notation {
    const special = this.rules.numbers?.(number)
    if (typeof special === 'object') return ['string', pointsOf(special.string)]
    if (typeof number === 'bigint' || special === 'integer') return ['integer', String(number)]
    if (Number.isSafeInteger(number) && !Object.is(number, -0)) return ['integer', String(number)]
    const bytes = Buffer.alloc(8)
    bytes.writeDoubleBE(number)
    return ['double', Number.isNaN(number) ? '7ff8000000000000' : bytes.toString('hex')]
  }

  private boolean(value: boolean): Notation {
    switch (this.rules.booleans) {
      case 'json':
        return ['jsonbool', value ? 1 : 0]
      case 'string':
        return ['string', value ? '49' : '']
      case 'dumped':
        return value ? ['integer', '1'] : ['string', '']
      default:
        return ['boolean', value ? 1 : 0]
    }
  }
}

/** What stands in a program, and the string that it is: `v1.22` is the characters 1 and 22. */
function vstring(literal: string): Notation {
  return ['vstring', literal, literal.replace(/^v|_/g, '').replaceAll('.', ' ')]
}
