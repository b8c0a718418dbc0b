import { isPlainObject, setKey } from '../../hash.ts'
import {
  backslash,
  closeBrace,
  closeBracket,
  closeParen,
  colon,
  comma,
  dollar,
  dot,
  exclamation,
  doubleQuote,
  equals,
  greater,
  lowerB,
  lowerD,
  lowerE,
  lowerF,
  lowerN,
  lowerU,
  lowerV,
  minus,
  nine,
  one,
  openBrace,
  openBracket,
  openParen,
  quote,
  slash,
  space,
  star,
  zero,
} from '../ascii.ts'
import type { PerlOptions } from '../options.ts'
import { dereference, type Link, type Slot, type Step } from './places.ts'
import { Scanner } from './scanner.ts'
import { areRegexpFlags, holdsCode, readPattern } from '../regexp-literal.ts'
import { keyFromPerl } from '../text.ts'
import { Blessed, Code, Glob, JsonBoolean, type Referent, Regexp, ScalarRef } from '../values.ts'

const word = /[A-Za-z_]\w*/y
const name = /\w+(?:::\w+){0,99}/y
const index = /\d+/y
const bareKey = /-?[A-Za-z_]\w*(?:::\w+){0,99}|(?:-?[1-9]\d*|0)(?![\w.])/y
const undefinedScalar = /\s*\{\s*my\s+\$o\s*\}/y
const newScalar = /\s*\{\s*\\\(\s*my\s+\$o\s*=/y
const dummySub = /\s*\{\s*"DUMMY"\s*\}/y
const globName = /(?:::)?\w+(?:(?:::|')\w+){0,99}(?:::)?/y
const flags = /\w*/y
/** Perl's own true and false, as newer versions of Data::Dumper write them. */
const perlBoolean = /!(!?)([01])(?!\w|\.)/y

/** Reads values. Where another place is named instead of a value, it keeps a link until that place is there. */
export abstract class ValueReader extends Scanner {
  private readonly nativeBooleans: boolean
  private readonly maxDepth: number
  /** The variable that names start with. Where none is assigned, with Terse, it is the first that is named. */
  protected variable: string | undefined
  /** The link that was read where a value should be. Whoever holds that value then attaches it. */
  protected link: Link | undefined
  protected links: [Slot, Link][] = []
  protected inFixUps = false
  /** The globs that were read, by name. */
  protected globs: Map<string, Glob[]> | undefined

  constructor(image: Uint8Array, options: PerlOptions) {
    super(image, options.perlText)
    this.nativeBooleans = options.perlBooleans === 'native'
    this.maxDepth = options.maxDepth
  }

  protected attach(container: Slot['container'], key: string | number): void {
    if (this.link !== undefined) this.links.push([{ container, key }, this.link])
    this.link = undefined
  }

  protected value(depth: number): unknown {
    const code = this.skip()
    switch (code) {
      case quote:
        return this.singleQuoted()
      case doubleQuote:
        return this.doubleQuoted()
      case openBrace:
        return this.hash(depth)
      case openBracket:
        return this.array(depth)
      case backslash:
        return this.reference(depth)
      case dollar:
        return this.linked('value', this.pos)
      case star:
        return this.glob()
      case exclamation:
        return this.boolean()
      case lowerU:
        return this.takeUndef() ? null : this.named(depth)
      default:
        return (code >= zero && code <= nine) || code === minus || code === dot
          ? this.number(code)
          : this.named(depth)
    }
  }

  /** Takes `undef`, the first letter being here. */
  private takeUndef(): boolean {
    const { bytes, pos } = this
    if (bytes[pos + 1] !== lowerN || bytes[pos + 2] !== lowerD) return false
    if (bytes[pos + 3] !== lowerE || bytes[pos + 4] !== lowerF) return false
    const code = bytes[pos + 5]
    if (code !== comma && code !== closeBrace && code !== closeBracket) return false
    this.pos = pos + 5
    return true
  }

  private boolean(): boolean {
    const { bytes, pos } = this
    const code = bytes[pos + 3]
    if (bytes[pos + 1] === exclamation && (code === comma || code === closeBrace || code === closeBracket)) {
      const digit = bytes[pos + 2]
      this.pos = pos + 3
      if (digit === zero || digit === one) return digit === one
      this.pos = pos
    }
    const found = this.take(perlBoolean) ?? this.fail("expected '!!1' or '!!0' after '!'")
    return (found[1] === '') !== (found[2] === '1')
  }

  private tooDeep(): never {
    this.fail(`more than ${this.maxDepth} levels deep`)
  }

  private hash(depth: number): Record<string, unknown> {
    if (depth > this.maxDepth) this.tooDeep()
    const hash: Record<string, unknown> = {}
    this.pos++
    for (;;) {
      const code = this.skip()
      if (code === closeBrace) break
      const key = this.key(code)
      this.separator()
      setKey(hash, key, this.value(depth + 1))
      if (this.link !== undefined) this.attach(hash, key)
      if (this.bytes[this.pos] === comma || this.skip() === comma) this.pos++
      else if (this.peek() !== closeBrace)
        this.fail("expected ',' or '}' after a value: only data can be read")
    }
    this.pos++
    return hash
  }

  private separator(): void {
    const { bytes, pos } = this
    if (bytes[pos] === space && bytes[pos + 1] === equals && bytes[pos + 2] === greater) {
      this.pos = pos + (bytes[pos + 3] === space ? 4 : 3)
      return
    }
    const code = this.skip()
    if (code === equals && this.peek(1) === greater) this.pos += 2
    else if (code === comma || code === colon) this.pos++
    else this.fail("expected '=>' after a hash key")
  }

  private key(code: number): string {
    const plain = code === quote ? this.plainKey() : undefined
    if (plain !== undefined) return plain
    if (code === quote || code === doubleQuote) {
      const start = this.pos
      const key = code === quote ? this.singleQuoted() : this.doubleQuoted()
      return keyFromPerl(key, this.perlText) ?? this.fail('a hash key that perlText has no text for', start)
    }
    return this.take(bareKey)?.[0] ?? this.fail('expected a hash key')
  }

  private array(depth: number): unknown[] {
    if (depth > this.maxDepth) this.tooDeep()
    const array: unknown[] = []
    this.pos++
    for (;;) {
      if (this.skip() === closeBracket) break
      array.push(this.value(depth + 1))
      if (this.link !== undefined) this.attach(array, array.length - 1)
      if (this.bytes[this.pos] === comma || this.skip() === comma) this.pos++
      else if (this.peek() !== closeBracket)
        this.fail("expected ',' or ']' after a value: only data can be read")
    }
    this.pos++
    return array
  }

  private reference(depth: number): unknown {
    const start = this.pos++
    if (this.skip() === dollar) return this.linked('reference', start)
    return this.scalar(depth)
  }

  private scalar(depth: number): ScalarRef {
    if (depth > this.maxDepth) this.tooDeep()
    const reference = new ScalarRef(this.value(depth + 1))
    if (this.link !== undefined) this.attach(reference, 'value')
    return reference
  }

  private linked(kind: 'value' | 'reference', offset: number): null {
    const steps = this.steps(1)
    const isElement = kind === 'value' && !this.inFixUps && steps.at(-1) === dereference
    this.link = { kind: isElement ? 'scalar' : kind, steps, offset }
    return null
  }

  /** The way that `$D->{'a'}[0]` or `${$D->{'a'}}->{'b'}` names, the dollar being here. */
  protected steps(depth: number): Step[] {
    let steps: Step[] = []
    this.pos++
    if (this.peek() === openBrace) {
      if (depth > this.maxDepth) this.tooDeep()
      this.pos++
      if (this.skip() !== dollar) this.fail('an expression: only data can be read')
      steps = this.steps(depth + 1)
      this.expect(closeBrace, 'a reference')
      steps.push(dereference)
    } else {
      const found = this.take(name)?.[0] ?? this.fail('expected the name of a variable')
      this.variable ??= found
      if (found !== this.variable) this.fail(`another variable than $${this.variable}`)
    }
    for (;;) {
      let code = this.skip()
      const arrow = code === minus && this.peek(1) === greater
      if (arrow) {
        this.pos += 2
        code = this.skip()
      }
      if (code === openBrace) {
        this.pos++
        steps.push(this.key(this.skip()))
        this.expect(closeBrace, 'a hash key')
      } else if (code === openBracket) {
        this.pos++
        this.skip()
        steps.push(Number(this.take(index)?.[0] ?? this.fail('expected an array index')))
        this.expect(closeBracket, 'an array index')
      } else if (arrow) {
        this.fail('a call: only data can be read')
      } else {
        return steps
      }
    }
  }

  private glob(): Glob {
    const glob = new Glob(this.globName())
    this.globs ??= new Map()
    const known = this.globs.get(glob.name)
    if (known === undefined) this.globs.set(glob.name, [glob])
    else known.push(glob)
    return glob
  }

  protected globName(): string {
    this.pos++
    if (this.peek() !== openBrace) {
      return this.take(globName)?.[0] ?? this.fail('expected a name after *')
    }
    this.pos++
    this.skip()
    const name = this.quotedName('the name of a glob')
    this.expect(closeBrace, 'the name of a glob')
    return name
  }

  /** Everything that begins with a letter. */
  private named(depth: number): unknown {
    const start = this.pos
    const version = this.peek() === lowerV ? this.versionString() : undefined
    if (version !== undefined) return version
    switch (this.take(word)?.[0]) {
      case 'undef':
        return null
      case 'bless':
        return this.blessed(depth)
      case 'do':
        return this.doBlock(depth)
      case 'qr':
        return this.regexp()
      case 'sub':
        if (this.take(dummySub) === undefined) this.fail('code: only data can be read', start)
        return new Code()
      default:
        if (this.pos >= this.text.length) this.fail('it ends where a value should be', this.pos)
        return this.fail('expected a value: only data can be read', start)
    }
  }

  /** `do{my $o}` is undef, `do{\(my $o = 5)}` a reference to a new scalar. */
  private doBlock(depth: number): ScalarRef | null {
    const start = this.pos
    if (this.take(undefinedScalar) !== undefined) return null
    if (this.take(newScalar) === undefined) this.fail('code: only data can be read', start)
    const reference = this.scalar(depth)
    this.expect(closeParen, 'a value')
    this.expect(closeBrace, 'a value')
    return reference
  }

  private blessed(depth: number): unknown {
    const start = this.pos
    this.expect(openParen, 'bless')
    if (this.skip() === lowerB) this.fail('blessed twice')
    const value = this.value(depth)
    const { link } = this
    this.link = undefined
    this.expect(comma, 'what is blessed')
    this.skip()
    const className = this.quotedName('the name of a class')
    if (className === '') this.fail('a class without a name')
    this.expect(closeParen, 'the name of a class')
    if (link === undefined ? !isReferent(value) : link.kind !== 'reference') {
      this.fail('bless of something that is no reference', start)
    }
    if (link === undefined && className === 'JSON::PP::Boolean') {
      const scalar = value instanceof ScalarRef ? value.value : undefined
      if (scalar === 0 || scalar === 1)
        return this.nativeBooleans ? scalar === 1 : new JsonBoolean(scalar === 1)
    }
    const object = new Blessed(className, link === undefined ? (value as Referent) : new ScalarRef(null))
    if (link !== undefined) this.links.push([{ container: object, key: 'value' }, link])
    return object
  }

  private regexp(): Regexp {
    const start = this.pos - 2
    if (this.peek() !== slash) this.fail("expected '/' after qr")
    let end = ++this.pos
    for (let code = 0; (code = this.text.charCodeAt(end)) !== slash; end++) {
      if (code === backslash) end++
      if (end >= this.text.length) this.fail('a pattern without an end', start)
    }
    const pattern = readPattern(this.text.slice(this.pos, end))
    this.pos = end + 1
    const letters = this.take(flags)?.[0] ?? ''
    if (pattern === undefined) this.fail('a variable in a pattern: only data can be read', start)
    if (holdsCode(pattern)) this.fail('code in a pattern: only data can be read', start)
    if (!areRegexpFlags(letters)) this.fail('a pattern with unknown flags', start)
    return new Regexp(pattern, letters)
  }
}

function isReferent(value: unknown): value is Referent {
  return (
    isPlainObject(value) ||
    Array.isArray(value) ||
    value instanceof ScalarRef ||
    value instanceof Regexp ||
    value instanceof Code
  )
}
