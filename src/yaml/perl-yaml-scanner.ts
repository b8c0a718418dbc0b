import { ThawError } from '../errors.ts'
import { trimBlanks } from './blanks.ts'
import { BlockScalar } from './block-scalar.ts'
import { unescape } from './escapes.ts'
import { foldLines } from './quoted.ts'

/** Thrown where the reader would have to guess. */
export const outside = new Error('outside of what is read here')

const SINGLE_QUOTED = /'([^']*(?:''[^']*)*)'/y
const DOUBLE_QUOTED = /"([^"\\]*(?:\\[^][^"\\]*)*)"/y
const REST_OF_LINE = /[ \t\r]*(?:[ \t]#[^\n]*)?\n/y
const BLOCK_SCALAR = /([|>])(?:([+-])(\d*)|(\d*)([+-]?)) *(?: #[^\n]*)?\n/y

/** How no plain scalar begins, as far as Perl's modules write and read it alike. */
const INDICATOR = /^(?:[!"#&'*>[\]{|}]|[-?:](?: |$))/

/** The lines of a document, and the scalars on them. */
export class YamlScanner {
  protected readonly text: string
  /** The line being read: where it begins, where its indent ends, where its newline is. */
  protected start = 0
  protected content = 0
  protected end = 0

  constructor(text: string) {
    this.text = text.endsWith('\n') ? text : `${text}\n`
  }

  /** Goes to the next line that is not blank and not a comment. */
  protected nextLine(): void {
    const { text } = this
    do {
      this.start = this.end + 1
      this.content = this.start
      while (text.charCodeAt(this.content) === 0x20) this.content++
      this.end = text.indexOf('\n', this.content)
    } while (this.isBlank())
  }

  protected isBlank(): boolean {
    const first = this.text.charCodeAt(this.content)
    if (first === 0x09) throw outside
    return first === 0x0a || first === 0x23 || (first === 0x0d && this.end === this.content + 1)
  }

  /** -1 after the last line. */
  protected indent(): number {
    return this.start >= this.text.length ? -1 : this.content - this.start
  }

  protected isDash(at = this.content): boolean {
    if (this.text.charCodeAt(at) !== 0x2d) return false
    const after = this.text.charCodeAt(at + 1)
    return after === 0x20 || after === 0x0a
  }

  protected fail(reason: string, at: number): never {
    throw new ThawError('YAML', reason, at)
  }

  protected match(pattern: RegExp, at: number): RegExpExecArray {
    pattern.lastIndex = at
    const match = pattern.exec(this.text)
    if (match === null) throw outside
    return match
  }

  protected endLine(at: number): void {
    const match = this.match(REST_OF_LINE, at)
    this.end = at + match[0].length - 1
    this.nextLine()
  }

  protected isPlain(at: number): boolean {
    const first = this.text[at]
    return first !== '"' && first !== "'" && first !== '|' && first !== '>'
  }

  /** The text of any scalar. */
  protected scalar(at: number, indent: number): string {
    switch (this.text[at]) {
      case "'": {
        const inner = this.match(SINGLE_QUOTED, at)[1] ?? ''
        this.endLine(SINGLE_QUOTED.lastIndex)
        return foldLines(inner).replaceAll("''", "'")
      }
      case '"': {
        const inner = this.match(DOUBLE_QUOTED, at)[1] ?? ''
        this.endLine(DOUBLE_QUOTED.lastIndex)
        return this.unescaped(foldLines(inner))
      }
      case '|':
      case '>':
        return this.blockScalar(at, indent)
      default:
        return this.plain(at)
    }
  }

  protected unescaped(inner: string): string {
    const characters = unescape(inner)
    if (characters === undefined) throw outside
    return characters
  }

  protected plain(at: number): string {
    let scalar = this.text.slice(at, this.end)
    if (INDICATOR.test(scalar)) throw outside
    const comment = scalar.indexOf(' #')
    if (comment >= 0) scalar = scalar.slice(0, comment)
    scalar = trimBlanks(scalar, ' \t\r')
    if (scalar.includes(': ') || scalar.endsWith(':')) throw outside
    this.nextLine()
    return scalar
  }

  protected blockScalar(at: number, indent: number): string {
    const [line, style, chompBefore, indentBehind, indentBefore, chompBehind] = this.match(BLOCK_SCALAR, at)
    const explicit = indentBehind || indentBefore
    const scalar = new BlockScalar(
      this.text,
      at + line.length,
      Math.max(indent, 0),
      explicit ? Number(explicit) : undefined,
    )
    this.end = scalar.end - 1
    this.nextLine()
    return scalar.read(style === '>', chompBefore ?? chompBehind ?? '')
  }
}
