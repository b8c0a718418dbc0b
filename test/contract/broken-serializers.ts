import type { Image } from '../../src/contracts/driver.ts'
import type { Hash } from '../../src/contracts/serializer.ts'
import { PlainSerializer } from './plain-serializer.ts'

interface BrokenSerializer {
  readonly Serializer: new () => PlainSerializer

  /** The name of a case that must fail. */
  readonly caughtBy: string
}

/** A serializer that changes values on their way in. */
function changing(change: (value: unknown, key: string) => unknown): typeof PlainSerializer {
  return class extends PlainSerializer {
    protected override write(hash: Hash): string {
      return JSON.stringify(hash, (key, value: unknown) => change(value, key))
    }
  }
}

/** A serializer that changes text on its way in. */
function changingText(change: (text: string) => unknown): typeof PlainSerializer {
  return changing((value) => (typeof value === 'string' ? change(value) : value))
}

/** A serializer that writes what `write` makes of a value that it should refuse. */
function accepting(
  careless: (value: unknown) => boolean,
  write?: (value: unknown) => unknown,
): typeof PlainSerializer {
  return class extends PlainSerializer {
    protected override accepts(value: unknown): boolean {
      return careless(value) || super.accepts(value)
    }

    protected override write(hash: Hash): string {
      return JSON.stringify(hash, (_, value: unknown) => (write && careless(value) ? write(value) : value))
    }
  }
}

/** A serializer whose reader throws, or answers, as it likes. */
function reading(read: (text: string) => unknown): typeof PlainSerializer {
  return class extends PlainSerializer {
    override thaw(image: Image): Hash {
      return read(this.decode(image)) as Hash
    }
  }
}

const isA =
  (...classes: readonly (abstract new (...values: never[]) => unknown)[]) =>
  (value: unknown) =>
    classes.some((Class) => value instanceof Class)
const bigintAsText = (value: unknown) => (typeof value === 'bigint' ? String(value) : value)

export const brokenSerializers: Readonly<Record<string, BrokenSerializer>> = {
  'answers nothing for an empty hash': {
    caughtBy: 'kept: an empty hash',
    Serializer: class extends PlainSerializer {
      override thaw(image: Image): Hash {
        const hash = super.thaw(image)
        return Object.keys(hash).length === 0 ? (undefined as never) : hash
      }
    },
  },
  'drops control characters': {
    caughtBy: 'kept: every ASCII character, control characters included',
    Serializer: changingText((text) => text.replace(/\v/g, '')),
  },
  'drops the soft hyphen': {
    caughtBy: 'kept: every character of Latin-1',
    Serializer: changingText((text) => text.replaceAll('\u00ad', '')),
  },
  'writes Latin-1': {
    caughtBy: 'kept: text of all scripts',
    Serializer: class extends PlainSerializer {
      protected override encode(text: string): Image {
        return Buffer.from(text, 'latin1')
      }

      protected override decode(image: Image): string {
        return Buffer.from(image).toString('latin1')
      }
    },
  },
  'takes U+2028 for a line end': {
    caughtBy: 'kept: separators, marks and characters that are none',
    Serializer: changingText((text) => text.replaceAll('\u2028', '\n')),
  },
  'takes ~ for null': {
    caughtBy: 'kept: text that looks like something else',
    Serializer: changingText((text) => (text === '~' ? null : text)),
  },
  'trims text': {
    caughtBy: 'kept: text with line ends and blanks at its ends',
    Serializer: changingText((text) => text.trim()),
  },
  'folds long text': {
    caughtBy: 'kept: long text',
    Serializer: changingText((text) => text.slice(0, 65_535)),
  },
  'keeps numbers as text': {
    caughtBy: 'kept: whole numbers',
    Serializer: changing((value) => (typeof value === 'number' ? String(value) : value)),
  },
  'keeps 15 digits': {
    caughtBy: 'kept: whole numbers of 53 bits',
    Serializer: changing((value) => (typeof value === 'number' ? Number(value.toPrecision(15)) : value)),
  },
  'keeps numbers in 32 bits': {
    caughtBy: 'kept: fractions and exponents',
    Serializer: changing((value) => (typeof value === 'number' ? Math.fround(value) : value)),
  },
  'keeps booleans as numbers': {
    caughtBy: 'kept: true, false and null',
    Serializer: changing((value) => (typeof value === 'boolean' ? Number(value) : value)),
  },
  'takes empty lists for empty hashes': {
    caughtBy: 'kept: empty values, and which is which',
    Serializer: changing((value) => (Array.isArray(value) && value.length === 0 ? {} : value)),
  },
  'takes text for numbers': {
    caughtBy: 'kept: numbers and text that looks the same',
    Serializer: changingText((text) => (/^\d+$/.test(text) ? Number(text) : text)),
  },
  'flattens lists': {
    caughtBy: 'kept: lists and hashes in each other',
    Serializer: changing((value) => (Array.isArray(value) ? value.flat() : value)),
  },
  'goes down fifty levels': {
    caughtBy: 'kept: a hundred levels',
    Serializer: class extends PlainSerializer {
      protected override check(value: unknown, levels: number): void {
        super.check(value, Math.min(levels, 50))
      }
    },
  },
  'keeps a hundred keys': {
    caughtBy: 'kept: a thousand keys, a thousand elements',
    Serializer: changing((value) => (Array.isArray(value) ? value.slice(0, 100) : value)),
  },
  'drops empty keys': {
    caughtBy: 'kept: odd keys',
    Serializer: class extends PlainSerializer {
      protected override read(text: string): unknown {
        return JSON.parse(text.replaceAll('"":', '"empty":'))
      }
    },
  },
  'assigns whatever key there is': {
    caughtBy: 'kept: keys that would reach the prototype',
    Serializer: class extends PlainSerializer {
      override thaw(image: Image): Hash {
        const hash: Hash = {}
        for (const [key, value] of Object.entries(super.thaw(image))) hash[key] = value
        return hash
      }
    },
  },
  'keeps times for itself': {
    caughtBy: 'kept: a record as the default layout has it',
    Serializer: changing((value, key) => (key.startsWith('_SESSION_') ? undefined : value)),
  },

  'writes UTF-8 without looking': {
    caughtBy: 'kept or refused: halves of surrogate pairs',
    Serializer: changingText((text) => Buffer.from(text).toString()),
  },
  'loses the sign of zero': {
    caughtBy: 'kept or refused: minus zero',
    Serializer: accepting((value) => value === 0),
  },
  'writes null for what is no number': {
    caughtBy: 'kept or refused: numbers that are none',
    Serializer: accepting((value) => typeof value === 'number'),
  },
  'rounds large numbers': {
    caughtBy: 'kept or refused: numbers beyond 53 bits',
    Serializer: changing((value) => (typeof value === 'number' && value > 2 ** 53 ? value * 1.1 : value)),
  },
  'writes bigints as text': {
    caughtBy: 'kept or refused: bigints',
    Serializer: accepting((value) => typeof value === 'bigint', bigintAsText),
  },
  'drops undefined': {
    caughtBy: 'kept or refused: undefined',
    Serializer: accepting((value) => value === undefined),
  },
  'writes dates as text': { caughtBy: 'kept or refused: dates', Serializer: accepting(isA(Date)) },
  'writes maps as hashes': {
    caughtBy: 'kept or refused: maps and sets',
    Serializer: accepting(isA(Map, Set)),
  },
  'writes expressions as hashes': {
    caughtBy: 'kept or refused: regular expressions',
    Serializer: accepting(isA(RegExp)),
  },
  'writes bytes as hashes': {
    caughtBy: 'kept or refused: bytes',
    Serializer: accepting(isA(Uint8Array, ArrayBuffer)),
  },
  'drops functions': {
    caughtBy: 'kept or refused: functions',
    Serializer: accepting((value) => typeof value === 'function'),
  },
  'drops symbols': {
    caughtBy: 'kept or refused: symbols',
    Serializer: accepting((value) => typeof value === 'symbol'),
  },
  'drops keys that are symbols': {
    caughtBy: 'kept or refused: keys that are symbols',
    Serializer: accepting((value) => Object.getPrototypeOf(Object(value)) === Object.prototype),
  },
  'writes instances as hashes': {
    caughtBy: 'kept or refused: instances of classes',
    Serializer: accepting((value) => Object(value) === value && !Array.isArray(value)),
  },
  'forgets the class of lists': {
    caughtBy: 'kept or refused: lists of a class',
    Serializer: accepting(Array.isArray),
  },
  'asks values for another form': {
    caughtBy: 'kept or refused: values with toJSON',
    Serializer: accepting((value) => typeof value === 'function' || Object(value) instanceof URL),
  },
  'writes errors as hashes': { caughtBy: 'kept or refused: errors', Serializer: accepting(isA(Error)) },
  'opens boxes': {
    caughtBy: 'kept or refused: boxed values',
    Serializer: accepting(isA(String, Number, Boolean)),
  },
  'fills holes': { caughtBy: 'kept or refused: lists with holes', Serializer: accepting(Array.isArray) },
  'drops what a list has besides elements': {
    caughtBy: 'kept or refused: lists with more than elements',
    Serializer: accepting(Array.isArray),
  },
  'fails at hashes without prototype': {
    caughtBy: 'kept or refused: hashes without prototype',
    Serializer: class extends PlainSerializer {
      protected override accepts(value: unknown): boolean {
        return (Object(value) as Hash).hasOwnProperty !== null && String(value) !== '' && super.accepts(value)
      }
    },
  },
  'writes getters as nothing': {
    caughtBy: 'kept or refused: hashes with getters',
    Serializer: changing((value) =>
      Object.getOwnPropertyDescriptor(Object(value), 'a')?.get ? { a: null } : value,
    ),
  },
  'writes handles as hashes': {
    caughtBy: 'kept or refused: promises and other handles',
    Serializer: accepting(isA(Promise, WeakMap)),
  },
  'follows cycles': {
    caughtBy: 'kept or refused: values that contain themselves',
    Serializer: class extends PlainSerializer {
      protected override check(value: unknown): void {
        super.check(value, Infinity)
      }
    },
  },
  'writes null for what it met before': {
    caughtBy: 'kept or refused: values that occur twice',
    Serializer: class extends PlainSerializer {
      protected override write(hash: Hash): string {
        const met = new Set<unknown>()
        return JSON.stringify(hash, (_, value: unknown) => {
          if (Object(value) !== value) return value
          return met.has(value) ? null : (met.add(value), value)
        })
      }
    },
  },
  'goes down until the stack is full': {
    caughtBy: 'kept or refused: ten thousand levels',
    Serializer: class extends PlainSerializer {
      protected override check(value: unknown): void {
        super.check(value, Infinity)
      }
    },
  },

  'freezes to text': {
    caughtBy: 'copies: freeze answers with bytes',
    Serializer: class extends PlainSerializer {
      protected override encode(text: string): Image {
        return text as never
      }
    },
  },
  'changes its hash': {
    caughtBy: 'copies: freeze does not change its hash',
    Serializer: class extends PlainSerializer {
      override freeze(hash: Hash): Image {
        Reflect.deleteProperty(hash, 'name')
        return super.freeze(hash)
      }
    },
  },
  'marks what it has frozen': {
    caughtBy: 'copies: freeze takes what cannot be changed',
    Serializer: class extends PlainSerializer {
      override freeze(hash: Hash): Image {
        Object.defineProperty(hash, 'frozen', { value: true, configurable: true })
        return super.freeze(hash)
      }
    },
  },
  'freezes later': {
    caughtBy: 'copies: an image stays when the hash changes',
    Serializer: class extends PlainSerializer {
      #hash: Hash = {}

      override freeze(hash: Hash): Image {
        this.#hash = hash
        return super.freeze(hash)
      }

      override thaw(): Hash {
        return this.#hash
      }
    },
  },
  'writes everything to one buffer': {
    caughtBy: 'copies: an image stays when another is made',
    Serializer: class extends PlainSerializer {
      readonly #buffer = Buffer.alloc(1_000_000)

      protected override encode(text: string): Image {
        return this.#buffer.subarray(0, this.#buffer.write(text))
      }
    },
  },
  'reads when it is asked': {
    caughtBy: 'copies: a hash stays when its image is overwritten',
    Serializer: class extends PlainSerializer {
      override thaw(image: Image): Hash {
        const read = (): Hash => super.thaw(image)
        return {
          get name() {
            return read()['name']
          },
        }
      }
    },
  },
  'decrypts in place': {
    caughtBy: 'copies: thaw does not change its image',
    Serializer: class extends PlainSerializer {
      override thaw(image: Image): Hash {
        const hash = super.thaw(image)
        image.fill(0)
        return hash
      }
    },
  },
  'thaws an image once': {
    caughtBy: 'copies: two hashes of one image share nothing',
    Serializer: class extends PlainSerializer {
      readonly #thawed = new WeakMap<Image, Hash>()

      override thaw(image: Image): Hash {
        const hash = this.#thawed.get(image) ?? super.thaw(image)
        this.#thawed.set(image, hash)
        return hash
      }
    },
  },
  'reads the whole buffer': {
    caughtBy: 'copies: thaw reads a plain Uint8Array, and the part of a larger buffer',
    Serializer: class extends PlainSerializer {
      protected override decode(image: Image): string {
        return Buffer.from(image.buffer).toString()
      }
    },
  },

  'takes no bytes for an empty hash': {
    caughtBy: 'damage: an image of no bytes is refused',
    Serializer: reading((text) => (text === '' ? {} : JSON.parse(text))),
  },
  "lets the parser's error through": {
    caughtBy: 'damage: an image that is cut off is refused, or a hash',
    Serializer: reading((text) => JSON.parse(text)),
  },
  'takes what it cannot read for an empty hash': {
    caughtBy: 'damage: an image without its second half is refused',
    Serializer: reading((text) => {
      try {
        return JSON.parse(text)
      } catch {
        return {}
      }
    }),
  },
  'fails at bytes that are no UTF-8': {
    caughtBy: 'damage: an image with changed bytes is refused, or a hash',
    Serializer: class extends PlainSerializer {
      override thaw(image: Image): Hash {
        new TextDecoder('utf-8', { fatal: true }).decode(image)
        return super.thaw(image)
      }
    },
  },
  'answers null for junk': {
    caughtBy: 'damage: random bytes are refused, or a hash',
    Serializer: reading((text) => (text.startsWith('{') ? JSON.parse(text) : null)),
  },
  'thaws lists': {
    caughtBy: 'damage: what is no hash is refused, at the latest when it is read',
    Serializer: class extends PlainSerializer {
      override thaw(image: Image): Hash {
        const hash = this.read(this.decode(image))
        return typeof hash === 'object' && hash !== null ? { ...hash } : super.thaw(image)
      }
    },
  },
  'runs what it reads': {
    caughtBy: 'damage: the images that the setup names are refused',
    Serializer: reading((text) => (text.startsWith('{"') ? JSON.parse(text) : { ran: text })),
  },
}
