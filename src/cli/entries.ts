import { setImmediate as breathe } from 'node:timers/promises'
import type { Awaitable } from '../contracts/awaitable.ts'
import { examine, type Finding } from '../examine.ts'
import { atOnce } from '../in-turns.ts'
import type { OpenStore } from '../open-store.ts'

/** A record of a store, as it was found. */
export interface Entry {
  readonly id: string
  readonly found: Exclude<Finding, { readonly state: 'absent' }>
}

/** So many records are read before others get a turn. */
const batch = 1000

/** Every record of a store, in the order of the ids. Those that vanish meanwhile are left out. */
export async function* entriesOf(store: OpenStore, stopped: AbortSignal): AsyncGenerator<Entry> {
  const asked: { id: string; found: Awaitable<Finding> }[] = []
  const next = async (): Promise<Entry | undefined> => {
    const { id, found } = asked.shift()!
    const answer = await found
    return answer.state === 'absent' ? undefined : { id, found: answer }
  }
  for await (const id of idsOf(store, stopped)) {
    const found = examine(store, id)
    // It is heard of when its turn comes.
    if (found instanceof Promise) found.catch(() => {})
    asked.push({ id, found })
    if (asked.length < atOnce) continue
    const entry = await next()
    if (entry) yield entry
  }
  while (asked.length > 0) {
    const entry = await next()
    if (entry) yield entry
  }
}

/** Every id of a store, until the command is stopped. */
export async function* idsOf({ records }: OpenStore, stopped: AbortSignal): AsyncGenerator<string> {
  let listed = 0
  for await (const id of records.ids()) {
    if (++listed % batch === 0) await breathe()
    stopped.throwIfAborted()
    yield id
  }
}
