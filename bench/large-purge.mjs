import { isMissing } from '../dist/test/services/index.js'
import { loadBackend } from './backends/index.mjs'
import { compareBackend } from './compare-backend.mjs'
import { formatRatio, formatTime } from './report.mjs'

/** Purging a table of 100,000 sessions of which every tenth has expired. */
export async function measure({ short, print }) {
  const population = short ? 900 : 90_000
  const sessions = (population * 10) / 9
  const results = []
  for (const name of ['SQLite', 'Pg', 'mysql']) {
    const backend = await loadBackend(name)
    if (backend.service && isMissing(backend.service)) continue
    const { rows } = await compareBackend(backend, {
      size: '1KB',
      operations: ['purge'],
      ways: ['sequential'],
      without: ['peer'],
      settings: { rounds: 3, batch: 1000 },
      population,
    })
    const [bare] = rows[0].results
    const ours = rows[0].results.at(-1)
    print(
      `\nPurge of ${sessions} ${name} sessions of 1KB, a tenth of them expired: ${formatTime(ours.ns)}, ` +
        `${formatRatio(ours.ratio)} of one DELETE (${formatTime(bare.ns)}), which holds its locks all that time`,
    )
    results.push({ backend: name, sessions, seconds: ours.ns / 1e9, ratio: ours.ratio })
  }
  return results
}
