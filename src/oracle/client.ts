/** What this driver uses of the package `oracledb`. */
export interface OracleModule {
  getConnection(attributes: Readonly<Record<string, unknown>>): Promise<Connection>
}

export interface Connection {
  /** Milliseconds that one round trip may take; 0 is without end. */
  callTimeout?: number
  execute(sql: string, binds: readonly unknown[], options: ExecuteOptions): Promise<Result>
  /** Whether it is known to be lost; asks nobody. */
  isHealthy?(): boolean
  close(options?: { readonly drop?: boolean }): Promise<void>
}

export interface ExecuteOptions {
  readonly autoCommit: true
  readonly outFormat: number
  readonly fetchTypeHandler: (column: { readonly dbType?: unknown }) => { type: unknown } | undefined
}

export interface Result {
  readonly rows?: readonly (readonly unknown[])[]
  readonly rowsAffected?: number
}

export interface Pool {
  getConnection(): Promise<Connection>
  readonly connectionsOpen: number
}

/** Types and forms, as the package numbers and names them. */
export interface Constants {
  readonly OUT_FORMAT_ARRAY: number
  readonly BLOB: unknown
  readonly CLOB: unknown
  readonly NCLOB: unknown
  readonly BUFFER: unknown
  readonly STRING: unknown
}

/** What the package's errors have. */
export interface OracleError {
  /** `ORA-00001`, `NJS-503` */
  readonly code?: string
}
