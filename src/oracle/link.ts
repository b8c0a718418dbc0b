import type { PooledLink } from '../sql/borrowed-links.ts'
import { asBuffer } from '../image-text.ts'
import type { Answer, Link, Value } from '../sql/link.ts'
import type { Statement, ValueName } from '../sql/statement.ts'
import type { Connection, Constants, ExecuteOptions, OracleError } from './client.ts'

/** How the image is bound: by the type of its column, once that is known. */
export interface ImageForm {
  column: string | undefined
}

/** What a link needs to know beside its connection. */
export interface Manner {
  readonly oracledb: Constants
  readonly form: ImageForm
}

/** The connection is lost: these are of oracledb itself, which translates Oracle's own to NJS-500. */
const lost = new Set(['NJS-003', 'NJS-500', 'NJS-501', 'NJS-503', 'NJS-510', 'NJS-511', 'NJS-521'])

const images: readonly (ValueName | undefined)[] = ['image', 'expected', 'expectedText']

/** A connection of `oracledb`. */
export class OracleLink implements Link {
  #lost = false
  readonly #options: ExecuteOptions

  constructor(
    protected readonly connection: Connection,
    private readonly manner: Manner,
  ) {
    this.#options = optionsFor(manner.oracledb)
  }

  get broken(): boolean {
    return this.#lost || this.connection.isHealthy?.() === false
  }

  /** oracledb keeps statements prepared by their texts. */
  async run({ sql, values: names }: Statement, values: readonly Value[]): Promise<Answer> {
    const binds = values.map((value, at) => this.#bind(names[at], value))
    try {
      const { rows, rowsAffected } = await this.connection.execute(sql, binds, this.#options)
      return { rows: rows ?? [], count: rowsAffected ?? 0 }
    } catch (error) {
      if (lost.has(String((error as OracleError).code))) this.#lost = true
      throw error
    }
  }

  /** The client has no way to cut a connection; it stops waiting by itself after `callTimeout`. */
  cut(): void {
    void this.end().catch(() => {})
  }

  async end(): Promise<void> {
    if (this.#lost) return
    this.#lost = true
    await this.connection.close()
  }

  keepAlive(): void {}

  #bind(name: ValueName | undefined, value: Value): unknown {
    const { oracledb, form } = this.manner
    const bound = value instanceof Uint8Array ? asBuffer(value) : value
    if (!images.includes(name)) return bound
    // As a LOB of its own: other values are limited in most places of a statement.
    if (form.column === 'BLOB') return { val: bound, type: oracledb.BLOB }
    return form.column === 'CLOB' ? { val: bound, type: oracledb.CLOB } : bound
  }
}

/** A connection out of a pool that was handed in. */
export class PooledOracleLink extends OracleLink implements PooledLink {
  #cut = false

  override get broken(): boolean {
    return this.#cut || super.broken
  }

  override cut(): void {
    this.#cut = true
  }

  release(): void {
    void this.connection.close({ drop: this.broken }).catch(() => {})
  }
}

/** Rows as arrays, and whole values instead of streams, whatever the program has told oracledb to make of them. */
function optionsFor({ OUT_FORMAT_ARRAY, BLOB, CLOB, NCLOB, BUFFER, STRING }: Constants): ExecuteOptions {
  return {
    autoCommit: true,
    outFormat: OUT_FORMAT_ARRAY,
    fetchTypeHandler: ({ dbType }) => {
      if (dbType === BLOB) return { type: BUFFER }
      return dbType === CLOB || dbType === NCLOB ? { type: STRING } : undefined
    },
  }
}
