/** What a command sees of the world around it. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Writes to standard output: what was asked for. */
  readonly out: (text: string) => void
  /** Writes to standard error: what went wrong. */
  readonly err: (text: string) => void
}
