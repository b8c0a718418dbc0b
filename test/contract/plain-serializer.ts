import type { Image } from '../../src/contracts/driver.ts'
import type { Hash, Serializer } from '../../src/contracts/serializer.ts'
import { FreezeError, ThawError } from '../../src/errors.ts'
import { isPlainObject } from '../../src/hash.ts'

/** The shortest serializer that keeps the contract, for tests to break. */
export class PlainSerializer implements Serializer {
  freeze(hash: Hash): Image {
    this.check(hash, 500)
    return this.encode(this.write(hash))
  }

  thaw(image: Image): Hash {
    try {
      const hash: unknown = this.read(this.decode(image))
      if (isPlainObject(hash)) return hash
    } catch (cause) {
      throw new ThawError('plain', 'no JSON', undefined, { cause })
    }
    throw new ThawError('plain', 'no hash')
  }

  protected write(hash: Hash): string {
    return JSON.stringify(hash)
  }

  protected read(text: string): unknown {
    return JSON.parse(text)
  }

  protected encode(text: string): Image {
    return Buffer.from(text)
  }

  protected decode(image: Image): string {
    return Buffer.from(image).toString()
  }

  protected check(value: unknown, levels: number): void {
    if (!this.accepts(value) || levels === 0) throw new FreezeError('plain', 'this')
    const inner = isPlainObject(value) || Array.isArray(value) ? Object.values(value) : []
    for (const value of inner) this.check(value, levels - 1)
  }

  /** Whether a value, apart from what it contains, comes back as it was. */
  protected accepts(value: unknown): boolean {
    if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
    if (Array.isArray(value) && Object.getPrototypeOf(value) === Array.prototype) {
      return (
        Object.keys(value).length === value.length && value.every((_, index) => Object.hasOwn(value, index))
      )
    }
    return isPlainObject(value) && Object.getOwnPropertySymbols(value).length === 0
  }
}
