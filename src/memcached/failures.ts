import { storageError as errorOfServer } from '../remote/failures.ts'
import { reasonOf } from '../remote/reason.ts'
import type { SessionError } from '../errors.ts'
import { nameOf, statuses } from './protocol.ts'

/** The connection broke after a change was sent. */
export class UnknownOutcome extends Error {
  constructor(cause: unknown) {
    super(`${reasonOf(cause)} before the answer came. The change may have been made or not`, { cause })
  }
}

/** Nothing was sent, since the connection is not the one that it was to be sent on. */
export class OtherConnection extends Error {}

/** memcached said no. */
export class Refusal extends Error {
  /** @param status of its answer; left out for what it said in words */
  constructor(
    message: string,
    readonly status?: number,
  ) {
    super(message)
  }

  static of(status: number): Refusal {
    return new Refusal(nameOf(status), status)
  }
}

const advice: Readonly<Record<number, string>> = {
  [statuses.tooLarge]:
    'The record is larger than it takes: start it with a higher limit (-I), or keep less in the session',
  [statuses.unauthorized]: 'Check the options username and password',
  [statuses.unknownCommand]: 'It must speak the binary protocol',
  [statuses.outOfMemory]:
    'It has no memory left and may drop nothing: give it more (-m), or start it without -M',
}

/**
 * A failure as an error of ours; errors of ours as they are.
 *
 * @param called what to call the server
 * @param timeout how long was waited at most, in milliseconds
 */
export function storageError(called: string, timeout: number, error: unknown): SessionError {
  return errorOfServer(called, timeout, error, (cause) => {
    return cause instanceof Refusal && cause.status !== undefined ? advice[cause.status] : undefined
  })
}
