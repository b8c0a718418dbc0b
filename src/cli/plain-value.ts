import { types } from 'node:util'
import type { Hash } from '../contracts/serializer.ts'
import { isPlainObject, setKey } from '../hash.ts'

/** A value that a session holds, as a tree that JSON can show: no cycles, no classes but this one. */
export type PlainValue =
  | null
  | boolean
  | number
  | string
  | PlainValue[]
  | { [key: string]: PlainValue }
  | Tagged

/** What JSON has no form for: an object whose first key begins with `$` and says what it is. */
export class Tagged {
  readonly fields: Readonly<Record<string, PlainValue>>

  constructor(fields: Readonly<Record<string, PlainValue>>) {
    this.fields = fields
  }

  toJSON(): unknown {
    return this.fields
  }
}

/**
 * The tree of a value. An object that occurs again, inside itself or elsewhere, is shown once; the other times it is
 * `{ $same: 'where' }`: so the tree is not larger than the value.
 */
export function plainValue(value: unknown, name: string): PlainValue {
  return new Tree().of(value, name)
}

class Tree {
  readonly #seen = new Map<object, string>()

  of(value: unknown, path: string): PlainValue {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value
      case 'number':
        return Number.isFinite(value) ? value : tagged('number', String(value))
      case 'bigint':
        return tagged('bigint', String(value))
      case 'undefined':
        return tagged('undefined', true)
      case 'object':
        return value === null ? null : this.#object(value, path)
      default:
        return tagged('unknown', typeof value)
    }
  }

  #object(value: object, path: string): PlainValue {
    const before = this.#seen.get(value)
    if (before !== undefined) return tagged('same', before)
    this.#seen.set(value, path)
    if (Array.isArray(value)) return Array.from(value, (item, at) => this.of(item, `${path}[${at}]`))
    if (isPlainObject(value)) return this.#hash(value, path)
    if (types.isDate(value)) return tagged('date', Number.isNaN(value.getTime()) ? null : value.toISOString())
    if (types.isMap(value)) return tagged('map', this.of([...value], path))
    if (types.isSet(value)) return tagged('set', this.of([...value], path))
    if (types.isRegExp(value)) return tagged('regexp', String(value))
    if (ArrayBuffer.isView(value)) {
      return tagged('bytes', Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64'))
    }
    if (types.isArrayBuffer(value)) return tagged('bytes', Buffer.from(value).toString('base64'))
    return this.#ofClass(value, path)
  }

  #hash(hash: Hash, path: string): Record<string, PlainValue> {
    const plain = {}
    for (const [key, value] of Object.entries(hash)) setKey(plain, key, this.of(value, `${path}.${key}`))
    return plain
  }

  /** The small classes for what Perl has and JavaScript has not say by themselves how they are shown. */
  #ofClass(value: object, path: string): PlainValue {
    if (!('toJSON' in value) || typeof value.toJSON !== 'function') return tagged('unknown', 'object')
    const form: unknown = (value as { toJSON(): unknown }).toJSON()
    return isPlainObject(form) ? new Tagged(this.#hash(form, path)) : this.of(form, path)
  }
}

function tagged(tag: string, value: PlainValue): Tagged {
  return new Tagged({ [`$${tag}`]: value })
}
