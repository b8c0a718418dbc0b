// Times contenders against each other: A B C, C B A, …, so that what else the machine does hits all of them alike.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc')

/** Calls, whatever the time. */
const LARGEST_BATCH = 50_000

/**
 * @param fields one per contender, the bare client's first
 * @param together how many calls are under way at a time
 * @param settings `rounds`, and `batch`: how long a contender's turn takes, in milliseconds
 * @returns for each field the median nanoseconds of a call and the median of how many times slower than the first
 * field it was in the same round; or the error that kept it from being measured
 */
export async function compare(fields, operation, together, { rounds, batch }) {
  const entries = []
  for (const field of fields) {
    entries.push({ count: 1, rounds, ...(await warmUp(field, operation, together, batch)), field, times: [] })
  }
  for (let round = 0; round < rounds; round++) {
    for (const entry of round % 2 === 0 ? entries : entries.toReversed()) {
      if (entry.error || round >= entry.rounds) continue
      try {
        entry.times.push(await time(entry.field, operation, together, entry.count))
      } catch (error) {
        entry.error = error
      }
    }
  }
  const [first] = entries
  return entries.map(({ times, error }) => {
    if (error) return { error: error.message }
    return { ns: median(times), ratio: median(times.map((ns, round) => ns / first.times[round])) }
  })
}

/** Finds how many calls fill a turn, which also brings the code to its working temperature. */
async function warmUp(field, operation, together, batch) {
  try {
    if (!isPossible(operation, field)) throw new Error(`has no ${operation.needs[0]}`)
    if (operation.once) {
      const taken = await time(field, operation, 1, 1)
      return taken > 100 * batch * 1e6 ? { rounds: 1 } : taken > 10 * batch * 1e6 ? { rounds: 5 } : {}
    }
    for (let count = together; ; count *= 2) {
      const taken = (await time(field, operation, together, count)) * count
      if (taken < batch * 1e6 && count < LARGEST_BATCH) continue
      const wanted = Math.ceil((count * batch * 1e6) / taken / together) * together
      return { count: Math.max(together, Math.min(wanted, LARGEST_BATCH)) }
    }
  } catch (error) {
    return { error }
  }
}

/** Whether the contender has what the operation takes. */
export function isPossible({ needs }, { contender }) {
  return needs === undefined || needs.some((method) => contender[method])
}

/** Nanoseconds of one call. */
async function time(field, operation, together, count) {
  await operation.prepare?.(field)
  collectGarbage({ type: 'minor' })
  const start = performance.now()
  if (together === 1) {
    for (let call = 0; call < count; call++) await step(field, operation)
  } else {
    for (let call = 0; call < count; call += together) {
      await Promise.all(Array.from({ length: together }, () => step(field, operation)))
    }
  }
  const taken = performance.now() - start
  await operation.tidy?.(field)
  return (taken * 1e6) / count
}

function step(field, operation) {
  const n = ++field.calls
  return operation.step(field, field.id(n), n)
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
