import { SessionError } from '../errors.ts'

/** Why something did not succeed. */
export interface SessionFailure {
  readonly success: false
  /** For people; of Concierge::Sessions where that has one. */
  readonly message: string
  /** For programs: that of the error class where an error is behind it, else one of `SessionFailureCode`. */
  readonly code: string
  /** The error behind it, if there is one. */
  readonly cause?: unknown
}

export type SessionSuccess<Content extends object = object> = { readonly success: true } & Readonly<Content>

/** What the methods of the manager answer. `if (result.success)` tells TypeScript which of the two it is. */
export type SessionResult<Content extends object = object> = SessionSuccess<Content> | SessionFailure

/** The codes of failures that no error class has. */
export type SessionFailureCode =
  | 'ERR_SESSION_USER_REQUIRED'
  | 'ERR_SESSION_ID_REQUIRED'
  | 'ERR_SESSION_NOT_FOUND'
  | 'ERR_SESSION_LIMIT'
  | 'ERR_SESSION_UNEXPECTED'

export function success<Content extends object>(content: Content): SessionSuccess<Content> {
  return { success: true, ...content }
}

export function failure(code: SessionFailureCode, message: string): SessionFailure {
  return { success: false, message, code }
}

/** @param doing what was being done, before the error's own words */
export function failureOf(cause: unknown, doing: string): SessionFailure {
  const code = cause instanceof SessionError ? cause.code : 'ERR_SESSION_UNEXPECTED'
  const reason = cause instanceof Error ? cause.message : 'something that is no error was thrown'
  return { success: false, message: `${doing}: ${reason}`, code, cause }
}

/** Does the work; what it throws becomes a failure. */
export async function answer<Answer extends SessionResult>(
  doing: string,
  work: () => Promise<Answer>,
): Promise<Answer | SessionFailure> {
  try {
    return await work()
  } catch (error) {
    return failureOf(error, doing)
  }
}
