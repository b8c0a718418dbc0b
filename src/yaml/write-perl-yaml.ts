/**
 * Writes what YAML::Tiny cannot: classes, references to scalars, patterns, one object in several places. Only records
 * that came from YAML::Syck or YAML.pm have such things, and the tags and anchors are spelled as both read them; all
 * else is written as YAML::Tiny would.
 */
import { FreezeError } from '../errors.ts'
import { isPlainObject } from '../hash.ts'
import { isWide } from '../perl/text.ts'
import {
  Blessed,
  Code,
  Glob,
  isPerlValue,
  isScalar,
  JsonBoolean,
  PerlString,
  Regexp,
  ScalarRef,
  VString,
} from '../perl/values.ts'
import { checkPlainValue, plainForm } from '../plain-values.ts'
import { writeRegexp } from './regexp.ts'
import { isShared } from './shared.ts'
import { isClassName } from './tags.ts'
import type { WrittenText } from './text.ts'
import { writeCharacters, writeKey, writeScalar } from './write-scalar.ts'

const FORMAT = { name: 'YAML', nonFinite: true }

/** What plain YAML has no form for. */
function isPerls(value: object): boolean {
  return isPerlValue(value) || value instanceof JsonBoolean || value instanceof PerlString
}

/** Whether there is a value of Perl in this one, or something that was read through an alias. */
export function hasPerlValues(root: object): boolean {
  const seen = new Set<object>()
  const left: unknown[] = [root]
  while (left.length > 0) {
    const value = left.pop()
    if (typeof value !== 'object' || value === null || seen.has(value)) continue
    seen.add(value)
    if (isPerls(value) || isShared(value)) return true
    if (Array.isArray(value) || isPlainObject(value))
      for (const member of Object.values(value)) left.push(member)
  }
  return false
}

export interface PerlYamlSettings {
  readonly perlText: WrittenText
  readonly maxDepth: number
  /** Whether an object that is there twice gets an anchor; without, it is written twice, as YAML::Tiny does. */
  readonly anchors: boolean
}

/** @throws FreezeError with the way to what cannot be written */
export function writePerlYaml(hash: object, settings: PerlYamlSettings): string {
  return new Writer(settings).document(hash)
}

class Writer {
  private readonly settings: PerlYamlSettings
  /** Objects that are there more than once, and the names of those that were written. */
  private readonly repeated = new Set<object>()
  private readonly names = new Map<object, string>()
  private readonly path: (string | number)[] = []

  constructor(settings: PerlYamlSettings) {
    this.settings = settings
  }

  document(hash: object): string {
    if (this.settings.anchors) this.findRepeated(hash)
    return `---${this.node(hash, '', 0).replace(/^\n$/, ' {}\n')}`
  }

  private findRepeated(root: object): void {
    const seen = new Set<object>()
    const left: unknown[] = [root]
    while (left.length > 0) {
      const value = left.pop()
      if (typeof value !== 'object' || value === null || isScalar(value)) continue
      if (seen.has(value)) {
        this.repeated.add(value)
        continue
      }
      seen.add(value)
      if (value instanceof Blessed || value instanceof ScalarRef) left.push(value.value)
      else if (Array.isArray(value) || isPlainObject(value))
        for (const member of Object.values(value)) left.push(member)
    }
  }

  /** What follows the mark of the document, a dash or a colon. */
  private node(value: unknown, indent: string, depth: number): string {
    if (typeof value !== 'object' || value === null) return this.plainScalar(value)
    if (value instanceof PerlString) return ` ${this.perlString(value)}\n`
    const known = this.names.get(value)
    if (known !== undefined) return ` *${known}\n`
    if (value instanceof Blessed) return this.blessed(value, indent, depth)
    return this.unblessed(value, this.anchor(value), '', indent, depth)
  }

  private anchor(value: object): string {
    if (!this.repeated.has(value)) return ''
    const name = String(this.names.size + 1)
    this.names.set(value, name)
    return ` &${name}`
  }

  private plainScalar(value: unknown): string {
    // Functions are refused, and bigints that would come back as numbers.
    if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') {
      this.text(() => checkPlainValue(FORMAT, value))
    }
    return ` ${this.text(() => writeScalar(value, this.settings.perlText))}\n`
  }

  /** Adds the way to what a helper refuses. */
  private text<T>(write: () => T): T {
    try {
      return write()
    } catch (error) {
      if (error instanceof FreezeError) this.fail(error.reason)
      throw error
    }
  }

  private perlString({ codePoints }: PerlString): string {
    if (codePoints.some((point) => point > 0xff)) this.fail('characters above U+00FF that are no text')
    return writeCharacters(String.fromCharCode(...codePoints))
  }

  private blessed(object: Blessed, indent: string, depth: number): string {
    const { className, value } = object
    if (!isClassName(className)) this.fail(`an object of a class with the name ${JSON.stringify(className)}`)
    if (value instanceof Blessed || value instanceof JsonBoolean) this.fail('an object in an object')
    if (this.repeated.has(value)) this.fail('the inside of an object that is also stored elsewhere')
    return this.unblessed(value, this.anchor(object), `:${className}`, indent, depth)
  }

  /** @param owner the class as it stands in a tag; empty for none */
  private unblessed(value: object, anchor: string, owner: string, indent: string, depth: number): string {
    if (Array.isArray(value)) {
      const tag = owner === '' ? anchor : `${anchor} !!perl/array${owner}`
      return tag + (this.sequence(value, this.inside(indent, depth), depth) || ' []\n')
    }
    if (value instanceof ScalarRef) return anchor + this.reference(value, owner, indent, depth)
    if (value instanceof JsonBoolean) {
      return `${anchor} !!perl/scalar:JSON::PP::Boolean ${value.value ? '1' : '0'}\n`
    }
    if (value instanceof Regexp) return `${anchor} !!perl/regexp${owner} ${this.regexp(value)}\n`
    if (value instanceof Code) return `${anchor} !!perl/code${owner} '{ "DUMMY" }'\n`
    if (value instanceof Glob && owner === '') return anchor + this.glob(value, this.inside(indent, depth))
    if (isPerls(value))
      return this.fail(`a value of Perl that it has no form for (${value.constructor.name})`)
    return this.plainObject(value, anchor, owner, indent, depth)
  }

  private plainObject(value: object, anchor: string, owner: string, indent: string, depth: number): string {
    const plain = isSurelyData(value) ? value : plainForm(value, String(this.path.at(-1) ?? ''))
    if (typeof plain !== 'object' || plain === null) return this.plainScalar(plain)
    if (Array.isArray(plain))
      return anchor + (this.sequence(plain, this.inside(indent, depth), depth) || ' []\n')
    if (!isPlainObject(plain)) return this.check(value)
    const tag = owner === '' ? anchor : `${anchor} !!perl/hash${owner}`
    return tag + (this.map(plain, this.inside(indent, depth), depth) || ' {}\n')
  }

  /** The indent of what is in a collection; at the top there is none. */
  private inside(indent: string, depth: number): string {
    const { maxDepth } = this.settings
    if (depth >= maxDepth) this.fail(`more than ${maxDepth} levels`)
    return depth === 0 ? '' : `${indent}  `
  }

  private sequence(array: readonly unknown[], indent: string, depth: number): string {
    let text = ''
    for (let index = 0; index < array.length; index++) {
      this.path.push(index)
      if (array[index] === undefined) this.fail('undefined in an array', 'it would come back as null')
      text += `${indent}-${this.node(array[index], indent, depth + 1)}`
      this.path.pop()
    }
    return text === '' ? '' : `\n${text}`
  }

  private map(hash: Record<string, unknown>, indent: string, depth: number): string {
    let text = ''
    for (const key of Object.keys(hash).sort()) {
      if (hash[key] === undefined) continue
      this.path.push(key)
      const written = this.text(() => writeKey(key, this.settings.perlText))
      text += `${indent}${written}:${this.node(hash[key], indent, depth + 1)}`
      this.path.pop()
    }
    return text === '' ? '' : `\n${text}`
  }

  private reference(reference: ScalarRef, owner: string, indent: string, depth: number): string {
    if (reference.element !== undefined) this.fail('a reference to an element')
    const value = reference.value ?? null
    // As a scalar, undef would be a tilde to YAML.pm.
    const isScalarObject = owner !== '' && value !== null && isScalar(value)
    if (isScalarObject && !(value instanceof VString || value instanceof Glob)) {
      return ` !!perl/scalar${owner}${this.node(value, indent, depth + 1)}`
    }
    const inner = this.inside(indent, depth)
    return ` !!perl/ref${owner}\n${inner}=:${this.node(value, inner, depth + 1)}`
  }

  private regexp(regexp: Regexp): string {
    const text = writeRegexp(regexp)
    if (text === undefined) return this.fail(`a pattern with the flags ${JSON.stringify(regexp.flags)}`)
    // Patterns are read as characters, whatever strings are.
    const { perlText } = this.settings
    if (!isWide(text) && perlText !== 'octets') return writeCharacters(text)
    if (perlText !== 'auto' && perlText !== 'octets') this.fail('a pattern with characters above U+00FF')
    return writeScalar(text, perlText)
  }

  /** Only YAML.pm has a form for it. */
  private glob({ name }: Glob, indent: string): string {
    const [, owner = '', own = ''] = /^(.*?)(?:::)?([^:]+)$/.exec(name) ?? []
    if (own === '') this.fail('a glob without a name')
    const write = (part: string) => this.text(() => writeScalar(part, this.settings.perlText))
    return ` !!perl/glob:\n${indent}NAME: ${write(own)}\n${indent}PACKAGE: ${write(owner || 'main')}\n`
  }

  /** Has the value refused in the words of all plain formats. */
  private check(value: unknown): string {
    this.text(() => checkPlainValue(FORMAT, value))
    return this.fail('a value of an unknown kind')
  }

  private fail(what: string, hint?: string): never {
    const way = this.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('')
    throw new FreezeError('YAML', `${what}${way && ` (at ${way})`}${hint === undefined ? '' : `: ${hint}`}`)
  }
}

/** Dates and binary data have a `toJSON` that nobody asked for. */
function isSurelyData(value: object): boolean {
  return value instanceof Date || ArrayBuffer.isView(value)
}
