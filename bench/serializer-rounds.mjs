import { runInNewContext } from 'node:vm'
import { median } from './measure.mjs'

/** Calls, whatever the time. */
const LARGEST_BATCH = 50_000
/** Of those whose single call takes longer than ten turns. */
const FEW_ROUNDS = 3
/** Before the first that counts. */
const WARM_TURNS = 4

const collectGarbage = runInNewContext('gc')

/**
 * Times entries in turns: A B C, C B A, … An entry has a `time(count)` that answers the nanoseconds of one call.
 * Adds to each entry its `times`, one a round, or the `error` that kept it from being measured.
 */
export async function takeTurns(entries, { rounds, batch }) {
  for (const entry of entries) Object.assign(entry, { times: [], ...(await warmUp(entry, rounds, batch)) })
  for (let round = 0; round < rounds; round++) {
    for (const entry of round % 2 === 0 ? entries : entries.toReversed()) {
      if (entry.error || round >= entry.rounds) continue
      collectGarbage({ type: 'minor' })
      entry.times.push(await entry.time(entry.count))
    }
  }
}

/** Finds how many calls fill a turn, which also brings the code to its working temperature. */
async function warmUp(entry, rounds, batch) {
  try {
    for (let count = 1; ; count *= 2) {
      const ns = await entry.time(count)
      if (count === 1 && ns > 10 * batch * 1e6) return { count, rounds: Math.min(rounds, FEW_ROUNDS) }
      if (ns * count < batch * 1e6 && count < LARGEST_BATCH) continue
      const filling = Math.max(1, Math.min(Math.ceil((batch * 1e6) / ns), LARGEST_BATCH))
      for (let turn = 0; turn < WARM_TURNS; turn++) await entry.time(filling)
      return { count: filling, rounds }
    }
  } catch (error) {
    return { error }
  }
}

/** The `time` of an entry that runs here. */
export function timer(step, things) {
  let last
  return (count) => {
    const start = performance.now()
    for (let call = 0; call < count; call++) last = step(things[call % things.length], last)
    return ((performance.now() - start) * 1e6) / count
  }
}

export function medianTime({ times }) {
  return median(times)
}

/** The median, over the rounds of both, of how many times as long the first takes. */
export function timesAsLong(one, other) {
  const both = Math.min(one.times.length, other.times.length)
  return median(one.times.slice(0, both).map((ns, round) => ns / other.times[round]))
}
