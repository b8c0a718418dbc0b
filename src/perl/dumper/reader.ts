import { ThawError } from '../../errors.ts'
import { dollar, equals, semicolon, star } from '../ascii.ts'
import { contentsOf, isGlobContent, setContents } from './globs.ts'
import { perlDefaults, type PerlOptions } from '../options.ts'
import { Places, put, type Slot } from './places.ts'
import { ValueReader } from './value-reader.ts'

const declaration = /(?:(?:my|our|local)\s+)?\$(\w+(?:::\w+){0,99})\s*=(?![=~])/y

/**
 * The value in what Data::Dumper wrote, whatever it was set to: the value of the variable that the first statement
 * assigns, with the fix-up statements after it applied. It parses and never evaluates; time grows with the length.
 *
 * Hashes become plain objects, arrays arrays, undef null, bare numbers numbers (integers that a number cannot hold
 * exactly: bigints), quoted ones strings. What is left are the classes of `values.ts`. A reference that occurs twice
 * is one object. Throws `ThawError`, with the offset in bytes, for everything that is not data.
 */
export function parseDumper(image: Uint8Array, options: Partial<PerlOptions> = {}): unknown {
  const whole = { ...perlDefaults, ...options }
  const { maxImageBytes } = whole
  if (image.length > maxImageBytes) throw new ThawError('DataDumper', `longer than ${maxImageBytes} bytes`)
  try {
    return new Reader(image, whole).image()
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new ThawError('DataDumper', 'more levels than the stack has room for', undefined, { cause })
  }
}

/** Reads statements: one that assigns the value, and those behind it that set references in it right. */
class Reader extends ValueReader {
  private readonly places = new Places()

  image(): unknown {
    this.skip()
    this.variable = this.take(declaration)?.[1]
    this.assign({ container: this.places.top, key: 0 })
    this.inFixUps = true
    while (this.nextStatement()) this.fixUp()
    return this.places.top[0]
  }

  private nextStatement(): boolean {
    let code = this.skip()
    if (code === semicolon) {
      while (code === semicolon) {
        this.pos++
        code = this.skip()
      }
    } else if (this.pos < this.text.length) {
      this.fail("expected ';' after a statement: only data can be read")
    }
    return this.pos < this.text.length
  }

  /** `$D->{'a'} = …`, or the `$D` at the end, which changes nothing. */
  private fixUp(): void {
    const start = this.pos
    if (this.peek() === star) return this.globContents(start)
    if (this.peek() !== dollar) this.fail('a statement that is more than data')
    const steps = this.steps(1)
    if (this.skip() !== equals) {
      if (steps.length > 0) this.fail("expected '=' after a place", this.pos)
      return
    }
    if (steps.length === 0) this.fail(`$${this.variable} is assigned twice`, start)
    const slot = this.places.find(steps) ?? this.fail('a place that does not exist', start)
    this.pos++
    this.assign(slot)
  }

  /** `*::fh = {…}`: what is in a glob of the data. */
  private globContents(start: number): void {
    const globs = this.globs?.get(this.globName()) ?? this.fail('a glob that is not in the data', start)
    this.expect(equals, 'a glob')
    const reference = this.value(1)
    if (this.link !== undefined || this.links.length > 0) {
      this.fail('a place named within a glob: only data can be read', start)
    }
    if (!isGlobContent(reference)) this.fail('contents that a glob cannot have', start)
    const [first] = globs
    const references = (first && contentsOf(first)) ?? []
    if (references.length === 0) for (const glob of globs) setContents(glob, references)
    references.push(reference)
  }

  private assign(slot: Slot): void {
    const value = this.value(1)
    if (this.link === undefined) put(slot, value)
    else this.attach(slot.container, slot.key)
    if (this.links.length === 0) return
    for (const [target, link] of this.links) {
      if (!this.places.link(target, link)) this.fail('a place that does not exist', link.offset)
    }
    this.links = []
  }
}
