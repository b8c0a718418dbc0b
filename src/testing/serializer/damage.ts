import type { Hash, Serializer } from '../../contracts/serializer.ts'
import { fail, same, shown } from '../assertions.ts'
import { seededRandom } from '../context.ts'
import { chapter, thawOrRefuse } from './trial.ts'

const sample: Hash = {
  _SESSION_ID: 'f81d4fae7dec11d0a76500a0c91e6bf6',
  _SESSION_ATIME: 1_700_000_000,
  _SESSION_PTIME: { cart: 300 },
  cart: [{ name: 'apple', count: 3 }, 'Grüße 😀', []],
  text: 'two\nlines, "quotes", \\ and it\'s',
}

const ROUNDS = 1000
const notHashes: readonly unknown[] = [null, 0, 1, '', 'text', true, [], ['a'], [{}]]

/** A damaged image is refused with a `ThawError`, or read as a hash; it does nothing else. */
export const damage = chapter('damage', {
  'an image of no bytes is refused': ({ serializer }) => {
    if (thawOrRefuse(serializer, new Uint8Array(0)) !== undefined) fail('thaw of no bytes answered a hash')
  },

  'an image that is cut off is refused, or a hash': ({ serializer }) => {
    const image = Uint8Array.from(serializer.freeze(sample))
    for (let length = 0; length < image.length; length += 1) {
      thawOrRefuse(serializer, image.subarray(0, length))
    }
  },

  'an image without its second half is refused': ({ serializer }) => {
    const image = Uint8Array.from(serializer.freeze(sample))
    const half = thawOrRefuse(serializer, image.subarray(0, image.length >> 1))
    if (half !== undefined) fail(`thaw of half an image answered ${shown(half)}`)
  },

  'an image with changed bytes is refused, or a hash': ({ serializer }) => {
    const image = Uint8Array.from(serializer.freeze(sample))
    const random = seededRandom(1)
    for (let round = 0; round < ROUNDS; round += 1) thawOrRefuse(serializer, damaged(image, random))
    same(Object.keys(Object.prototype), [], 'the enumerable properties of all objects')
  },

  'random bytes are refused, or a hash': ({ serializer }) => {
    const random = seededRandom(2)
    for (let round = 0; round < ROUNDS; round += 1) thawOrRefuse(serializer, random(round % 100))
  },

  'what is no hash is refused, at the latest when it is read': ({ serializer }) => {
    for (const value of notHashes) {
      const hash = thawOrRefuse(serializer, freezeAnything(serializer, value))
      if (hash !== undefined) fail(`thaw(freeze(${shown(value)})) answered ${shown(hash)}`)
    }
  },

  'the images that the setup names are refused': ({ serializer, refused }) => {
    if (refused.length === 0) return 'the setup names none'
    for (const image of refused) {
      const hash = thawOrRefuse(serializer, image)
      if (hash !== undefined) fail(`thaw(${shown(image)}) answered ${shown(hash)}`)
    }
    return undefined
  },
})

/** What breaks the rule of its type may throw whatever it likes. */
function freezeAnything(serializer: Serializer, value: unknown): Uint8Array {
  try {
    return serializer.freeze(value as Hash)
  } catch {
    return new Uint8Array(0)
  }
}

/** One to three bytes changed, taken out, put in, or a piece repeated. */
function damaged(image: Uint8Array, random: (size: number) => Uint8Array): Uint8Array {
  const bytes = [...image]
  const number = (below: number) => {
    const [high = 0, low = 0] = random(2)
    return (high * 256 + low) % below
  }
  for (let count = 1 + number(3); count > 0; count -= 1) {
    const at = number(bytes.length)
    const way = number(4)
    if (way === 0) bytes[at] = number(256)
    else if (way === 1) bytes.splice(at, 1 + number(8))
    else if (way === 2) bytes.splice(at, 0, number(256))
    else bytes.splice(at, 0, ...bytes.slice(at, at + number(16)))
  }
  return Uint8Array.from(bytes)
}
