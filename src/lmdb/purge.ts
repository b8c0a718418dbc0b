import { removeInBatches } from '../batches.ts'
import type { Calls } from './calls.ts'
import type { Key } from './client.ts'
import { beforeKnown, endOf, sessionKey, UNKNOWN } from './index-keys.ts'
import type { Records } from './records.ts'

/** Removes what has expired as of `now`, each batch in one transaction. Answers how many records went. */
export function purge(records: Records, calls: Calls, now: number): Promise<number> {
  records.forgetDeadReaders()
  const end = endOf(now)
  let after: Key = beforeKnown
  const removeSome = async (limit: number): Promise<number> => {
    let removed = 0
    while (removed < limit) {
      const keys = [...records.indexKeys(after, end, limit - removed)]
      if (keys.length === 0) break
      after = keys.at(-1)!
      const results = await calls.repeat(() =>
        Promise.all(keys.map((key) => removeExpired(records, key, now))),
      )
      removed += results.filter(Boolean).length
    }
    return removed
  }
  return removeInBatches(removeSome)
}

/** One that was changed meanwhile is no longer expired, or left to the next time. */
async function removeExpired(records: Records, indexKey: Buffer, now: number): Promise<boolean> {
  const key = sessionKey(indexKey)
  const record = records.find(key)
  const isExpired = record && record.expires !== UNKNOWN && record.expires < now
  return isExpired ? records.remove(key, record) : false
}
