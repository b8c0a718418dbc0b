import type { PooledLink } from '../sql/borrowed-links.ts'
import type { Answer, Link, Value } from '../sql/link.ts'
import type { Statement } from '../sql/statement.ts'
import { asBuffer } from '../image-text.ts'
import type { Connection, Pool, PooledConnection, QueryOptions, Result, ResultColumn } from './client.ts'
import { isLong } from './column-types.ts'
import { failureOf, OdbcFailure } from './failure.ts'
import { gate, type Turn } from './gate.ts'

/** In place of SQL: asks for the columns of the primary key; the values are catalog, schema and table. */
export const primaryKeys = 'SQLPrimaryKeys'

/** A connection of `odbc`. */
export class OdbcLink implements Link {
  #lost = false
  #turn: Turn<Answer> | undefined
  #ended: Promise<void> | undefined

  constructor(
    protected readonly connection: Connection,
    private readonly options: QueryOptions = {},
  ) {}

  get broken(): boolean {
    return this.#lost || this.connection.odbcConnection === null
  }

  async run(statement: Statement, values: readonly Value[]): Promise<Answer> {
    const turn = this.enter(() => ask(this.connection, statement.sql, values, this.options))
    this.#turn = turn
    try {
      return await turn.done
    } catch (error) {
      if (error instanceof OdbcFailure && error.isLost) this.#lost = true
      throw error
    } finally {
      this.#turn = undefined
    }
  }

  /** Nothing can end a call that is under way: it keeps its thread until the ODBC driver comes back. */
  cut(): void {
    if (this.#turn?.giveUp()) return
    void this.end().catch(() => {})
  }

  end(): Promise<void> {
    this.#lost = true
    this.#ended ??= this.#close()
    return this.#ended
  }

  /** ODBC has no sockets that Node knows of. */
  keepAlive(): void {}

  protected enter(work: () => Promise<Answer>): Turn<Answer> {
    return gate.enter(false, work)
  }

  /** Closes the connection. */
  protected async dispose(): Promise<void> {
    if (this.connection.odbcConnection !== null) await this.connection.close()
  }

  async #close(): Promise<void> {
    await this.#turn?.done.catch(() => {})
    await gate.enter(false, () => this.dispose()).done
  }
}

/** A connection that was handed in. Its statements do not wait for others: none of them may be done late. */
export class HandedInLink extends OdbcLink {
  protected override enter(work: () => Promise<Answer>): Turn<Answer> {
    return { done: work(), giveUp: () => false }
  }
}

/** A connection out of a pool that was handed in. */
export class PooledOdbcLink extends OdbcLink implements PooledLink {
  constructor(
    private readonly pooled: PooledConnection,
    private readonly pool: Pool,
  ) {
    super(pooled)
  }

  release(): void {
    if (this.broken) void this.end().catch(() => {})
    else void this.pooled.close()
  }

  /** The package's pool knows nothing of connections that were lost, and would lend this one again. */
  protected override async dispose(): Promise<void> {
    if (this.pool.poolSize !== undefined) this.pool.poolSize -= 1
    await this.pooled.nativeClose?.()
  }
}

async function ask(
  connection: Connection,
  sql: string,
  values: readonly Value[],
  options: QueryOptions,
): Promise<Answer> {
  try {
    return answerIn(await call(connection, sql, values, options))
  } catch (error) {
    if (options.timeout && /setting the query timeout/.test(String(error))) {
      // This ODBC driver has none.
      return ask(connection, sql, values, {})
    }
    throw error instanceof OdbcFailure ? error : failureOf(error)
  }
}

function call(
  connection: Connection,
  sql: string,
  values: readonly Value[],
  options: QueryOptions,
): Promise<Result> {
  if (sql === primaryKeys) {
    const [catalog, schema, table] = values as [string | null, string | null, string]
    return connection.primaryKeys(catalog, schema, table)
  }
  const bound = values.map((value) => (value instanceof Uint8Array ? asBuffer(value) : value))
  return connection.query(sql, bound.length > 0 ? bound : null, options)
}

function answerIn(result: Result): Answer {
  const { count } = result
  // Not of a statement that has none.
  const columns = result.columns ?? []
  const rows = Array.from(result, (row) => Object.values(row).map((value, at) => valueIn(value, columns[at])))
  return {
    rows,
    count,
    columns: columns.map(({ name, dataType, columnSize }) => [name, dataType, columnSize]),
  }
}

function valueIn(value: unknown, column: ResultColumn | undefined): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (!(value instanceof ArrayBuffer)) return value
  if (column && !isLong(column.dataType) && value.byteLength > column.columnSize && column.columnSize > 0) {
    // The package goes on reading behind the room that it made.
    throw new OdbcFailure(
      [],
      new Error(
        `the ODBC driver says that ${column.name} holds ${column.columnSize} bytes and has ${value.byteLength} there, ` +
          'so that they cannot be read. Declare the column as one for long values',
      ),
    )
  }
  return Buffer.from(value)
}
