import type { PooledLink } from '../sql/borrowed-links.ts'
import type { Answer, Link, Value } from '../sql/link.ts'
import type { Statement } from '../sql/statement.ts'
import type { Connection, PoolConnection, Result } from './client.ts'

/** Rows as arrays of plain values, whatever the program has told mysql2 to make of them. */
const rowForm = { rowsAsArray: true, typeCast: true, nestTables: false } as const

/** What connections of our own are opened with. */
export const ownSettings = { ...rowForm, namedPlaceholders: false } as const

/** A connection of `mysql2`. */
export class MysqlLink implements Link {
  #lost = false
  readonly #lose = (): void => {
    this.#lost = true
  }

  /** @param own it was opened by us, with `ownSettings` */
  constructor(
    protected readonly connection: Connection,
    private readonly own: boolean,
  ) {
    // Without a listener an error event would end the process.
    connection.on('error', this.#lose)
    connection.on('end', this.#lose)
  }

  get broken(): boolean {
    const { state } = this.connection
    return this.#lost || state === 'error' || state === 'disconnected'
  }

  /** mysql2 keeps each text prepared on each connection. */
  run({ sql }: Statement, values: readonly Value[]): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const answered = (error: Error | null, result: Result): void => {
        if (!error) return resolve(answerIn(result))
        if ((error as { fatal?: unknown }).fatal === true) this.#lost = true
        reject(error)
      }
      // The settings cost time if they go with each statement.
      if (this.own) this.connection.execute(sql, values, answered)
      else this.connection.execute({ sql, values, ...rowForm }, answered)
    })
  }

  cut(): void {
    this.#lost = true
    this.connection.destroy()
    this.connection.stream?.destroy()
  }

  end(): Promise<void> {
    this.#lost = true
    return new Promise((resolve) => {
      this.connection.end(() => resolve())
    })
  }

  keepAlive(on: boolean): void {
    if (on) this.connection.stream?.ref?.()
    else this.connection.stream?.unref?.()
  }

  /** Leaves the connection as it was handed in. */
  letGo(): void {
    this.connection.removeListener('error', this.#lose)
    this.connection.removeListener('end', this.#lose)
  }
}

/** A connection out of a pool that was handed in. */
export class PooledMysqlLink extends MysqlLink implements PooledLink {
  constructor(private readonly pooled: PoolConnection) {
    super(pooled, false)
  }

  release(): void {
    this.letGo()
    if (this.broken) this.pooled.destroy()
    else this.pooled.release()
  }
}

/**
 * How many rows an update found is in the text of its answer. The number beside it is that of the rows that it changed
 * on a connection without the flag FOUND_ROWS.
 */
function answerIn(result: Result): Answer {
  if (Array.isArray(result)) return { rows: result, count: result.length }
  const [, matched] = /^Rows matched: (\d+)/.exec(result.info ?? '') ?? []
  return { rows: [], count: matched === undefined ? result.affectedRows : Number(matched) }
}
