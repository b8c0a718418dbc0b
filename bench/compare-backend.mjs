import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compare, isPossible } from './measure.mjs'
import { Field, OPERATIONS } from './operations.mjs'
import { makeSession, SIZES } from './sessions.mjs'

/** As many different sessions as are kept ready to be stored. */
const VARIETY = 200

/**
 * The chosen operations on one backend with sessions of one size; in a new folder and, if it takes one, on a new server.
 *
 * @param backend see backends/index.mjs
 * @param choice `without`: the kinds of contenders that stay away
 */
export async function compareBackend(backend, choice) {
  const folder = mkdtempSync(join(tmpdir(), 'data-session-bench-'))
  let server
  // A server, and a client at rest, do not keep the process alive.
  const alive = setInterval(() => {}, 1_000_000)
  try {
    server = await backend.start?.()
    return await compareContenders(backend, choice, { folder, server })
  } finally {
    await server?.stop()
    clearInterval(alive)
    rmSync(folder, { recursive: true, force: true })
  }
}

async function compareContenders(backend, choice, place) {
  const { size, population, settings, without = [] } = choice
  const sessions = Array.from({ length: VARIETY }, (_, n) => makeSession(n, SIZES[size]))
  const contenders = []
  const fields = []
  for (const [number, { name, is, open }] of backend.contenders.entries()) {
    if (without.includes(is)) continue
    const contender = { name, is }
    contenders.push(contender)
    try {
      const its = { ...place, backend: backend.name, number, name: `sessions_${number}` }
      const field = new Field(await open(its), sessions)
      await field.fill(population)
      fields.push(field)
    } catch (error) {
      if (is === 'bare') throw error
      contender.missing = error.message
      fields.push(undefined)
    }
  }

  const present = fields.filter(Boolean)
  const rows = []
  for (const { operation, way } of choose(choice, present[0])) {
    const together = way === 'together' ? settings.together : 1
    const measured = await compare(present, operation, together, settings)
    const results = fields.map((field) => (field ? measured[present.indexOf(field)] : { error: 'missing' }))
    rows.push({
      operation: operation.name,
      way,
      title: operation.title + (way === 'together' ? `, ${settings.together} at a time` : ''),
      results,
      verdict: settings.judge ? judge(contenders, results, backend.aims[operation.name]) : undefined,
    })
  }
  for (const field of present) await field.contender.close()
  return { backend: backend.name, size, population, contenders, rows }
}

/** What there is to measure: the wanted operations that the first contender has, in the wanted ways. */
function choose({ operations, ways }, first) {
  return OPERATIONS.filter((operation) => operations.includes(operation.name) && isPossible(operation, first))
    .map((operation) => ({ operation, itsWays: operation.once ? ['sequential'] : ways }))
    .flatMap(({ operation, itsWays }) => itsWays.map((way) => ({ operation, way })))
}

/** Whether the aim is met, and whether each package that somebody might take instead is slower. */
function judge(contenders, results, aim) {
  const ours = results[contenders.findIndex(({ is }) => is === 'ours')]
  if (ours.error) return { aim }
  const peers = results.filter(({ error }, at) => contenders[at].is === 'peer' && !error)
  return {
    aim,
    met: aim === undefined ? undefined : ours.ratio <= aim,
    ahead: peers.length === 0 ? undefined : peers.every(({ ratio }) => ratio > ours.ratio),
  }
}
