import type { Hash } from '../contracts/serializer.ts'
import { setKey } from '../hash.ts'
import { defaultLimits } from '../perl/limits.ts'
import { keyFromPerl } from '../perl/text.ts'
import {
  Blessed,
  Code,
  Glob,
  JsonBoolean,
  type PerlString,
  type Referent,
  ScalarRef,
} from '../perl/values.ts'
import { trimBlanks } from './blanks.ts'
import { plainScalar } from './plain-scalar.ts'
import { outside, YamlScanner } from './perl-yaml-scanner.ts'
import { readSyckRegexp, readYamlPmRegexp } from './regexp.ts'
import { noteShared } from './shared.ts'
import { parseTag, type Tag } from './tags.ts'
import { FALSE, TRUE } from './write-scalar.ts'

export interface PerlYamlOptions {
  readonly maxDepth?: number
  /** What a string of the record means; by default what it is. */
  readonly decode?: ((characters: string) => string | PerlString) | undefined
}

/**
 * Reads what YAML::Syck and YAML.pm write, and what they read of what people would write: block collections, block
 * scalars, anchors and aliases, the tags of Perl. `undefined` for what is outside of that: flow collections with
 * something in them, plain text of several lines, directives, more than one document. An object with an anchor is the
 * same object wherever its alias stands.
 *
 * @throws ThawError with the place, in characters
 */
export function readPerlYaml(text: string, options: PerlYamlOptions = {}): unknown {
  if (!text.startsWith('--- ') && !text.startsWith('---\n')) return undefined
  try {
    return new Reader(text, options).document()
  } catch (error) {
    if (error === outside) return undefined
    throw error
  }
}

const ANCHOR = /&([\w./-]+)(?=[ \n])/y
const ALIAS = /\*([\w./-]+)[ \t\r]*\n/y
const TAG = /![^\s]+(?=[ \n])/y
/** Up to the colon, blanks before it included. */
const PLAIN_KEY = /(?:[^-: \t\n!"#&'*>?[\]{|}]|[-:?](?=[^ \n]))[^:\n]*(?::+[^ \n:][^:\n]*)*(?=:[ \n])/y
const NEXT_DOCUMENT = /(?:---|\.\.\.)[ \n]/y
const QUOTED_KEY = /(?:'([^'\n]*(?:''[^'\n]*)*)'|"([^"\\\n]*(?:\\.[^"\\\n]*)*)") *(?=:[ \n])/y

/** YAML::Syck writes a blank after each mark at the end of a line; the others do not. */
const SYCK = /^---(?: [^\n]*)? \n|^--- [^\n]*\n\n/

class Reader extends YamlScanner {
  private readonly maxDepth: number
  private readonly decode: PerlYamlOptions['decode']
  private readonly bySyck: boolean
  private readonly anchors = new Map<string, unknown>()
  /** Of an anchor that stands behind another one, that. */
  private readonly also = new Map<string, string>()
  /** To YAML::Syck, references to one anchored scalar are one and the same. */
  private readonly references = new Map<string, unknown>()
  private depth = 0

  constructor(text: string, { maxDepth = defaultLimits.maxDepth, decode }: PerlYamlOptions) {
    super(text)
    this.maxDepth = maxDepth
    this.decode = decode
    this.bySyck = SYCK.test(this.text)
  }

  document(): unknown {
    this.end = this.text.indexOf('\n')
    const value = this.node(3, -1, true)
    if (this.start < this.text.length) throw outside
    return value
  }

  /**
   * The node behind a colon, a dash or the mark of a document; then the next line is the current one.
   *
   * @param indent of the collection that the node is in
   * @param isValue whether a sequence with no more indent than that belongs to it
   */
  private node(from: number, indent: number, isValue: boolean): unknown {
    const { text } = this
    let at = from
    while (text.charCodeAt(at) === 0x20) at++
    const first = text.charCodeAt(at)
    if (first !== 0x26 && first !== 0x21) return this.untagged(at, indent, isValue, undefined)
    return this.withProperties(at, indent, isValue)
  }

  private withProperties(from: number, indent: number, isValue: boolean): unknown {
    let at = from
    let anchor: string | undefined
    let tag: Tag | undefined
    for (;;) {
      const first = this.text[at]
      if (first === '&') {
        // YAML::Syck has one for a reference, and one for what it refers to.
        const name = this.match(ANCHOR, at)[1]!
        if (this.also.has(name) || name === anchor) this.fail('an anchor twice', at)
        if (anchor !== undefined) this.also.set(name, anchor)
        anchor = name
        at = ANCHOR.lastIndex
      } else if (first === '!' && tag === undefined) {
        tag = parseTag(this.match(TAG, at)[0])
        if (tag === undefined) throw outside
        at = TAG.lastIndex
      } else break
      while (this.text[at] === ' ') at++
    }
    if (tag === undefined) return this.untagged(at, indent, isValue, anchor)
    return this.tagged(tag, anchor, at, indent, isValue)
  }

  private define<T>(anchor: string | undefined, value: T): T {
    for (let name = anchor; name !== undefined; name = this.also.get(name)) this.anchors.set(name, value)
    return value
  }

  private untagged(at: number, indent: number, isValue: boolean, anchor: string | undefined): unknown {
    switch (this.text[at]) {
      case '\n':
      case '#':
        return this.collection(indent, isValue, anchor)
      case '*':
        return this.define(anchor, this.alias(at))
      case '{':
        return this.define(anchor, this.empty('{}', at, {}))
      case '[':
        return this.define(anchor, this.empty('[]', at, []))
    }
    const truth = this.booleanAt(at)
    if (truth !== undefined) {
      this.nextLine()
      return this.define(anchor, truth)
    }
    if (this.isPlain(at)) {
      const value = plainScalar(this.plain(at))
      return this.define(anchor, typeof value === 'string' ? this.string(value) : value)
    }
    return this.define(anchor, this.string(this.scalar(at, indent)))
  }

  /** As written here only. */
  private booleanAt(at: number): boolean | undefined {
    if (this.text[at] !== "'") return undefined
    if (this.text.startsWith(`${TRUE}\n`, at)) return true
    return this.text.startsWith(`${FALSE}\n`, at) ? false : undefined
  }

  private string(characters: string): string | PerlString {
    return this.decode === undefined ? characters : this.decode(characters)
  }

  private empty<T>(brackets: string, at: number, value: T): T {
    if (!this.text.startsWith(brackets, at)) throw outside
    this.endLine(at + 2)
    return value
  }

  private alias(at: number): unknown {
    const name = this.match(ALIAS, at)[1] ?? ''
    if (!this.anchors.has(name)) this.fail(`an alias to nothing, *${name}`, at)
    this.nextLine()
    const value = this.anchors.get(name)
    noteShared(value)
    return value
  }

  /** A collection on the next lines; null when there is none. */
  private collection(indent: number, isValue: boolean, anchor: string | undefined): unknown {
    if (!this.goesInside(indent, isValue)) return this.define(anchor, null)
    if (this.isDash()) return this.sequence(this.define(anchor, []))
    return this.map(this.define(anchor, {}))
  }

  private goesInside(indent: number, isValue: boolean): boolean {
    this.nextLine()
    const inner = this.indent()
    return inner > indent || (isValue && inner === indent && inner >= 0 && this.isDash())
  }

  private enter(): void {
    if (++this.depth > this.maxDepth)
      this.fail(`nested too deeply, more than ${this.maxDepth} levels`, this.start)
  }

  private sequence(array: unknown[]): unknown[] {
    const indent = this.indent()
    this.enter()
    do {
      let at = this.content + 1
      while (this.text.charCodeAt(at) === 0x20) at++
      array.push(this.item(at, indent))
    } while (this.goesOn(indent) && this.isDash())
    // What follows at the same indent belongs to the mapping around.
    this.depth--
    return array
  }

  private item(at: number, indent: number): unknown {
    if (this.isDash(at)) {
      this.content = at
      return this.sequence([])
    }
    if (this.isKey(at)) {
      this.content = at
      return this.map({})
    }
    return this.node(at, indent, false)
  }

  private isKey(at: number): boolean {
    const first = this.text.charCodeAt(at)
    const pattern = first === 0x22 || first === 0x27 ? QUOTED_KEY : PLAIN_KEY
    pattern.lastIndex = at
    return pattern.test(this.text)
  }

  private goesOn(indent: number): boolean {
    if (this.indent() > indent) throw outside
    return this.indent() === indent
  }

  private map(hash: Hash): Hash {
    const indent = this.indent()
    this.enter()
    do {
      const at = this.content
      const key = this.key(indent)
      if (Object.hasOwn(hash, key)) this.fail('a key twice', at)
      setKey(hash, key, this.node(this.content + 1, indent, true))
    } while (this.goesOn(indent))
    this.depth--
    return hash
  }

  /** Leaves `content` at the colon. */
  private key(indent: number): string {
    const at = this.content
    PLAIN_KEY.lastIndex = at
    if (PLAIN_KEY.test(this.text)) {
      this.content = PLAIN_KEY.lastIndex
      const key = trimBlanks(this.text.slice(at, this.content), ' ')
      if (key.includes(' #') || this.isNextDocument(at)) throw outside
      return this.keyOf(key, at)
    }
    if (this.text[at] === '?') return this.longKey(at, indent)
    const match = this.match(QUOTED_KEY, at)
    this.content = QUOTED_KEY.lastIndex
    return this.keyOf(match[1]?.replaceAll("''", "'") ?? this.unescaped(match[2] ?? ''), at)
  }

  private isNextDocument(at: number): boolean {
    NEXT_DOCUMENT.lastIndex = at
    return at === this.start && NEXT_DOCUMENT.test(this.text)
  }

  /** YAML.pm writes a key of several lines as a block scalar, and the colon with no indent. */
  private longKey(at: number, indent: number): string {
    if (this.text[at + 1] !== ' ') throw outside
    const key = this.scalar(at + 2, indent)
    if (this.text[this.content] !== ':') throw outside
    return this.keyOf(key, at)
  }

  private keyOf(characters: string, at: number): string {
    // Only octets are decoded.
    const key = keyFromPerl(this.string(characters), 'utf8')
    return key ?? this.fail('a hash key that perlText has no text for', at)
  }

  private tagged(
    tag: Tag,
    anchor: string | undefined,
    at: number,
    indent: number,
    isValue: boolean,
  ): unknown {
    const first = this.text[at]
    if (first === '{') return this.define(anchor, this.object(tag, this.empty('{}', at, {}), 'hash', at))
    if (first === '[') return this.define(anchor, this.object(tag, this.empty('[]', at, []), 'array', at))
    if (first === '*') this.fail('a tag on an alias', at)
    if (first !== '\n' && first !== '#') return this.define(anchor, this.taggedScalar(tag, at, indent))
    if (!this.goesInside(indent, isValue)) return this.define(anchor, this.scalarObject(tag, '', true, at))
    if (this.isDash()) {
      const array: unknown[] = []
      const value = this.define(anchor, this.object(tag, array, 'array', at))
      this.sequence(array)
      return value
    }
    if (tag.kind === 'ref') return this.reference(tag, anchor, at)
    if (tag.kind === 'glob') return this.define(anchor, this.glob(tag, at))
    const hash = {}
    const value = this.define(anchor, this.object(tag, hash, 'hash', at))
    this.map(hash)
    return value
  }

  private object({ kind, className }: Tag, value: Referent, expected: Tag['kind'], at: number): unknown {
    if (kind !== expected && kind !== 'any') this.fail(`a tag of another kind than what it is on`, at)
    return className === '' ? value : new Blessed(className, value)
  }

  /** A mapping whose only key is an equals sign. */
  private reference({ className }: Tag, anchor: string | undefined, at: number): unknown {
    const indent = this.indent()
    const colon = this.text.slice(this.content, this.end).match(/^(?:=|'='|"=") *(?=:[ \n]|:$)/)
    if (colon === null) this.fail('a reference without a value', at)
    this.enter()
    const reference = new ScalarRef(null)
    const value = className === '' ? reference : new Blessed(className, reference)
    this.define(anchor, value)
    const name = this.bySyck ? this.anchorAt(this.content + colon[0].length + 1) : undefined
    reference.value = this.node(this.content + colon[0].length + 1, indent, true)
    if (this.goesOn(indent)) this.fail('a reference with more than a value', this.content)
    this.depth--
    return this.define(anchor, name === undefined ? value : this.theReference(name, value))
  }

  private anchorAt(from: number): string | undefined {
    return /^ *[&*]([\w./-]+)/.exec(this.text.slice(from, this.end))?.[1]
  }

  private theReference(name: string, value: unknown): unknown {
    const known = this.references.get(name)
    if (known === undefined || known instanceof Blessed !== value instanceof Blessed) {
      this.references.set(name, value)
      return value
    }
    noteShared(known)
    return known
  }

  private taggedScalar(tag: Tag, at: number, indent: number): unknown {
    const isPlain = this.isPlain(at)
    const truth = this.booleanAt(at)
    const characters = this.scalar(at, indent)
    if (truth === undefined || tag.kind !== 'scalar' || tag.className === '') {
      return this.scalarObject(tag, characters, isPlain, at)
    }
    return new Blessed(tag.className, new ScalarRef(truth))
  }

  private scalarObject({ kind, className }: Tag, characters: string, isPlain: boolean, at: number): unknown {
    switch (kind) {
      case 'regexp': {
        const regexp = this.bySyck ? readSyckRegexp(characters) : readYamlPmRegexp(characters)
        return className === '' ? regexp : new Blessed(className, regexp)
      }
      case 'code':
        return className === '' ? new Code() : new Blessed(className, new Code())
      case 'any':
      case 'scalar':
        if (className === '') throw outside
        if (className === 'JSON::PP::Boolean' && (characters === '1' || characters === '0')) {
          return new JsonBoolean(characters === '1')
        }
        return new Blessed(className, new ScalarRef(this.scalarValue(characters, isPlain)))
      default:
        return this.fail(`a tag of another kind than what it is on`, at)
    }
  }

  private scalarValue(characters: string, isPlain: boolean): unknown {
    const value = isPlain ? plainScalar(characters) : characters
    return typeof value === 'string' ? this.string(value) : value
  }

  /** Only its name is read: what is in it is the program's. */
  private glob(tag: Tag, at: number): unknown {
    const hash: Hash = this.map({})
    const name = hash['NAME']
    const owner = hash['PACKAGE'] ?? 'main'
    if (typeof name === 'string' && typeof owner === 'string') return new Glob(`${owner}::${name}`)
    if (tag.className === '') this.fail('a glob without a name', at)
    return new Blessed(`glob:${tag.className}`, hash)
  }
}
