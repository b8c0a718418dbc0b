/** A command of Redis and its arguments. */
export type Words = readonly [name: string, ...args: (string | Buffer)[]]

export interface RedisCommand {
  readonly words: Words
  /** The key, or undefined for a command that is about a whole node. */
  readonly key: string | undefined
  /** Nothing changes when it is done twice. */
  readonly repeatable: boolean
  /** Commands with the same object here go over the same connection, or fail. */
  readonly connection?: { socket?: unknown }
}

/** A client of Redis, whichever it is. Answers are as Redis gives them: bulk strings as Buffers, integers as numbers. */
export interface RedisLink {
  /** What the client would put before each key. The link makes it leave that to us. */
  readonly keyPrefix: string
  /** What went wrong with the connection last, as long as there is none. */
  readonly trouble: Error | undefined

  /**
   * The answer of Redis.
   *
   * @param milliseconds after which the command is not sent any more, if it was not yet
   * @throws NothingDone when the command was not sent, or is repeatable and its answer was lost
   */
  send(command: RedisCommand, milliseconds: number): Promise<unknown>

  /** All nodes that hold keys of their own. */
  nodes(milliseconds: number): Promise<readonly RedisLink[]>

  /** Closes the connection, if it is ours. */
  close(): Promise<void>
}
