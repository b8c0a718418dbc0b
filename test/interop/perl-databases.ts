import { afterAll, beforeAll } from 'vitest'
import { isMissing, type Service } from '../services/index.ts'
import { mariadbServer, postgresServer, type SqlServer } from '../sql/servers.ts'

/** A database server that Perl and Node both use. */
export interface PerlDatabase {
  readonly kind: SqlServer
  readonly service: () => Service
  /** As Perl's DBI has it. */
  readonly dataSource: () => string
  readonly user: string
  /** A new table as the Perl modules have it; answers its name. */
  makeTable(dataType: string): Promise<string>
  /** What the first column of the first row is, as a number. */
  count(sql: string): Promise<number>
}

export const hasServers = !isMissing('mariadb') && !isMissing('postgres')

let tables = 0

/** The servers for the tests of a file, unless it has none to run. To be called while the file is loaded. */
export function perlDatabases(isSkipped: boolean): {
  readonly mysql: PerlDatabase
  readonly pg: PerlDatabase
} {
  const mysql = new Database(mariadbServer, 'mysql', 'root')
  const pg = new Database(postgresServer, 'Pg', 'session')
  beforeAll(async () => {
    if (!isSkipped && hasServers) await Promise.all([mysql.start(), pg.start()])
  })
  afterAll(() => Promise.all([mysql.stop(), pg.stop()]))
  return { mysql, pg }
}

class Database implements PerlDatabase {
  readonly kind: SqlServer
  readonly user: string
  readonly #module: string
  #server: Service | undefined

  constructor(kind: SqlServer, module: string, user: string) {
    this.kind = kind
    this.#module = module
    this.user = user
  }

  readonly service = (): Service => {
    if (this.#server === undefined) throw new Error('The server is started before all tests')
    return this.#server
  }

  readonly dataSource = (): string => {
    const database = this.#module === 'Pg' ? 'dbname' : 'database'
    return `dbi:${this.#module}:${database}=session;host=127.0.0.1;port=${this.service().port}`
  }

  async makeTable(dataType: string): Promise<string> {
    const table = `sessions${(tables += 1)}`
    const columns = `id char(32) not null primary key, a_session ${dataType}`
    await this.kind.query(this.service(), `create table ${table} (${columns})`)
    return table
  }

  async count(sql: string): Promise<number> {
    const [row] = await this.kind.query(this.service(), sql)
    return Number(Object.values(row ?? {})[0])
  }

  async start(): Promise<void> {
    this.#server = await this.kind.start()
  }

  async stop(): Promise<void> {
    await this.#server?.stop()
  }
}
