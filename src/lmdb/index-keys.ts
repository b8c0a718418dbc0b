import { NEVER } from '../stored-expiry.ts'
import type { Key } from './client.ts'

const noId = new Uint8Array(0)

/** How much longer than the key of the session a key of the index is. */
export const minuteLength = 4

/** In place of a time of expiry, and of its minute, when only the image says. */
export const UNKNOWN = 0

const firstMinute = 1
const lastMinute = 2 ** 32 - 1

/**
 * Under which minute the index has a session that expires then. A minute and not the second, so that a session that is
 * written all the time has its place changed once a minute only.
 *
 * @param expires as it is kept
 * @returns `undefined` for a session that never expires
 */
export function placeOf(expires: number): number | undefined {
  if (expires === NEVER) return undefined
  return expires === UNKNOWN ? UNKNOWN : minuteOf(expires)
}

/** The key of the index for a session: the minute, the highest byte first, then its id. */
export function indexKey(minute: number, key: Key): Buffer {
  const found = Buffer.allocUnsafe(minuteLength + key.length)
  found.writeUInt32BE(minute, 0)
  found.set(key, minuteLength)
  return found
}

/** The key of the session that a key of the index leads to. */
export function sessionKey(key: Buffer): Buffer {
  return key.subarray(minuteLength)
}

/** Whether a session under this key expires in the minute of `time`: before or after that. */
export function isInMinute(key: Buffer, time: number): boolean {
  return key.readUInt32BE(0) === minuteOf(time)
}

export function isUnknown(key: Buffer): boolean {
  return key.readUInt32BE(0) === UNKNOWN
}

/** Before all keys of sessions of which the index knows when they expire; no session has this one. */
export const beforeKnown: Buffer = indexKey(firstMinute, noId)

/** Behind the last key of a session that may have expired by then; `undefined` when that is any. */
export function endOf(time: number): Buffer | undefined {
  const minute = minuteOf(time)
  return minute === lastMinute ? undefined : indexKey(minute + 1, noId)
}

function minuteOf(time: number): number {
  return Math.min(Math.max(Math.floor(time / 60), firstMinute), lastMinute)
}
