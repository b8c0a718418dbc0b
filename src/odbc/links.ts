import type { PluginOptions } from '../contracts/services.ts'
import { InvalidOptionError } from '../errors.ts'
import { requirePackage } from '../load-package.ts'
import { type BorrowedPool, PooledLinks } from '../sql/borrowed-links.ts'
import type { Server } from '../sql/dialect.ts'
import { type Handles, handedIn } from '../sql/handed-in.ts'
import { OwnLinks } from '../sql/own-links.ts'
import { readMax } from '../sql/server-options.ts'
import type { Connection, OdbcModule, Pool } from './client.ts'
import { connectOdbc, type Source } from './connect.ts'
import { places } from './gate.ts'
import { HandedInLink, PooledOdbcLink } from './link.ts'
import { locateOdbc } from './location.ts'
import { productInName } from './products.ts'

export interface OdbcServer {
  readonly server: Server
  /** Of connections of our own. */
  readonly source: Source | undefined
}

/** Where the connections come from: the option `dbh`, or of our own. */
export async function odbcServer(options: PluginOptions, timeout: number): Promise<OdbcServer> {
  const { dbh } = options
  if (dbh !== undefined && dbh !== null) {
    return { server: { called: handles.called, links: await handedIn(dbh, handles) }, source: undefined }
  }
  const { keywords, called, attributes } = locateOdbc(options)
  // More would wait for each other.
  const max = Math.min(readMax(attributes, 'maxSize'), places)
  const source: Source = {
    odbc: await requirePackage<OdbcModule>('odbc', 'ODBC'),
    keywords,
    timeout,
    product: productInName(keywords),
  }
  const links = new OwnLinks(called, (deadline) => connectOdbc(source, deadline), { max })
  return { server: { called, links }, source }
}

const handles: Handles<Pool, Connection> = {
  called: 'The database behind ODBC',
  isPool,
  connectionIn,
  linksOf: (pool) => new PooledLinks(poolOf(pool)),
  linkOf: (connection) => new HandedInLink(connection),
}

function poolOf(pool: Pool): BorrowedPool {
  return { take: async () => new PooledOdbcLink(await pool.connect(), pool) }
}

function isPool(handle: unknown): handle is Pool {
  const { connect, query } = Object(handle) as Partial<Pool & Connection>
  return typeof connect === 'function' && typeof query === 'function'
}

function connectionIn(handle: unknown): Connection {
  const { query, close } = Object(handle) as Partial<Connection>
  if (typeof query === 'function' && typeof close === 'function') return handle as Connection
  throw new InvalidOptionError(
    'dbh must be a pool or connection of the package odbc, or a function that returns one',
  )
}
