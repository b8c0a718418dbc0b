import type { Awaitable } from './contracts/awaitable.ts'
import { InvalidOptionError } from './errors.ts'
import type { RecordStore } from './record-store.ts'

/** Calls a function with every id, one after the other, waiting for each call to end. */
export async function traverse(
  records: RecordStore,
  visit: (id: string) => Awaitable<unknown>,
): Promise<true> {
  if (typeof visit !== 'function')
    throw new InvalidOptionError('traverse() wants a function that takes an id')
  for await (const id of records.ids()) await visit(id)
  return true
}
