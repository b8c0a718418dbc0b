import type { Image } from '../contracts/driver.ts'
import { ThawError } from '../errors.ts'
import { setKey } from '../hash.ts'

/**
 * Reads what `JSON.parse` reads and what Perl's JSON modules write besides: integers of any length, which lose no
 * digit here, bare `inf`, `-inf` and `nan`, and on demand the escapes of JSON::Syck. Several times slower, so only for
 * texts that need it; and for those that are wrong, because it knows where. Throws `ThawError`.
 */
export function readJson(text: string, knowsSyck = false): unknown {
  try {
    return new Reader(text, knowsSyck).document()
  } catch (cause) {
    if (cause instanceof RangeError) throw new ThawError('JSON', 'nested too deeply', undefined, { cause })
    throw cause
  }
}

/** A number, or beyond 2^53 a bigint: there a number is a double to Perl, and is written with an exponent. */
export function readInteger(digits: string): number | bigint {
  const value = Number(digits)
  return Number.isSafeInteger(value) ? value : BigInt(digits)
}

const BEFORE_NUMBER = Buffer.from(':,[- \n\r\t')

/** Whether `JSON.parse` might lose digits: there is a number that begins with 16 digits. */
export function hasLongInteger(image: Image): boolean {
  // Sixteen digits in a row cover one of these places, wherever they begin.
  for (let at = 15; at < image.length; at += 16) {
    if (!isDigit(image[at])) continue
    let first = at
    while (isDigit(image[first - 1])) first--
    while (isDigit(image[at + 1])) at++
    if (at - first >= 15 && BEFORE_NUMBER.includes(image[first - 1] ?? 0)) return true
  }
  return false
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

const SPACE = /[ \t\n\r]*/y
const WORD = /true|false|null/y
const WORDS: Record<string, unknown> = { true: true, false: false, null: null }
const NUMBER = /(-?(?:0|[1-9]\d*))((?:\.\d+)?(?:[eE][-+]?\d+)?)/y
const PERL_NUMBER = /(-?)(?:(inf)|nan)/iy

/** Every escape, so that none begins with the backslash that another ends with. */
const ESCAPE = /\\(?:x([\da-fA-F]{2})|[^])/g
/** What JSON::Syck writes, and JSON has no such escape for. */
const SYCK_ESCAPES: Readonly<Record<string, string>> = {
  '\\0': '\\u0000',
  '\\a': '\\u0007',
  '\\v': '\\u000b',
  '\\e': '\\u001b',
}

function asJson(escape: string, hex: string | undefined): string {
  return hex === undefined ? (SYCK_ESCAPES[escape] ?? escape) : `\\u00${hex}`
}

class Reader {
  private readonly text: string
  private readonly knowsSyck: boolean
  private at = 0

  constructor(text: string, knowsSyck: boolean) {
    this.text = text
    this.knowsSyck = knowsSyck
  }

  document(): unknown {
    const value = this.value()
    this.match(SPACE)
    if (this.at < this.text.length) this.fail('something after its end')
    return value
  }

  private value(): unknown {
    switch (this.next()) {
      case '{':
        return this.object()
      case '[':
        return this.array()
      case '"':
        return this.string()
      default:
        return this.scalar()
    }
  }

  private object(): object {
    const object = {}
    if (this.opens('}')) return object
    do {
      if (this.next() !== '"') this.fail('a key expected')
      const key = this.string()
      if (this.next() !== ':') this.fail("':' expected")
      this.at++
      setKey(object, key, this.value())
    } while (this.goesOn('}'))
    return object
  }

  private array(): unknown[] {
    const array: unknown[] = []
    if (this.opens(']')) return array
    do array.push(this.value())
    while (this.goesOn(']'))
    return array
  }

  private string(): string {
    const start = this.at
    do {
      this.at = this.text.indexOf('"', this.at + 1)
      if (this.at < 0) this.fail('a string without an end', start)
    } while (this.isEscaped(this.at))
    const quoted = this.text.slice(start, ++this.at)
    try {
      return JSON.parse(
        this.knowsSyck && quoted.includes('\\') ? quoted.replace(ESCAPE, asJson) : quoted,
      ) as string
    } catch {
      return this.fail('a string with a bare control character or a wrong escape', start)
    }
  }

  private isEscaped(at: number): boolean {
    let first = at
    while (this.text[first - 1] === '\\') first--
    return (at - first) % 2 === 1
  }

  private scalar(): unknown {
    const word = this.match(WORD)
    if (word) return WORDS[word[0]]
    const number = this.match(NUMBER)
    if (number) return number[2] === '' ? readInteger(number[0]) : Number(number[0])
    const perlNumber = this.match(PERL_NUMBER)
    if (perlNumber) return perlNumber[2] ? Number(`${perlNumber[1]}Infinity`) : Number.NaN
    return this.fail(this.at < this.text.length ? 'a value expected' : 'it ends too early')
  }

  /** After the bracket: whether the other follows at once. */
  private opens(end: string): boolean {
    this.at++
    if (this.next() !== end) return false
    this.at++
    return true
  }

  private goesOn(end: string): boolean {
    const character = this.next()
    if (character !== ',' && character !== end) this.fail(`',' or '${end}' expected`)
    this.at++
    return character === ','
  }

  /** The character after any white space. */
  private next(): string | undefined {
    this.match(SPACE)
    return this.text[this.at]
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at
    const match = pattern.exec(this.text)
    if (match) this.at = pattern.lastIndex
    return match
  }

  private fail(reason: string, at = this.at): never {
    throw new ThawError('JSON', reason, at)
  }
}
