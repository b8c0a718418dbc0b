import { setImmediate as breathe } from 'node:timers/promises'
import { examine } from './examine.ts'
import { isHidden } from './hidden-ids.ts'
import type { OpenStore } from './open-store.ts'

/** How many records are looked at before others get a turn. */
const BATCH = 100

/** How a store is purged. */
export interface PurgeOptions {
  /** Aborted: the purge ends soon, with the signal's reason. What has been removed until then is gone. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Removes every session that has expired: first what the driver knows of, by its index, then by reading whatever is
 * left that may have. A record that cannot be read is left where it is, with a warning.
 *
 * @returns how many went
 */
export async function purge(store: OpenStore, { signal }: PurgeOptions = {}): Promise<number> {
  const { records, rules } = store
  signal?.throwIfAborted()
  const now = rules.now()
  // What the store keeps for itself expires as well: the driver would count it.
  if (records.canPurge) await purgeByReading(store, now, isHidden, signal)
  const count = await records.purgeKnown(now)
  return count + (await purgeByReading(store, now, () => true, signal))
}

/** Reads those that `isMeant` says yes to, and answers how many sessions among them went. */
async function purgeByReading(
  store: OpenStore,
  now: number,
  isMeant: (id: string) => boolean,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { records, logger } = store
  let [count, looked] = [0, 0]
  for await (const id of records.allIds({ expiredBefore: now })) {
    signal?.throwIfAborted()
    if (++looked % BATCH === 0) await breathe()
    if (!isMeant(id)) continue
    const found = await examine(store, id)
    if (found.state === 'damaged' || found.state === 'unreadable') {
      logger.warn(`Not purged: ${found.error.message}`)
    } else if (found.state === 'expired' && (await records.removeIf(id, found.image)) === 'done') {
      if (!isHidden(id)) count++
    }
  }
  return count
}
