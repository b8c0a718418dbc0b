import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Keeps the figures as JSON under bench/results/, which git ignores. Answers where. */
export function saveResults(results) {
  const folder = join(import.meta.dirname, 'results')
  const day = new Date().toISOString()
  const file = join(folder, `node-${process.version}-${day.slice(0, 19).replaceAll(':', '')}.json`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, `${JSON.stringify({ day, ...results }, null, 2)}\n`)
  return relative(process.cwd(), file)
}
