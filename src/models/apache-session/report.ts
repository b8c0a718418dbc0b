import { SessionError } from '../../errors.ts'

/** Tells of a failure that no promise tells of: as a warning, which ends no program and passes nobody by. */
export function report(id: string, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error)
  process.emitWarning(`Session ${id} could not be stored: ${reason}`, {
    type: 'SessionWarning',
    ...(error instanceof SessionError && { code: error.code }),
    ...(error instanceof Error && error.stack !== undefined && { detail: error.stack }),
  })
}
