import { mysqlSessionSql } from '../mysql/session.ts'
import type { Deadline } from '../sql/deadline.ts'
import type { Connection, OdbcModule, QueryOptions } from './client.ts'
import { type Keywords, withDefaults, writeConnectionString } from './connection-string.ts'
import { failureOf } from './failure.ts'
import { gate } from './gate.ts'
import { OdbcLink } from './link.ts'
import type { Product } from './products.ts'

/** A database that connections are opened to. */
export interface Source {
  readonly odbc: OdbcModule
  readonly keywords: Keywords
  /** In milliseconds. */
  readonly timeout: number
  /** As far as it is known. */
  product: Product | undefined
}

/** What a kind of database has to be told. */
interface Manners {
  /** Parts of the connection string, unless it has them. */
  readonly keywords: Readonly<Record<string, string | number>>
  /** What a connection begins with. */
  readonly session?: string
  /** The ODBC driver keeps to the time for connecting that ODBC itself has. */
  readonly keepsLoginTimeout: boolean
}

const manners: Readonly<Record<Product, (timeout: number) => Manners>> = {
  PostgreSQL: (timeout) => ({
    keywords: {
      ByteaAsLongVarBinary: 1,
      TextAsLongVarchar: 1,
      // A host that is gone, which does not so much as acknowledge.
      pqopt: `tcp_user_timeout=${Math.ceil(timeout)}`,
    },
    // A write that nobody waits for any more is not to be done late, over what came after it.
    session: `set statement_timeout = ${Math.ceil(timeout)}`,
    keepsLoginTimeout: true,
  }),
  MySQL: (timeout) => {
    const seconds = Math.ceil(timeout / 1000)
    return {
      keywords: {
        CONN_TIMEOUT: seconds,
        READ_TIMEOUT: seconds,
        WRITE_TIMEOUT: seconds,
        CHARSET: 'utf8mb4',
        // The count of an update is that of the rows it found.
        OPTION: 2,
      },
      session: mysqlSessionSql(timeout),
      keepsLoginTimeout: false,
    }
  },
  // How long to wait for a lock.
  SQLite: (timeout) => ({ keywords: { Timeout: Math.ceil(timeout) }, keepsLoginTimeout: true }),
  other: () => ({ keywords: {}, keepsLoginTimeout: true }),
}

/** Opens a connection of our own. */
export async function connectOdbc(source: Source, deadline: Deadline): Promise<OdbcLink> {
  const turn = gate.enter(true, () => connect(source, deadline.left))
  let late = false
  const linking = turn.done.then((connection) => {
    const link = new OdbcLink(connection, queryOptions(source))
    if (late) link.cut()
    return link
  })
  return deadline.wait(linking, () => {
    late = true
    turn.giveUp()
  })
}

/** The databases that are known were told of the timeout already. */
function queryOptions({ product, timeout }: Source): QueryOptions {
  return product === 'other' ? { timeout: Math.ceil(timeout / 1000) } : {}
}

async function connect({ odbc, keywords, timeout, product }: Source, left: number): Promise<Connection> {
  const { session, keepsLoginTimeout, ...more } = manners[product ?? 'other'](timeout)
  try {
    const connection = await odbc.connect({
      connectionString: writeConnectionString(withDefaults(keywords, more.keywords)),
      ...(keepsLoginTimeout && { loginTimeout: Math.ceil(left / 1000) }),
    })
    if (session !== undefined) await connection.query(session, null, {})
    return connection
  } catch (error) {
    throw failureOf(error)
  }
}
