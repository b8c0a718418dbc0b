import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SizeHistogram } from '../../src/cli/size-histogram.ts'

const sizes = fc.array(fc.oneof(fc.nat(5000), fc.nat(2 ** 25)), { minLength: 1, maxLength: 200 })

test('the median is right, to one part in a thousand', () => {
  fc.assert(
    fc.property(sizes, (sizes) => {
      const histogram = new SizeHistogram()
      for (const size of sizes) histogram.add(size)
      const sorted = sizes.toSorted((a, b) => a - b)
      const median = sorted[Math.ceil(sorted.length / 2) - 1]!
      if (median < 2048) expect(histogram.median).toBe(median)
      expect(histogram.median).toBeGreaterThanOrEqual(median)
      expect(histogram.median).toBeLessThanOrEqual(Math.min(median * 1.001, sorted.at(-1)!))
      expect(histogram.count).toBe(sizes.length)
    }),
  )
})

test('without sizes it is 0', () => {
  expect(new SizeHistogram().median).toBe(0)
})
