import { after } from './after.ts'
import type { Awaitable } from './contracts/awaitable.ts'
import type { Image, StoredImage } from './contracts/driver.ts'
import { DamagedRecordError, LockTimeoutError, type SessionError, StorageError } from './errors.ts'
import { isExpired, type SessionRecord } from './record.ts'
import type { RecordStore } from './record-store.ts'

/** What is looked at of an open store. */
export interface Examined {
  readonly records: RecordStore
  readonly rules: { now(): number }
}

/** What lies under an id. */
export type Finding =
  | { readonly state: 'alive' | 'expired'; readonly image: Image; readonly record: SessionRecord }
  /** A record of no bytes: a Perl process has just created it, or died doing so. */
  | { readonly state: 'empty'; readonly image: Image }
  /** The bytes cannot be understood. */
  | { readonly state: 'damaged'; readonly image: Image; readonly error: DamagedRecordError }
  /** The bytes of this one record are not to be had: a file of somebody else's, a link, a lock that is held. */
  | { readonly state: 'unreadable'; readonly error: SessionError }
  | { readonly state: 'absent' }

/**
 * Looks at what is stored under an id, as it lies there. Nothing is written, no access counts, nothing that has expired
 * is removed.
 *
 * @throws StorageError when the storage as a whole fails
 */
export function examine(store: Examined, id: string): Awaitable<Finding> {
  try {
    const retrieved = store.records.retrieve(id)
    const stored = retrieved instanceof Promise ? retrieved.catch(unreadable) : retrieved
    return after(stored, (found) => (found && 'state' in found ? found : findingIn(store, id, found)))
  } catch (error) {
    return unreadable(error)
  }
}

function findingIn({ records, rules }: Examined, id: string, stored: StoredImage | undefined): Finding {
  if (!stored) return { state: 'absent' }
  const { image } = stored
  try {
    const record = records.thaw(id, stored)
    if (!record) return { state: 'empty', image }
    return { state: isExpired(record, rules.now()) ? 'expired' : 'alive', image, record }
  } catch (error) {
    if (error instanceof DamagedRecordError) return { state: 'damaged', image, error }
    throw error
  }
}

/** What the system says of one file, and not of all. */
const ofOneFile = new Set(['EACCES', 'EPERM', 'ELOOP', 'EISDIR', 'EIO'])

function unreadable(error: unknown): Finding {
  if (isOfOneRecord(error)) return { state: 'unreadable', error }
  throw error
}

/** Whether this one record is not to be had, and others may be. */
export function isOfOneRecord(error: unknown): error is SessionError {
  return (
    error instanceof LockTimeoutError ||
    (error instanceof StorageError &&
      ofOneFile.has(String((error.cause as NodeJS.ErrnoException | undefined)?.code)))
  )
}
