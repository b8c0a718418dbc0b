import { setImmediate as breathe } from 'node:timers/promises'
import type { Awaitable } from './contracts/awaitable.ts'
import { InvalidOptionError } from './errors.ts'
import type { RecordStore } from './record-store.ts'

/** How many ids are visited before others get a turn. */
const BATCH = 1000

/** Calls a function with every id, one after the other, waiting for each call that answers with a promise. */
export async function traverse(
  records: RecordStore,
  visit: (id: string) => Awaitable<unknown>,
): Promise<true> {
  if (typeof visit !== 'function')
    throw new InvalidOptionError('traverse() wants a function that takes an id')
  const ids = records.ids()
  if (Symbol.asyncIterator in ids) {
    for await (const id of ids) await visit(id)
    return true
  }
  // A driver that lists at once is not made to wait for nothing at each id.
  let visited = 0
  for (const id of ids) {
    const visiting = visit(id)
    if (visiting instanceof Promise) await visiting
    if (++visited % BATCH === 0) await breathe()
  }
  return true
}
