import { InvalidOptionError, SessionError, TypeStringError, UnknownPluginError } from '../errors.ts'

export const exitCodes = { done: 0, failed: 1, misuse: 2 } as const

/** What to say of an error, and how the program ends. */
export function failureOf(error: unknown): { message: string; exitCode: number } {
  const message = error instanceof Error ? error.message : String(error)
  if (!(error instanceof SessionError)) return { message, exitCode: exitCodes.failed }
  const misuse = [InvalidOptionError, TypeStringError, UnknownPluginError].some(
    (kind) => error instanceof kind,
  )
  return { message, exitCode: misuse ? exitCodes.misuse : exitCodes.failed }
}
