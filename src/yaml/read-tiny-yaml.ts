import type { Hash } from '../contracts/serializer.ts'
import { ThawError } from '../errors.ts'
import { setKey } from '../hash.ts'
import { defaultLimits } from '../perl/limits.ts'
import { unescape } from './escapes.ts'
import { plainScalar } from './plain-scalar.ts'
import { FALSE, TRUE } from './write-scalar.ts'

/**
 * Reads the part of YAML that YAML::Tiny and we write, many times faster than a parser for all of YAML. Answers
 * `undefined` for whatever is outside that part, valid or not: it never guesses. Throws `ThawError` when the text is
 * nested too deeply.
 */
export function readTinyYaml(text: string, maxDepth = defaultLimits.maxDepth): unknown {
  if (text === '--- {}\n') return {}
  if (!text.startsWith('---\n') || !text.endsWith('\n') || OTHER_SPACE.test(text)) return undefined
  try {
    return new Reader(text, maxDepth).document()
  } catch (error) {
    if (error === outside) return undefined
    throw error
  }
}

const outside = new Error('outside of what is read here')

/** YAML::Tiny writes these as escapes; elsewhere they may separate words and end lines. */
const OTHER_SPACE = /[\t\r]/

// Keys, up to the colon.
const PLAIN_KEY = /(?:[^-\s!"#%&'*,:>?@[\]`{|}]|-(?=\S))[^\s:]*(?::+[^\s:]+)*(?=:[ \n])/y
const QUOTED_KEY = /(?:'([^'\n]*)'|"([^"\\\n]*(?:\\.[^"\\\n]*)*)")(?=:[ \n])/y

/** How no scalar without quotes begins. A dash may, unless a blank follows. */
const INDICATOR = /^(?:[ !"#%&'*,:>?@[\]`{|}]|-(?: |$))/

class Reader {
  private readonly text: string
  private readonly maxDepth: number
  private depth = 0
  /** The line to be read next: where it begins, where its indent ends, where its newline is. */
  private start = 0
  private content = 0
  private end = 3

  constructor(text: string, maxDepth: number) {
    this.text = text
    this.maxDepth = maxDepth
    this.nextLine()
  }

  document(): unknown {
    const value = this.block()
    if (this.start < this.text.length) throw outside
    return value
  }

  private nextLine(): void {
    this.start = this.end + 1
    this.content = this.start
    while (this.text.charCodeAt(this.content) === 0x20) this.content++
    this.end = this.text.indexOf('\n', this.content)
  }

  /** -1 after the last line. */
  private indent(): number {
    return this.start === this.text.length ? -1 : this.content - this.start
  }

  private block(): unknown {
    const indent = this.indent()
    if (++this.depth > this.maxDepth) throw new ThawError('YAML', 'nested too deeply', this.start)
    const collection = this.isDash() ? this.sequence(indent) : this.map(indent)
    this.depth--
    return collection
  }

  private isDash(): boolean {
    if (this.text[this.content] !== '-') return false
    const after = this.text[this.content + 1]
    return after === ' ' || after === '\n'
  }

  private sequence(indent: number): unknown[] {
    const array: unknown[] = []
    do {
      if (!this.isDash()) throw outside
      array.push(this.entry(this.content + 1, indent))
    } while (this.goesOn(indent))
    return array
  }

  private map(indent: number): Hash {
    const hash: Hash = {}
    do {
      const key = this.key()
      if (Object.hasOwn(hash, key)) throw outside
      setKey(hash, key, this.entry(this.content + 1, indent))
    } while (this.goesOn(indent))
    return hash
  }

  /** Leaves `content` at the colon. */
  private key(): string {
    const start = this.content
    PLAIN_KEY.lastIndex = start
    if (PLAIN_KEY.test(this.text)) {
      this.content = PLAIN_KEY.lastIndex
      return this.text.slice(start, this.content)
    }
    QUOTED_KEY.lastIndex = start
    const match = QUOTED_KEY.exec(this.text)
    if (!match) throw outside
    this.content = QUOTED_KEY.lastIndex
    return match[1] ?? unescapeOrLeave(match[2] ?? '')
  }

  private goesOn(indent: number): boolean {
    if (this.indent() > indent) throw outside
    return this.indent() === indent
  }

  /** What follows the dash or the colon: a scalar on this line, or a block on the next ones. */
  private entry(at: number, indent: number): unknown {
    const text = at < this.end ? this.text.slice(at + 1, this.end) : undefined
    this.nextLine()
    if (text !== undefined) return scalar(text)
    return this.indent() > indent ? this.block() : null
  }
}

function scalar(text: string): unknown {
  switch (text[0]) {
    case "'":
      if (text === TRUE) return true
      if (text === FALSE) return false
      return unquote(text, "'")
    case '"':
      return unescapeOrLeave(unquote(text, '"'))
    case '{':
      if (text === '{}') return {}
      break
    case '[':
      if (text === '[]') return []
  }
  if (INDICATOR.test(text) || text === '') throw outside
  if (text.includes(': ') || text.includes(' #') || text.endsWith(':') || text.endsWith(' ')) {
    throw outside
  }
  return plainScalar(text)
}

function unquote(text: string, quote: string): string {
  const inner = text.slice(1, -1)
  const isWhole = text.length > 1 && text.endsWith(quote)
  if (!isWhole || (quote === "'" && inner.includes(quote))) throw outside
  return inner
}

function unescapeOrLeave(text: string): string {
  const characters = unescape(text)
  if (characters === undefined) throw outside
  return characters
}
