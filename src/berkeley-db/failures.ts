import { constants } from 'node:os'
import { SessionError, StorageError } from '../errors.ts'
import { DB_OLD_VERSION, DB_PAGE_NOTFOUND, DB_RUNRECOVERY, DB_VERSION_MISMATCH } from './constants.ts'
import type { Library } from './library.ts'

const DAMAGED =
  'The file is damaged: look at it with db5.3_verify, and restore it from a backup, or rescue what can be read with ' +
  'db5.3_dump -r'

const { EACCES, EIO, ENOENT, ENOSPC, EROFS } = constants.errno

const advice: ReadonlyMap<number, string> = new Map([
  [DB_OLD_VERSION, 'Another version of libdb made the file: convert a copy of it with db5.3_upgrade'],
  [DB_PAGE_NOTFOUND, DAMAGED],
  [
    DB_RUNRECOVERY,
    'The environment is damaged: stop every program that uses it, remove the files __db.* in its folder, and look at ' +
      'the database with db5.3_verify',
  ],
  [DB_VERSION_MISMATCH, 'Programs with another version of libdb use the environment'],
  [EACCES, 'Check who may read and write the file and its folder'],
  [EIO, 'Check the disk'],
  [ENOENT, 'Its folder must be there'],
  [ENOSPC, 'Free some space on the disk'],
  [EROFS, 'The disk is mounted for reading only'],
])

/** What libdb answered: the `cause` of the error that says what it means. */
export class DbError extends Error {
  constructor(
    message: string,
    readonly code: number,
  ) {
    super(message)
    this.name = 'DbError'
  }
}

/**
 * An answer of libdb other than 0 as an error.
 *
 * @param called what to call the database in the message
 */
export function failure(
  library: Library,
  called: string,
  code: number,
  hint = advice.get(code),
): StorageError {
  const reason = library.messageOf(code)
  return new StorageError(`${called}: ${reason}${hint === undefined ? '' : `. ${hint}`}`, {
    cause: new DbError(reason, code),
  })
}

/** Any error as ours; errors of ours as they are. */
export function storageError(called: string, error: unknown): SessionError {
  if (error instanceof SessionError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new StorageError(`${called}: ${reason}`, { cause: error })
}
