import type { Hash } from '../contracts/serializer.ts'
import { setKey } from '../hash.ts'
import { plainScalar } from './plain-scalar.ts'
import { FALSE, TRUE } from './write-yaml.ts'

/**
 * Reads the part of YAML that YAML::Tiny and we write, many times faster than a parser for all of YAML. Answers
 * `undefined` for whatever is outside that part, valid or not: it never guesses. Throws `RangeError` when the text is
 * nested too deeply.
 */
export function readTinyYaml(text: string): unknown {
  if (text === '--- {}\n') return {}
  if (!text.startsWith('---\n') || !text.endsWith('\n') || OTHER_SPACE.test(text)) return undefined
  try {
    return new Reader(text).document()
  } catch (error) {
    if (error instanceof OutsideTinyYaml) return undefined
    throw error
  }
}

class OutsideTinyYaml extends Error {}

/** Of a thousand levels, as YAML::Tiny writes them. */
const MAX_INDENT = 2000

/** YAML::Tiny writes these as escapes; elsewhere they may separate words and end lines. */
const OTHER_SPACE = /[\t\r]/

// Keys, up to the colon.
const PLAIN_KEY = /(?:[^-\s!"#%&'*,:>?@[\]`{|}]|-(?=\S))[^\s:]*(?::+[^\s:]+)*(?=:[ \n])/y
const QUOTED_KEY = /(?:'([^'\n]*)'|"([^"\\\n]*(?:\\.[^"\\\n]*)*)")(?=:[ \n])/y

/** How no scalar without quotes begins. A dash may, unless a blank follows. */
const INDICATOR = /^(?:[ !"#%&'*,:>?@[\]`{|}]|-(?: |$))/

class Reader {
  private readonly text: string
  /** The line to be read next: where it begins, where its indent ends, where its newline is. */
  private start = 0
  private content = 0
  private end = 3

  constructor(text: string) {
    this.text = text
    this.nextLine()
  }

  document(): unknown {
    const value = this.block()
    if (this.start < this.text.length) throw new OutsideTinyYaml()
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
    if (indent > MAX_INDENT) throw new RangeError('Too deep')
    return this.isDash() ? this.sequence(indent) : this.map(indent)
  }

  private isDash(): boolean {
    if (this.text[this.content] !== '-') return false
    const after = this.text[this.content + 1]
    return after === ' ' || after === '\n'
  }

  private sequence(indent: number): unknown[] {
    const array: unknown[] = []
    do {
      if (!this.isDash()) throw new OutsideTinyYaml()
      array.push(this.entry(this.content + 1, indent))
    } while (this.goesOn(indent))
    return array
  }

  private map(indent: number): Hash {
    const hash: Hash = {}
    do {
      const key = this.key()
      if (Object.hasOwn(hash, key)) throw new OutsideTinyYaml()
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
    if (!match) throw new OutsideTinyYaml()
    this.content = QUOTED_KEY.lastIndex
    return match[1] ?? unescape(match[2] ?? '')
  }

  private goesOn(indent: number): boolean {
    if (this.indent() > indent) throw new OutsideTinyYaml()
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
      return unescape(unquote(text, '"'))
    case '{':
      if (text === '{}') return {}
      break
    case '[':
      if (text === '[]') return []
  }
  if (INDICATOR.test(text) || text === '') throw new OutsideTinyYaml()
  if (text.includes(': ') || text.includes(' #') || text.endsWith(':') || text.endsWith(' ')) {
    throw new OutsideTinyYaml()
  }
  return plainScalar(text)
}

function unquote(text: string, quote: string): string {
  const inner = text.slice(1, -1)
  const isWhole = text.length > 1 && text.endsWith(quote)
  if (!isWhole || (quote === "'" && inner.includes(quote))) throw new OutsideTinyYaml()
  return inner
}

const ESCAPE = /\\(?:x([\dA-Fa-f]{2})|u([\dA-Fa-f]{4})|(.?))|"/g
const SHORT_ESCAPES = new Map(
  Object.entries({
    '0': '\0',
    a: '\x07',
    b: '\b',
    t: '\t',
    n: '\n',
    v: '\v',
    f: '\f',
    r: '\r',
    e: '\x1b',
    '"': '"',
    '\\': '\\',
    N: '\x85',
  }),
)

function unescape(text: string): string {
  return text.replace(ESCAPE, (_, byte?: string, unit?: string, short?: string) => {
    const hex = byte ?? unit
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
    const character = SHORT_ESCAPES.get(short ?? '')
    if (character === undefined) throw new OutsideTinyYaml()
    return character
  })
}
