import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { SessionError, StorageError } from '../errors.ts'

/** The primary result codes that this library has something to say about, by their numbers. */
const names: Readonly<Record<number, string>> = {
  5: 'BUSY',
  6: 'LOCKED',
  8: 'READONLY',
  10: 'IOERR',
  11: 'CORRUPT',
  13: 'FULL',
  14: 'CANTOPEN',
  19: 'CONSTRAINT',
  26: 'NOTADB',
}

const advice: Readonly<Record<string, string>> = {
  READONLY: 'Check who may write the file and its folder',
  IOERR: 'Check the disk and its file system',
  CORRUPT:
    'The file is damaged: restore it from a backup, or rescue what can be read with sqlite3 FILE .recover',
  FULL: 'Free some space on the disk, or raise max_page_count',
  CANTOPEN: 'Check the path, and who may read and write the file and its folder',
  CONSTRAINT: 'The table has a rule that sessions do not keep',
  NOTADB: 'The file belongs to something else, or is encrypted',
}

/** The name of SQLite's primary result code, without `SQLITE_`. Each client tells it in another way. */
export function resultCode(error: unknown): string | undefined {
  const { errcode, rawCode, code, message } = Object(error) as Record<string, unknown>
  const number = errcode ?? rawCode // node:sqlite, libsql
  if (typeof number === 'number') return names[number & 0xff]
  if (typeof code === 'string' && code.startsWith('SQLITE_')) return code.split('_', 2)[1] // better-sqlite3
  const opening = /^ConnectionFailed\(.*: (\d+)"\)$/s.exec(String(message)) // libsql, too
  return opening ? names[Number(opening[1]) & 0xff] : undefined
}

/** Somebody else is using the database just now; the same statement will work later. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error)
  return code === 'BUSY' || code === 'LOCKED'
}

/** A client's error as ours; errors of ours as they are. `database` is what to call it in the message. */
export function storageError(database: string, error: unknown): SessionError {
  if (error instanceof SessionError) return error
  const reason = error instanceof Error ? error.message : String(error)
  const hint = advice[resultCode(error) ?? '']
  return new StorageError(`${database}: ${reason}${hint === undefined ? '' : `. ${hint}`}`, { cause: error })
}

/** Why the file at `path` could not be opened. */
export function openingError(database: string, path: string, error: unknown): SessionError {
  const folder = dirname(resolve(path))
  if (existsSync(folder)) return storageError(database, error)
  return new StorageError(`${database} cannot be opened: there is no folder ${folder}. Make it first`, {
    cause: error,
  })
}
