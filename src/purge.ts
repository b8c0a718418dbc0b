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
  const { records, rules, logger } = store
  signal?.throwIfAborted()
  const now = rules.now()
  let count = await records.purgeKnown(now)
  let looked = 0
  for await (const id of records.allIds({ expiredBefore: now })) {
    signal?.throwIfAborted()
    if (++looked % BATCH === 0) await breathe()
    const found = await examine(store, id)
    if (found.state === 'damaged' || found.state === 'unreadable') {
      logger.warn(`Not purged: ${found.error.message}`)
    } else if (found.state === 'expired' && (await records.removeIf(id, found.image)) === 'done') {
      if (!isHidden(id)) count++
    }
  }
  return count
}
