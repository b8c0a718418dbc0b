import { inspect } from 'node:util'
import type { Image } from '../../src/contracts/driver.ts'
import type { Hash } from '../../src/contracts/serializer.ts'
import { ThawError } from '../../src/errors.ts'
import { isPlainObject } from '../../src/hash.ts'
import { mutate, randomBelow } from './mutations.ts'
import type { Target } from './targets.ts'

/** So many images at most are mutated further: those with which something was met for the first time. */
const corpusSize = 3000

export interface Outcome {
  readonly read: number
  readonly refused: number
  /** How many ways there were to read or to refuse. */
  readonly behaviours: number
}

/**
 * Feeds a parser with mutated images. What leads to a behaviour that was not seen before is mutated further. Throws,
 * with the image in hexadecimal, when one ends in anything but a hash that goes back as it came, or a `ThawError`.
 */
export function fuzz({ serializer, seeds, pieces }: Target, runs: number, seed: number): Outcome {
  const below = randomBelow(seed)
  const corpus = [...seeds]
  const seen = new Set<string>()
  const prototypes = prototypesNow()
  let read = 0
  for (let run = 0; run < runs; run++) {
    const from = below(2) === 0 ? seeds : corpus
    const image = mutate(from[below(from.length)]!, pieces, corpus, below)
    const { behaviour, hash } = thaw(image)
    if (hash !== undefined) {
      read++
      if (run % 4 === 0) expectStable(hash, image)
    }
    if (!seen.has(behaviour)) {
      seen.add(behaviour)
      if (image.length > 4000) continue
      if (corpus.length < corpusSize) corpus.push(image)
      else corpus[seeds.length + below(corpusSize - seeds.length)] = image
    }
    if (run % 1000 === 0 && prototypesNow() !== prototypes) fail('it changed a prototype', image)
  }
  if (prototypesNow() !== prototypes) fail('a prototype was changed', Buffer.alloc(0))
  return { read, refused: runs - read, behaviours: seen.size }

  function thaw(image: Buffer): { readonly behaviour: string; readonly hash?: Hash } {
    try {
      const hash = serializer.thaw(image)
      if (!isPlainObject(hash)) fail('it was read as something else than a hash', image)
      return { behaviour: shape(hash, 3), hash }
    } catch (error) {
      if (!(error instanceof ThawError)) fail('not refused properly', image, error)
      return { behaviour: error.message.replaceAll(/[^a-z ]+/gi, '').slice(0, 60) }
    }
  }

  /** What was read goes back, and from then on it is always the same. */
  function expectStable(hash: Hash, image: Buffer): void {
    let isSame: boolean
    try {
      const written = rewrite(hash, image)
      const again = serializer.thaw(written)
      const rewritten = rewrite(again, written)
      isSame = Buffer.compare(written, rewritten) === 0 || shown(again) === shown(serializer.thaw(rewritten))
    } catch (error) {
      fail('it cannot be written back', image, error)
    }
    if (!isSame) fail('not the same when it is written back', image)
  }

  function rewrite(hash: Hash, before: Image): Image {
    return serializer.refreeze?.(hash, before, () => false) ?? serializer.freeze(hash)
  }
}

/** All that there is to see of a value, in which cycles, `-0` and dates that are none may be. */
function shown(value: unknown): string {
  return inspect(value, { depth: 50, maxArrayLength: null, maxStringLength: null, sorted: true })
}

function fail(what: string, image: Buffer, cause?: unknown): never {
  throw new Error(`${what}: ${image.toString('hex')}\n${JSON.stringify(image.toString('latin1'))}`, { cause })
}

/** What kinds of values are where. */
function shape(value: unknown, depth: number): string {
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value
  const inner = depth === 0 ? [] : Object.values(value).slice(0, 4)
  return `${value.constructor?.name}(${inner.map((element) => shape(element, depth - 1)).join()})`
}

function prototypesNow(): string {
  const prototypes = [Object.prototype, Array.prototype, Function.prototype, String.prototype]
  return prototypes.flatMap((prototype) => Object.getOwnPropertyNames(prototype)).join()
}
