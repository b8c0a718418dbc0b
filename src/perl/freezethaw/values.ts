/** What FreezeThaw writes and only a running Perl program understands. Inert, and goes back as it came. */
import type { InspectOptions } from 'node:util'

const inspectForm = Symbol.for('nodejs.util.inspect.custom')
type Inspect = (value: unknown, options?: InspectOptions) => string

/** The place in memory of a code reference or file handle, which is all that FreezeThaw writes of one. */
export class Address {
  readonly kind: 'code' | 'glob'
  /** As Perl prints it: `CODE(0x55d0c8a3e2a0)`. */
  readonly text: string

  constructor(kind: Address['kind'], text: string) {
    this.kind = kind
    this.text = text
  }

  toJSON(): unknown {
    return { $address: this.text }
  }

  [inspectForm](): string {
    return `Address(${this.text})`
  }
}

/**
 * An object whose class has its own way into FreezeThaw (a method `Freeze`) and gave it something else than a hash, an
 * array or a reference to a scalar. Only that class knows what it means.
 */
export class FrozenObject {
  readonly className: string
  readonly content: unknown

  constructor(className: string, content: unknown) {
    this.className = className
    this.content = content
  }

  toJSON(): unknown {
    return { $frozen: this.className, content: this.content }
  }

  [inspectForm](_depth: number, options: InspectOptions, inspect: Inspect): string {
    return `FrozenObject(${inspect(this.className, options)}, ${inspect(this.content, options)})`
  }
}
