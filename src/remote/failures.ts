import { SessionError, StorageError } from '../errors.ts'
import { reasonOf } from './reason.ts'

/** A command failed on the way, and can be sent again without harm. */
export class NothingDone extends Error {
  constructor(cause: unknown) {
    super(reasonOf(cause), { cause })
  }
}

/** No answer came in time. The message goes on after the name of the server. */
export class NoAnswer extends Error {
  /** The same, with what went wrong before as its cause, unless it has one. */
  after(failure: unknown): NoAnswer {
    const cause = failure instanceof NothingDone ? failure.cause : failure
    return this.cause === undefined && cause !== undefined ? new NoAnswer(this.message, { cause }) : this
  }
}

/**
 * What went wrong with a server, as an error of ours; errors of ours as they are.
 *
 * @param server what to call it in the message
 * @param timeout how long was waited at most, in milliseconds
 * @param advise what to do about an error of the client, if that is known
 */
export function storageError(
  server: string,
  timeout: number,
  error: unknown,
  advise: (error: unknown) => string | undefined,
): SessionError {
  if (error instanceof SessionError) return error
  if (error instanceof NoAnswer) {
    const { cause = error } = error
    const reason = cause === error ? '' : `: ${reasonOf(cause)}`
    return new StorageError(`${server} ${error.message} within ${timeout} ms (option timeout)${reason}`, {
      cause,
    })
  }
  const cause = error instanceof NothingDone ? error.cause : error
  const advice = advise(cause)
  return new StorageError(`${server}: ${reasonOf(cause)}${advice === undefined ? '' : `. ${advice}`}`, {
    cause,
  })
}
