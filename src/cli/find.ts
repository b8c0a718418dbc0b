import { examine } from '../examine.ts'
import type { OpenStore } from '../open-store.ts'
import type { Entry } from './entries.ts'
import { CommandFailure } from './failure.ts'
import { quoted } from './printable.ts'

/** A record of this store that somebody named, whatever is in it. */
export async function findEntry(store: OpenStore, id: string): Promise<Entry> {
  store.records.checkId(id)
  const found = await examine(store, id)
  if (found.state === 'absent') throw noSession(id)
  return { id, found }
}

/** The record, which must be one that can be read; it may have expired. */
export async function findRecord(
  store: OpenStore,
  id: string,
): Promise<Extract<Entry['found'], { readonly state: 'alive' | 'expired' }>> {
  const { found } = await findEntry(store, id)
  if ('record' in found) return found
  if ('error' in found) throw found.error
  throw new CommandFailure(`The record of session ${quoted(id)} is empty`)
}

export function noSession(id: string): CommandFailure {
  return new CommandFailure(`There is no session ${quoted(id)}`)
}
