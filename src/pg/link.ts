import type { Answer, Link, Value } from '../sql/link.ts'
import type { PooledLink } from '../sql/borrowed-links.ts'
import type { Statement } from '../sql/statement.ts'
import type { Client, PoolClient, QueryConfig } from './client.ts'

/** Every value as the text that the server sent, whatever the program has told pg to make of it. */
const asText: QueryConfig['types'] = { getTypeParser: () => String }

/** The server no longer knows the statement as it was prepared: the table was altered, a pooler is in between. */
const preparedAnew = new Set(['26000', '0A000'])

/** A connection of `pg`. */
export class PgLink implements Link {
  #lost = false
  readonly #lose = (): void => {
    this.#lost = true
  }

  constructor(protected readonly client: Client) {
    // Without a listener an error event would end the process.
    client.on('error', this.#lose)
    client.on('end', this.#lose)
  }

  get broken(): boolean {
    return this.#lost
  }

  async run({ name, sql }: Statement, values: readonly Value[]): Promise<Answer> {
    try {
      return await this.#query(name, sql, values)
    } catch (error) {
      const { severity, code } = Object(error) as { severity?: unknown; code?: unknown }
      if (severity === 'FATAL' || severity === 'PANIC') this.#lost = true
      // Neither code comes once a statement has begun its work.
      if (name === '' || this.#lost || !preparedAnew.has(String(code))) throw error
      return this.#query('', sql, values)
    }
  }

  cut(): void {
    this.#lost = true
    this.client.connection?.stream?.destroy()
  }

  async end(): Promise<void> {
    this.#lost = true
    await this.client.end()
  }

  keepAlive(on: boolean): void {
    if (on) this.client.ref?.()
    else this.client.unref?.()
  }

  /** Leaves the client as it was handed in. */
  letGo(): void {
    this.client.removeListener('error', this.#lose)
    this.client.removeListener('end', this.#lose)
  }

  #query(name: string, text: string, values: readonly Value[]): Promise<Answer> {
    const config: QueryConfig = { text, values, rowMode: 'array', types: asText }
    return new Promise((resolve, reject) => {
      this.client.query(name === '' ? config : { ...config, name }, (error, result) => {
        if (error) reject(error)
        else resolve({ rows: result.rows, count: result.rowCount ?? 0 })
      })
    })
  }
}

/** A connection out of a pool that was handed in. */
export class PooledPgLink extends PgLink implements PooledLink {
  constructor(private readonly pooled: PoolClient) {
    super(pooled)
  }

  release(): void {
    this.letGo()
    this.pooled.release(this.broken)
  }
}
