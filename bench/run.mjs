// The benchmark: this library beside the bare client and beside what somebody might take instead, in one run.
// `npm run bench -- --help` tells what can be chosen.

import { cpus } from 'node:os'
import { isMissing } from '../dist/test/services/index.js'
import { readArguments } from './arguments.mjs'
import { loadBackend } from './backends/index.mjs'
import { compareBackend } from './compare-backend.mjs'
import { formatComparison } from './report.mjs'
import { saveResults } from './results.mjs'
import { versions } from './versions.mjs'

const chosen = readArguments()
const settings = chosen.short
  ? { rounds: 2, batch: 1, together: 8, judge: false }
  : { rounds: 21, together: 64, judge: true }
const backends = await Promise.all(chosen.backends.map(loadBackend))
const results = { environment: await versions(backends), settings, comparisons: [], extras: {} }

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0].model.trim()}`)
for (const names of [results.environment.packages, results.environment.servers]) {
  if (Object.keys(names).length > 0) {
    console.log(
      Object.entries(names)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    )
  }
}
console.log(`Medians of ${settings.rounds} rounds, the contenders taking turns.`)
if (chosen.short) console.log('A short run shows that everything works; its figures mean little.')

for (const backend of backends) {
  if (backend.service && isMissing(backend.service)) {
    console.log(`\n${backend.name}: not measured: ${backend.service} is not installed`)
    continue
  }
  for (const size of sizesFor(backend)) {
    const comparison = await compareBackend(backend, {
      ...chosen,
      size,
      settings: { batch: backend.batch, ...settings },
      population: populationOf(backend, size),
    })
    results.comparisons.push(comparison)
    console.log(`\n${formatComparison(comparison)}`)
    if (!oursWorked(comparison)) process.exitCode = 1
  }
}

for (const name of chosen.extras) {
  const { measure } = await import(`./${name}.mjs`)
  results.extras[name] = await measure({ short: chosen.short, print: console.log })
}

const verdicts = results.comparisons.flatMap(({ rows }) => rows.flatMap(({ verdict }) => verdict ?? []))
if (verdicts.length > 0) {
  console.log(`\nAims met: ${share('met')}. Ahead of every package measured: ${share('ahead')}.`)
}
console.log(`Written: ${saveResults(results)}`)

/** To see whether a server's contenders run, one size is enough. */
function sizesFor({ start }) {
  return chosen.short && start ? chosen.sizes.slice(0, 1) : chosen.sizes
}

function populationOf({ population }, size) {
  return chosen.short ? 90 : population / (size === '1KB' ? 1 : 5)
}

/** Of the verdicts that say something about it. */
function share(about) {
  const known = verdicts.filter((verdict) => verdict[about] !== undefined)
  return `${known.filter((verdict) => verdict[about]).length} of ${known.length}`
}

function oursWorked({ contenders, rows }) {
  const at = contenders.findIndex(({ is }) => is === 'ours')
  return rows.every(
    ({
      results: {
        [at]: { error },
      },
    }) => !error || error.startsWith('has no '),
  )
}
