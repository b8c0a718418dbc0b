/** What this driver uses of the package `odbc`. */
export interface OdbcModule {
  connect(options: ConnectOptions): Promise<Connection>
}

export interface ConnectOptions {
  readonly connectionString: string
  /** In seconds. */
  readonly loginTimeout?: number
}

export interface Connection {
  /** Null once it was closed. (`connected` asks the ODBC driver, and that one may ask the server.) */
  readonly odbcConnection?: unknown
  query(sql: string, values: readonly unknown[] | null, options: QueryOptions): Promise<Result>
  primaryKeys(catalog: string | null, schema: string | null, table: string): Promise<Result>
  close(): Promise<void>
}

export interface QueryOptions {
  /** In seconds. */
  readonly timeout?: number
}

export interface Result extends Array<Record<string, unknown>> {
  readonly count: number
  readonly columns: readonly ResultColumn[]
}

export interface ResultColumn {
  readonly name: string
  /** Of ODBC: see column-types.ts. */
  readonly dataType: number
  /** Of columns for long values it says nothing. */
  readonly columnSize: number
}

export interface Pool {
  /** Connections of it, those that are lent included. */
  poolSize?: number
  connect(): Promise<PooledConnection>
}

export interface PooledConnection extends Connection {
  /** `close` gives it back, and this closes it. */
  nativeClose?(): Promise<void>
}

/** What the package's errors have. */
export interface Diagnosis {
  readonly state: string
  readonly code: number
  readonly message: string
}
