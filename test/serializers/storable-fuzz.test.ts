import { describe, expect, test } from 'vitest'
import { ThawError } from '../../src/errors.ts'
import { readHeader, writable } from '../../src/perl/storable-header.ts'
import { perlDefaults } from '../../src/perl/perl-options.ts'
import { thawStorable } from '../../src/perl/storable-reader.ts'
import { freezeStorable } from '../../src/perl/storable-writer.ts'
import { goldenRecords } from './golden.ts'

const images = (['st', 'nst', 'pst0', 'stcode'] as const)
  .flatMap((name) => goldenRecords(name).map(({ image }) => image))
  .filter(({ length }) => length < 600)

/** Numbers below `limit`, the same in every run. */
function random(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

/** Bytes changed, put in, taken out, repeated, and taken from another image; items and small tags above all. */
function mutate(image: Buffer, below: (limit: number) => number): Buffer {
  let mutated = image
  for (let times = 1 + below(3); times > 0; times--) {
    const at =
      below(3) === 0 ? below(mutated.length + 1) : Math.min(mutated.length, 15 + below(mutated.length))
    const length = below(2) === 0 ? 1 : below(20)
    const other = images[below(images.length)]!
    const from = below(other.length)
    const [put, skip] = [
      [Buffer.from([below(40)]), 1],
      [Buffer.from([below(256)]), below(2)],
      [Buffer.from([0, 0, 0, 0, below(8)]), below(6)],
      [Buffer.alloc(0), length],
      [other.subarray(from, from + length), length],
      [mutated.subarray(at, at + length), 0],
    ][below(6)] as [Buffer, number]
    mutated = Buffer.concat([mutated.subarray(0, at), put, mutated.subarray(at + skip)])
  }
  return below(20) === 0 ? mutated.subarray(0, below(mutated.length)) : mutated
}

describe('damaged images', () => {
  test('end in a value that can be written back, or in a ThawError', () => {
    const below = random(11)
    const prototype = Object.getOwnPropertyNames(Object.prototype).join()
    let read = 0
    for (let run = 0; run < 30_000; run++) {
      const image = mutate(images[run % images.length]!, below)
      let value: unknown
      try {
        value = thawStorable(image)
      } catch (error) {
        if (!(error instanceof ThawError))
          throw new Error(`not refused properly: ${image.toString('hex')}`, { cause: error })
        continue
      }
      read++
      if (run % 3 === 0) expectStable(value, image)
    }
    expect(read).toBeGreaterThan(3_000)
    expect(read).toBeLessThan(27_000)
    expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(prototype)
  })

  test('an image that lacks its end is refused', () => {
    for (const image of images) {
      for (let length = 0; length < image.length; length += 1 + Math.floor(length / 40)) {
        expect(() => thawStorable(image.subarray(0, length))).toThrow(ThawError)
      }
    }
  })
})

/** What was read goes back, and comes back as it went: then the same image is written again. */
function expectStable(value: unknown, image: Buffer): void {
  const flavour = writable(readHeader(image))
  let written: Buffer
  try {
    written = freezeStorable(value, perlDefaults, flavour)
  } catch (cause) {
    throw new Error(`cannot be written back: ${image.toString('hex')}`, { cause })
  }
  const again = freezeStorable(thawStorable(written), perlDefaults, flavour)
  if (!again.equals(written)) throw new Error(`not the same when written back: ${image.toString('hex')}`)
}
