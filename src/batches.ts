import { setTimeout as delay } from 'node:timers/promises'
import type { Awaitable } from './contracts/awaitable.ts'

/** How many records go at a time: some tens of milliseconds of work, and of a lock that others wait for. */
export const batchSize = 1000

/** Milliseconds between two batches, in which this process and the database do something else. */
const pause = 1

/** Calls `removeSome(limit)`, which answers how many records went, until there are no more. Answers how many in all. */
export async function removeInBatches(removeSome: (limit: number) => Awaitable<number>): Promise<number> {
  let removed = 0
  for (;;) {
    const count = await removeSome(batchSize)
    removed += count
    if (count < batchSize) return removed
    await delay(pause)
  }
}
