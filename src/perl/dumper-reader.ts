import { ThawError } from '../errors.ts'
import { dollar, equals, semicolon } from './ascii.ts'
import { type DumperOptions, dumperDefaults } from './dumper-options.ts'
import { Places, put, type Slot } from './dumper-places.ts'
import { ValueReader } from './dumper-values.ts'
import { maxBytes } from './limits.ts'

const declaration = /(?:(?:my|our|local)\s+)?\$(\w+)\s*=(?![=~])/y

/**
 * The value in what Data::Dumper wrote, whatever it was set to: the value of the variable that the first statement
 * assigns, with the fix-up statements after it applied. It parses and never evaluates; time grows with the length.
 *
 * Hashes become plain objects, arrays arrays, undef null, bare numbers numbers (integers that a number cannot hold
 * exactly: bigints), quoted ones strings. What is left are the classes of `values.ts`. A reference that occurs twice
 * is one object. Throws `ThawError`, with the offset in bytes, for everything that is not data.
 */
export function parseDumper(image: Uint8Array, options: DumperOptions = dumperDefaults): unknown {
  if (image.length > maxBytes) throw new ThawError('DataDumper', `longer than ${maxBytes} bytes`)
  return new Reader(image, options).image()
}

/** Reads statements: one that assigns the value, and those behind it that set references in it right. */
class Reader extends ValueReader {
  private readonly places = new Places()

  image(): unknown {
    this.skip()
    this.variable = this.take(declaration)?.[1] ?? this.variable
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

  private assign(slot: Slot): void {
    const value = this.value(1)
    if (this.link === undefined) put(slot, value)
    else this.attach(slot.container, slot.key)
    for (const [target, link] of this.links) {
      if (!this.places.link(target, link)) this.fail('a place that does not exist', link.offset)
    }
    this.links = []
  }
}
