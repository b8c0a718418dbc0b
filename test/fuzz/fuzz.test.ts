import { describe, expect, test } from 'vitest'
import { fuzz } from './campaign.ts'
import { targets } from './targets.ts'

/** How many images for each parser: few in every test run, millions by `npm run fuzz`. */
const runs = Number(process.env['FUZZ_RUNS'] ?? 8000)
const seed = Number(process.env['FUZZ_SEED'] ?? 20231114)
const hour = 3_600_000

describe(`${runs} damaged images, from seed ${seed}`, () => {
  test.each(targets.map((target) => [target.name, target] as const))(
    '%s: each is a hash that goes back as it came, or a ThawError',
    (name, target) => {
      const outcome = fuzz(target, runs, seed)
      if (process.env['FUZZ_RUNS'] !== undefined) console.log(name, outcome)
      // Were all refused, or all read, the mutations would be of no use.
      expect(outcome.read).toBeGreaterThan(runs / 1000)
      expect(outcome.refused).toBeGreaterThan(runs / 1000)
      expect(outcome.behaviours).toBeGreaterThan(10)
    },
    hour,
  )
})
