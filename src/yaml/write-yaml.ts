import { sortKeys } from '../perl/sorted-keys.ts'
import type { WrittenText } from './text.ts'
import { isShared } from './shared.ts'
import { writeKey, writeScalar } from './write-scalar.ts'

/**
 * Plain data in the form of Perl's YAML::Tiny, which reads little else: two blanks a level, keys sorted, nothing in
 * flow style but `{}` and `[]`. `undefined` when there is anything in the hash that needs a closer look: values of
 * Perl, values that no format keeps, what has a `toJSON`, more levels than `maxDepth`.
 */
export function writePlainYaml(hash: object, perlText: WrittenText, maxDepth: number): string | undefined {
  try {
    const text = new PlainWriter(perlText).block(hash, '', maxDepth)
    return text === '' ? '--- {}\n' : `---\n${text}`
  } catch (error) {
    if (error === notPlain) return undefined
    throw error
  }
}

const notPlain = new Error('not plain data')

class PlainWriter {
  private readonly perlText: WrittenText

  constructor(perlText: WrittenText) {
    this.perlText = perlText
  }

  block(collection: object, indent: string, levels: number): string {
    if (levels === 0 || isShared(collection)) throw notPlain
    const prototype: unknown = Object.getPrototypeOf(collection)
    if (prototype === Array.prototype) return this.sequence(collection as unknown[], indent, levels)
    if (prototype !== Object.prototype || 'toJSON' in collection) throw notPlain
    return this.map(collection as Record<string, unknown>, indent, levels)
  }

  private sequence(array: readonly unknown[], indent: string, levels: number): string {
    if ('index' in array) throw notPlain
    let text = ''
    for (let index = 0; index < array.length; index++) {
      const value = array[index]
      if (value === undefined) throw notPlain
      text += `${indent}-${this.entry(value, indent, levels)}`
    }
    return text
  }

  private map(hash: Record<string, unknown>, indent: string, levels: number): string {
    let text = ''
    for (const key of sortKeys(Object.keys(hash))) {
      const value = hash[key]
      if (value !== undefined) {
        text += `${indent}${writeKey(key, this.perlText)}:${this.entry(value, indent, levels)}`
      }
    }
    return text
  }

  /** What follows the dash or the colon. */
  private entry(value: unknown, indent: string, levels: number): string {
    switch (typeof value) {
      case 'string':
      case 'number':
      case 'boolean':
        return ` ${writeScalar(value, this.perlText)}\n`
      case 'object': {
        if (value === null) return ' ~\n'
        const text = this.block(value, `${indent}  `, levels - 1)
        if (text !== '') return `\n${text}`
        return Array.isArray(value) ? ' []\n' : ' {}\n'
      }
      default:
        throw notPlain
    }
  }
}
