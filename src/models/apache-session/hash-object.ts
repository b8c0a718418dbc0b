import { InvalidOptionError, ReservedKeyError } from '../../errors.ts'

/** What is behind the properties of a hash object. */
export interface HashData {
  /** In the order in which they are listed. */
  keys(): string[]
  has(key: string): boolean
  get(key: string): unknown
  /** Throws for a key that it cannot take. */
  set(key: string, value: unknown): void
  delete(key: string): void
}

/**
 * An object whose own properties are data. What a class that extends it has (methods, accessors) is not data and cannot
 * be hidden by data; what every JavaScript object has (`constructor`, `toString`, `__proto__`) is there only while no
 * data has that name.
 *
 * The constructor gives the proxy, so that private fields of the class are the proxy's own.
 */
// oxlint-disable-next-line typescript/no-extraneous-class -- a function could not give private fields to the proxy
export class HashObject {
  constructor(data: HashData) {
    return new Proxy(this, traps(data))
  }
}

/** An object that has nothing but the data, whatever the keys are called. */
export function bareHash(data: HashData): Record<string, unknown> {
  return new Proxy<Record<string, unknown>>(Object.create(null) as Record<string, unknown>, traps(data))
}

function traps<Face extends object>(data: HashData): ProxyHandler<Face> {
  return {
    get(face, key, self): unknown {
      if (isData(face, key) && data.has(key)) return data.get(key)
      return Reflect.get(face, key, self)
    },

    set(face, key, value, self): boolean {
      if (isData(face, key)) data.set(key, value)
      else if (hasSetter(face, key)) return Reflect.set(face, key, value, self)
      else throw refusal(key)
      return true
    },

    deleteProperty(face, key): boolean {
      if (!isData(face, key)) throw refusal(key)
      data.delete(key)
      return true
    },

    has: (face, key) => (isData(face, key) && data.has(key)) || key in face,

    ownKeys: (face) => data.keys().filter((key) => isData(face, key)),

    getOwnPropertyDescriptor(face, key): PropertyDescriptor | undefined {
      if (!isData(face, key) || !data.has(key)) return undefined
      return { value: data.get(key), writable: true, enumerable: true, configurable: true }
    },

    defineProperty(face, key, descriptor): boolean {
      const { value, writable, enumerable, configurable } = descriptor
      // A property can be had in one way only: as data that may change.
      if (!('value' in descriptor) || [writable, enumerable, configurable].includes(false)) return false
      if (!isData(face, key)) throw refusal(key)
      data.set(key, value)
      return true
    },

    setPrototypeOf: () => false,
    preventExtensions: () => false,
  }
}

function isData(face: object, key: string | symbol): key is string {
  return typeof key === 'string' && (!(key in face) || key in Object.prototype)
}

function hasSetter(face: object, key: string | symbol): boolean {
  for (let at: object | null = face; at; at = Object.getPrototypeOf(at) as object | null) {
    const found = Object.getOwnPropertyDescriptor(at, key)
    if (found) return found.set !== undefined
  }
  return false
}

function refusal(key: string | symbol): Error {
  if (typeof key === 'symbol') {
    return new InvalidOptionError(`The keys of a session are texts: ${String(key)} cannot be one`)
  }
  return new ReservedKeyError(key, 'it belongs to the session object')
}
