import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compareBackend } from './compare-backend.mjs'
import { formatRatio, formatTime } from './report.mjs'

/** Purging a SQLite table of 100,000 sessions of which every tenth has expired. */
export async function measure({ short, print }) {
  const population = short ? 900 : 90_000
  const folder = mkdtempSync(join(tmpdir(), 'data-session-bench-'))
  try {
    const { rows } = await compareBackend({
      backend: 'SQLite',
      size: '1KB',
      operations: ['purge'],
      ways: ['sequential'],
      without: ['peer'],
      settings: { rounds: 3, batch: 1000 },
      population,
      folder,
    })
    const [bare, ours] = rows[0].results
    print(
      `\nPurge of ${(population * 10) / 9} SQLite sessions of 1KB, a tenth of them expired: ${formatTime(ours.ns)}, ` +
        `${formatRatio(ours.ratio)} of one DELETE (${formatTime(bare.ns)}), which locks the database all that time`,
    )
    return { sessions: (population * 10) / 9, seconds: ours.ns / 1e9, ratio: ours.ratio }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
