import type { EventEmitter } from 'node:events'

/** What this driver uses of the package `pg`. */
export interface PgModule {
  readonly Client: new (config: Readonly<Record<string, unknown>>) => Client
}

export interface Client extends EventEmitter {
  /** Several statements may be under way. */
  readonly pipeline?: boolean
  readonly connection?: { readonly stream?: { destroy(): unknown } }
  connect(callback: (error: Error | null) => void): unknown
  query(config: QueryConfig, callback: (error: Error | null, result: Result) => void): unknown
  end(): Promise<void>
  ref?(): void
  unref?(): void
}

export interface Pool extends EventEmitter {
  readonly totalCount: number
  connect(): Promise<PoolClient>
}

export interface PoolClient extends Client {
  release(destroy?: boolean): void
}

export interface QueryConfig {
  readonly name?: string
  readonly text: string
  readonly values: readonly unknown[]
  readonly rowMode: 'array'
  readonly types: { getTypeParser(): (value: string) => unknown }
}

export interface Result {
  readonly rows: unknown[][]
  readonly rowCount: number | null
}
