// `npm run fuzz`: feeds every parser with mutated images for a long time. `npm run fuzz -- 100000 42` takes so many
// images for each, from that seed; what fails is printed with its image, and the same seed finds it again.
import { spawnSync } from 'node:child_process'

const [runs = '2000000', seed = String(Date.now() % 2 ** 32)] = process.argv.slice(2)
if (!/^\d+$/.test(runs) || !/^\d+$/.test(seed)) {
  console.error('Usage: npm run fuzz -- [IMAGES [SEED]]')
  process.exit(2)
}
const vitest = new URL('../node_modules/vitest/vitest.mjs', import.meta.url).pathname
const { status } = spawnSync(process.execPath, [vitest, 'run', 'test/fuzz'], {
  stdio: 'inherit',
  env: { ...process.env, FUZZ_RUNS: runs, FUZZ_SEED: seed },
})
process.exit(status ?? 1)
