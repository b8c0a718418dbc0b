import type { Diagnosis } from './client.ts'

/** What psqlodbc says, by a state that means nothing, of a connection that PostgreSQL has closed. */
const lost = /server closed the connection|terminating connection|no connection to the server/

/** What the package says of a statement that was being made ready, on the server's side too, and not yet executed. */
const early = /allocating a handle|preparing the SQL|parameter|query timeout/

/** An error of the package `odbc`, which has all that matters in a list of its own. */
export class OdbcFailure extends Error {
  override readonly name = 'OdbcFailure'
  /** SQLSTATE. */
  readonly code: string
  /** The database's own number. */
  readonly errno: number
  /** The connection is of no use any more, or there was none. */
  readonly isLost: boolean
  /** It was found to be lost before the statement did anything. */
  readonly isUndone: boolean

  constructor(diagnoses: readonly Diagnosis[], cause: Error) {
    super(diagnoses.map(({ message }) => message.trim()).join('; ') || cause.message, { cause })
    this.code = diagnoses[0]?.state ?? ''
    this.errno = diagnoses[0]?.code ?? 0
    this.isLost =
      /^08|^57P|^HYT01/.test(this.code) ||
      lost.test(this.message) ||
      /already been closed|connecting to the database/.test(cause.message)
    this.isUndone = this.isLost && early.test(cause.message)
  }
}

export function failureOf(error: unknown): OdbcFailure {
  const { odbcErrors } = Object(error) as { odbcErrors?: unknown }
  const diagnoses = Array.isArray(odbcErrors) ? (odbcErrors as Diagnosis[]) : []
  return new OdbcFailure(diagnoses, error instanceof Error ? error : new Error(String(error)))
}
