import type { Awaitable } from '../contracts/awaitable.ts'

/** What a command sees of the world around it. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The folder that the command runs in. */
  readonly directory: string
  /** Writes to standard output: what was asked for. To be awaited where much is written: a reader may be slow. */
  readonly out: (text: string) => Awaitable<void>
  /** Writes to standard error: what went wrong, and how far long work has got. */
  readonly err: (text: string) => void
  /** Whether somebody looks at standard output, and at standard error: not where they lead to a file or a program. */
  readonly screens: { readonly out: boolean; readonly err: boolean }
  /** How many characters fit into a line. */
  readonly columns: number
  /** Aborted when the command is to end before it is done: Ctrl-C, or nobody reads any more. */
  readonly stopped: AbortSignal
}
