import type { Connection } from './connection.ts'
import { resultCode } from './failures.ts'

/** The options of the driver that decide how a database of its own is set up. */
export interface Settings {
  readonly fsync: boolean
  readonly shared: boolean
  /** Nothing is made or set up that is not there. */
  readonly mustExist: boolean
}

/** Sets up a database of our own. A handle of the user's is left as it is. */
export function applySettings(connection: Connection, { fsync, shared, mustExist }: Settings): void {
  // SQLite waits by stopping the whole process; we wait by ourselves.
  connection.exec('pragma busy_timeout = 0')
  const keepsMode = mustExist || (shared && !isNew(connection))
  const mode = keepsMode ? journalMode(connection) : useWriteAheadLog(connection)
  // NORMAL can lose the last writes, never the database, but only with a write-ahead log.
  connection.exec(`pragma synchronous = ${mode === 'wal' && !fsync ? 'normal' : 'full'}`)
}

function isNew(connection: Connection): boolean {
  const row = connection.prepare('pragma page_count').get() as { page_count: number }
  return row.page_count === 0
}

/** The mode stays with the file, so nothing is to be done when it is set already. */
function useWriteAheadLog(connection: Connection): string {
  const mode = journalMode(connection)
  if (mode === 'wal') return mode
  try {
    return journalMode(connection, ' = wal')
  } catch (error) {
    // What may only be read can still be read.
    if (resultCode(error) === 'READONLY') return mode
    throw error
  }
}

function journalMode(connection: Connection, change = ''): string {
  const row = connection.prepare(`pragma journal_mode${change}`).get() as { journal_mode: string }
  return row.journal_mode
}

/** Closes a database of our own, with everything in its one file. */
export function closeDatabase(connection: Connection): void {
  try {
    // The last one to close does this anyway, but libsql closes only when its statements are garbage.
    connection.exec('pragma wal_checkpoint(truncate)')
  } catch {
    // What is left in the log is read from there next time.
  }
  connection.close()
}
