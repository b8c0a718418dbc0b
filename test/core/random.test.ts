import { expect, test } from 'vitest'
import { pooledRandom } from '../../src/random.ts'

test('gives out as many bytes as are asked for, and never the same ones', () => {
  const random = pooledRandom()
  const seen = new Set<string>()
  for (let round = 0; round < 2000; round++) {
    for (const size of [16, 32, 64]) {
      const bytes = random(size)
      expect(bytes).toHaveLength(size)
      seen.add(Buffer.from(bytes).toString('hex'))
    }
  }
  expect(seen.size).toBe(6000)
  expect(random(10_000)).toHaveLength(10_000)
  expect(random(0)).toHaveLength(0)
})

test('what was given out is not changed by what comes after', () => {
  const random = pooledRandom()
  const first = random(32)
  const copy = Uint8Array.from(first)
  for (let round = 0; round < 1000; round++) random(32)
  expect(first).toEqual(copy)
})
