import type { EventEmitter } from 'node:events'

/** What this driver uses of the package `mysql2`. */
export interface MysqlModule {
  createConnection(config: Readonly<Record<string, unknown>>): Connection
}

export interface Connection extends EventEmitter {
  /** Among others `error` and `disconnected`. */
  readonly state?: string
  readonly stream?: { destroy(): unknown; ref?(): unknown; unref?(): unknown }
  connect(callback: (error: Error | null) => void): unknown
  execute(query: Execution, callback: Answered): unknown
  execute(sql: string, values: readonly unknown[], callback: Answered): unknown
  query(sql: string, callback: (error: Error | null) => void): unknown
  end(callback: () => void): unknown
  destroy(): void
}

export interface Pool extends EventEmitter {
  getConnection(callback: (error: Error | null, connection: PoolConnection) => void): void
}

export interface PoolConnection extends Connection {
  release(): void
}

export type Answered = (error: Error | null, result: Result) => void

export interface Execution {
  readonly sql: string
  readonly values: readonly unknown[]
  readonly rowsAsArray: true
  readonly typeCast: true
  readonly nestTables: false
}

/** Rows, or what a write did. */
export type Result = unknown[][] | { readonly affectedRows: number; readonly info?: string }
