import { SessionError, StorageError } from '../errors.ts'

/** The system's name for what went wrong: `ENOENT` and so on. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

/** For a folder or a pipe where a file of ours should be. It is left as it is, for a person to look at. */
export function notAFile(path: string): StorageError {
  return new StorageError(`${path} is not a regular file`)
}

/** Throws what the file system threw as an error that says what was tried. Errors of ours pass as they are. */
export function rethrow(tried: string, cause: unknown): never {
  if (cause instanceof SessionError) throw cause
  throw new StorageError(`Cannot ${tried}: ${reasonOf(cause)}`, { cause })
}

export function reasonOf(cause: unknown): string {
  if (codeOf(cause) === 'ELOOP') return 'it is a symbolic link, and links are not followed'
  return cause instanceof Error ? cause.message : String(cause)
}
