import {
  InvalidOptionError,
  InvalidTimeError,
  SessionError,
  TypeStringError,
  UnknownPluginError,
} from '../errors.ts'

export const exitCodes = { done: 0, failed: 1, misuse: 2 } as const

/** A command could not do all that it was asked for. The message is a sentence for the person who asked. */
export class CommandFailure extends Error {}

/** What to say of an error, and how the program ends. */
export function failureOf(error: unknown): { message: string; exitCode: number } {
  if (!(error instanceof Error)) return { message: String(error), exitCode: exitCodes.failed }
  const misuse = [InvalidOptionError, InvalidTimeError, TypeStringError, UnknownPluginError].some(
    (kind) => error instanceof kind,
  )
  if (misuse) return { message: error.message, exitCode: exitCodes.misuse }
  const isExpected = error instanceof SessionError || error instanceof CommandFailure || 'code' in error
  // What nobody expects is a fault of this program, which only its stack can tell about.
  return { message: isExpected ? error.message : (error.stack ?? error.message), exitCode: exitCodes.failed }
}
