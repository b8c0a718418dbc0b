import { StorageError } from '../errors.ts'
import { reasonOf } from '../remote/reason.ts'

/** A client's error as ours. `server` is what to call it in the message, `advice` what to do about it. */
export function serverError(server: string, error: unknown, advice?: string): StorageError {
  return new StorageError(`${server}: ${reasonOf(error)}${advice === undefined ? '' : `. ${advice}`}`, {
    cause: error,
  })
}
