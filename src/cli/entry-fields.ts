import { expiresAt, type SessionRecord } from '../record.ts'
import type { Entry } from './entries.ts'

/** What `--json` says of a record. Times are whole seconds since 1970; null: not known, or never. */
export interface EntryFields {
  readonly id: string
  readonly state: Entry['found']['state']
  readonly atime: number | null
  readonly ctime: number | null
  readonly expires: number | null
  /** Null: nobody's, or not known. */
  readonly owner: string | null
  /** In bytes; null if they could not be had. */
  readonly size: number | null
  /** Why the record cannot be read. */
  readonly reason?: string
}

export function entryFields(entry: Entry): EntryFields {
  const { id, found } = entry
  const record = 'record' in found ? found.record : undefined
  return {
    id,
    state: found.state,
    atime: timeIn(record?.atime),
    ctime: timeIn(record?.ctime),
    expires: (record && expiresAt(record)) ?? null,
    owner: ownerOf(entry) ?? null,
    size: 'image' in found ? found.image.length : null,
    ...('error' in found && { reason: reasonOf(found.error) }),
  }
}

/** Whose session it is, if it can be read. */
export function ownerOf({ found }: Entry): string | undefined {
  return 'record' in found ? found.record.owner : undefined
}

/** A record without times has 0 there. */
export function timeIn(seconds: SessionRecord['atime'] | undefined): number | null {
  return seconds === undefined || seconds === 0 ? null : seconds
}

/** What is wrong with a record, where its id is said already. */
export function reasonOf({ message, cause }: Error): string {
  return message.startsWith('The record of session ') && cause instanceof Error ? cause.message : message
}
