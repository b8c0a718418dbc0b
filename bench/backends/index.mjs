// What is measured on: a file in this folder for each, named like the driver. It says
// - `contenders`: who takes part (contender.mjs), a bare client first, which the others are compared with;
// - `aims`: see aims.mjs;
// - `population`: how many sessions of 1 KB there are, a fifth of that for larger ones;
// - `batch`: how long a contender's turn takes, in milliseconds;
// - `service`, `start`: the server, by its name in test/services, if there is one;
// - `clients`: the packages of the library that the bare clients and the driver use, for the record.

import { readdirSync } from 'node:fs'

export const BACKENDS = readdirSync(import.meta.dirname)
  .filter((file) => file !== 'index.mjs')
  .map((file) => file.replace(/\.mjs$/, ''))

export async function loadBackend(name) {
  const { default: backend } = await import(`./${name}.mjs`)
  return { name, population: 10_000, batch: 8, clients: [], ...backend }
}
