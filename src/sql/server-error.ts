import { StorageError } from '../errors.ts'

/** A client's error as ours. `server` is what to call it in the message, `advice` what to do about it. */
export function serverError(server: string, error: unknown, advice?: string): StorageError {
  return new StorageError(`${server}: ${reasonOf(error)}${advice === undefined ? '' : `. ${advice}`}`, {
    cause: error,
  })
}

/** Node's error for a name with several addresses has no message of its own, but those of all attempts. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map((one: unknown) => reasonOf(one)).join('; ')
  }
  const { message, code } = Object(error) as { message?: unknown; code?: unknown }
  return String(message || code || error)
}
