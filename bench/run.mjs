// The benchmark: this library beside the bare client and beside what somebody might take instead, in one run.
// `npm run bench -- --help` tells what can be chosen.

import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { readArguments } from './arguments.mjs'
import { compareBackend } from './compare-backend.mjs'
import { formatComparison } from './report.mjs'
import { saveResults } from './results.mjs'
import { versions } from './versions.mjs'

const chosen = readArguments()
const settings = chosen.short
  ? { rounds: 2, batch: 1, together: 8, judge: false }
  : { rounds: 21, batch: 8, together: 64, judge: true }
const results = { environment: await versions(), settings, comparisons: [], extras: {} }

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0].model.trim()}`)
console.log(
  Object.entries(results.environment.packages)
    .map(([name, version]) => `${name} ${version}`)
    .join(', '),
)
console.log(`Medians of ${settings.rounds} rounds, the contenders taking turns.`)
if (chosen.short) console.log('A short run shows that everything works; its figures mean little.')

for (const backend of chosen.backends) {
  for (const size of chosen.sizes) {
    const folder = mkdtempSync(join(tmpdir(), 'data-session-bench-'))
    try {
      const comparison = await compareBackend({
        ...chosen,
        backend,
        size,
        settings,
        folder,
        population: populationOf(backend, size),
      })
      results.comparisons.push(comparison)
      console.log(`\n${formatComparison(comparison)}`)
      if (!oursWorked(comparison)) process.exitCode = 1
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
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

function populationOf(backend, size) {
  if (chosen.short) return 90
  return (backend === 'File' ? 2000 : 10_000) / (size === '1KB' ? 1 : 5)
}

/** Of the verdicts that say something about it. */
function share(about) {
  const known = verdicts.filter((verdict) => verdict[about] !== undefined)
  return `${known.filter((verdict) => verdict[about]).length} of ${known.length}`
}

function oursWorked({ contenders, rows }) {
  const at = contenders.findIndex(({ is }) => is === 'ours')
  return rows.every(({ results }) => !results[at].error)
}
