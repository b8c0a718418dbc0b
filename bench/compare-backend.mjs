import { aimFor } from './aims.mjs'
import { BACKENDS } from './contenders/index.mjs'
import { compare } from './measure.mjs'
import { Field, OPERATIONS } from './operations.mjs'
import { makeSession, SIZES } from './sessions.mjs'

/** As many different sessions as are kept ready to be stored. */
const VARIETY = 200

/**
 * The chosen operations on one backend with sessions of one size.
 *
 * @param choice `without`: the kinds of contenders that stay away
 */
export async function compareBackend(choice) {
  const { backend, size, operations, ways, population, settings, folder, without = [] } = choice
  const sessions = Array.from({ length: VARIETY }, (_, n) => makeSession(n, SIZES[size]))
  const contenders = []
  const fields = []
  for (const { name, is, open } of BACKENDS[backend]) {
    if (without.includes(is)) continue
    const contender = { name, is }
    contenders.push(contender)
    try {
      const field = new Field(await open({ folder, backend }), sessions)
      await field.fill(population)
      fields.push(field)
    } catch (error) {
      if (is === 'bare') throw error
      contender.missing = error.message
      fields.push(undefined)
    }
  }

  const rows = []
  for (const operation of OPERATIONS.filter(({ name }) => operations.includes(name))) {
    const itsWays = operation.once ? ['sequential'] : ways
    for (const way of itsWays) {
      const together = way === 'together' ? settings.together : 1
      const present = fields.filter(Boolean)
      const measured = await compare(present, operation, together, settings)
      const results = fields.map((field) => (field ? measured[present.indexOf(field)] : { error: 'missing' }))
      rows.push({
        operation: operation.name,
        way,
        title: operation.title + (way === 'together' ? `, ${settings.together} at a time` : ''),
        results,
        verdict: settings.judge ? judge(contenders, results, aimFor(backend, operation.name)) : undefined,
      })
    }
  }
  for (const field of fields) await field?.contender.close()
  return { backend, size, population, contenders, rows }
}

/** Whether the aim is met, and whether each package that somebody might take instead is slower. */
function judge(contenders, results, aim) {
  const ours = results[contenders.findIndex(({ is }) => is === 'ours')]
  if (ours.error) return { aim }
  const peers = results.filter(({ error }, at) => contenders[at].is === 'peer' && !error)
  return {
    aim,
    met: aim === undefined ? undefined : ours.ratio <= aim,
    ahead: peers.length === 0 ? undefined : peers.every(({ ns }) => ns > ours.ns),
  }
}
