import type { Image } from '../contracts/driver.ts'
import type { Deadline } from './deadline.ts'
import type { Statement } from './statement.ts'

/** What goes into a statement. */
export type Value = string | number | null | Image

/** What a statement gave: its rows, each an array in the order of the columns, and how many it wrote or found. */
export interface Answer {
  readonly rows: readonly (readonly unknown[])[]
  /** Rows that the conditions of a write met, whether or not it changed anything in them. */
  readonly count: number
  /** What the columns of the rows are, if the client tells: their names, types and sizes, as it has them. */
  readonly columns?: readonly (readonly [name: string, type: number, size: number])[]
}

/** One connection to a server, as a client package gives it. */
export interface Link {
  /** It was closed, or nobody knows what it is doing: no statement may go there any more. */
  readonly broken: boolean

  /** Rejects with the client's own error. */
  run(statement: Statement, values: readonly Value[]): Promise<Answer>

  /** Cuts it at once, whatever is under way; all that is fails. */
  cut(): void

  /** Says good-bye when nothing is under way. Answers when the connection is closed. */
  end(): Promise<void>

  /** Whether it keeps the process alive. */
  keepAlive(on: boolean): void
}

/** A connection for the time of one statement. */
export interface Loan {
  readonly link: Link
  readonly giveBack: () => void
}

/** Where connections come from. */
export interface Links {
  /** What has failed may be tried again, on another connection: nobody else's transaction is on it. */
  readonly renews: boolean

  /** Waits for a connection for no longer than the deadline. `reads`: it is for a statement that only reads. */
  borrow(deadline: Deadline, reads: boolean): Promise<Loan>

  /**
   * A connection for what outlasts a statement, which others may use meanwhile. If the connections are our own, it is
   * not one of those that statements wait for, and does not keep the process alive.
   */
  keep(deadline: Deadline): Promise<Loan>

  /** A connection was lost or did not answer: those that are at rest may be dead as well. */
  distrust(): void

  /** Closes what is our own. */
  close(): Promise<void>
}
