// Prints the tables of a run for the README: node bench/tables.mjs bench/results/….json

import { readFileSync } from 'node:fs'
import { formatRatio, formatTime } from './report.mjs'

for (const file of process.argv.slice(2)) {
  const { day, environment, comparisons } = JSON.parse(readFileSync(file, 'utf8'))
  console.log(`${day.slice(0, 10)}, load ${environment.load.toFixed(1)}, ${environment.machine}`)
  for (const { backend, size, population, contenders, rows } of comparisons) {
    console.log(`\n${backend}, ${population} sessions of ${size}:\n`)
    print(['', ...contenders.map(({ name }) => name)])
    print(['---', ...contenders.map(() => '--:')])
    for (const { title, results } of rows) print([title, ...results.map(cell)])
  }
}

function cell({ ns, ratio, error }, at) {
  if (error) return '–'
  return at === 0 ? formatTime(ns) : formatRatio(ratio)
}

function print(cells) {
  console.log(`| ${cells.join(' | ')} |`)
}
