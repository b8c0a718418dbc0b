import { setImmediate as breathe } from 'node:timers/promises'
import { DamagedRecordError } from './errors.ts'
import type { OpenStore } from './open-store.ts'
import { isExpired } from './record.ts'

/** How many records are looked at before others get a turn. */
const BATCH = 100

/**
 * Removes every session that has expired: first what the driver knows of, by its index, then by reading whatever is
 * left that may have. A record that cannot be read is left where it is, with a warning.
 *
 * @returns how many went
 */
export async function purge({ records, rules, logger }: OpenStore): Promise<number> {
  const now = rules.now()
  let count = await records.purgeKnown(now)
  let looked = 0
  for await (const id of records.ids({ expiredBefore: now })) {
    if (++looked % BATCH === 0) await breathe()
    const stored = await records.retrieve(id)
    if (!stored) continue
    try {
      const record = records.thaw(id, stored)
      if (!record || !isExpired(record, now)) continue
    } catch (error) {
      if (!(error instanceof DamagedRecordError)) throw error
      logger.warn(`Not purged: ${error.message}`)
      continue
    }
    if ((await records.removeIf(id, stored.image)) === 'done') count++
  }
  return count
}
