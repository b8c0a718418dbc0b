import { SessionError, StorageError } from '../errors.ts'

const advice: readonly (readonly [RegExp, string])[] = [
  // What LMDB makes of a disk that takes only a part.
  [/Input\/output error|No space left|File too large/, 'Nothing was written. The disk may be full'],
  [/MDB_(?:CORRUPTED|PAGE_NOTFOUND|PANIC)/, 'The file is damaged: restore it from a backup'],
]

/** An error of the package as ours; errors of ours as they are. `called` is what to call the file in the message. */
export function storageError(called: string, error: unknown): SessionError {
  if (error instanceof SessionError) return error
  const reason = error instanceof Error ? error.message : String(error)
  const hint = advice.find(([pattern]) => pattern.test(reason))?.[1]
  return new StorageError(`${called}: ${reason}${hint === undefined ? '' : `. ${hint}`}`, { cause: error })
}

/** The same for a commit, which tells why it failed in a promise of its own. */
export async function commitError(called: string, error: unknown): Promise<SessionError> {
  const { commitError } = Object(error) as { commitError?: Promise<never> }
  return storageError(called, commitError ? await commitError.catch((reason: unknown) => reason) : error)
}
