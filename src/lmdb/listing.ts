import { isUtf8 } from 'node:buffer'
import type { Page } from '../pages.ts'
import { endOf, isInMinute, isUnknown, sessionKey } from './index-keys.ts'
import type { Key } from './client.ts'
import type { Records } from './records.ts'

const pageSize = 1000

/** Where a page begins: after a key, or, `undefined`, with the first. */
export interface Place {
  readonly after: Key | undefined
}

/** A page of all ids. */
export function readIds(records: Records, { after }: Place): Page<Place> {
  const keys = [...records.keys(after, pageSize)]
  return { ids: idsOf(keys), next: placeAfter(keys) }
}

/** A page of the ids that have expired as of `now` or may have. */
export function readExpiredIds(records: Records, now: number, { after }: Place): Page<Place> {
  const keys = [...records.indexKeys(after, endOf(now), pageSize)]
  const expired = keys.filter((key) => {
    if (isUnknown(key) || !isInMinute(key, now)) return true
    const record = records.find(sessionKey(key))
    return record !== undefined && record.expires < now
  })
  return { ids: idsOf(expired.map(sessionKey)), next: placeAfter(keys) }
}

function placeAfter(keys: readonly Buffer[]): Place | undefined {
  const last = keys.at(-1)
  return last && { after: last }
}

/** Without keys that no id leads to. */
function idsOf(keys: readonly Buffer[]): string[] {
  return keys.filter((key) => isUtf8(key)).map(String)
}
