import type { PluginOptions } from '../contracts/services.ts'
import { InvalidOptionError } from '../errors.ts'
import { requirePackage } from '../load-package.ts'
import { type BorrowedPool, PooledLinks } from '../sql/borrowed-links.ts'
import type { Deadline } from '../sql/deadline.ts'
import type { Server } from '../sql/dialect.ts'
import { type Handles, handedIn } from '../sql/handed-in.ts'
import { OwnLinks } from '../sql/own-links.ts'
import { readMax } from '../sql/server-options.ts'
import type { Connection, Constants, OracleModule, Pool } from './client.ts'
import { type ImageForm, type Manner, OracleLink, PooledOracleLink } from './link.ts'
import { locateOracle } from './location.ts'

/** Where the connections come from: the option `dbh`, or of our own. */
export async function oracleServer(
  options: PluginOptions,
  timeout: number,
  form: ImageForm,
): Promise<Server> {
  const { dbh } = options
  const load = () => requirePackage<OracleModule & Constants>('oracledb', 'Oracle')
  if (dbh !== undefined && dbh !== null) {
    const handles = handlesFor({ oracledb: await load(), form })
    return { called: handles.called, links: await handedIn(dbh, handles) }
  }
  const { config, called } = locateOracle(options)
  const { poolMax, ...settings } = config
  const max = readMax({ poolMax }, 'poolMax')
  const oracledb = await load()
  const connect = async (deadline: Deadline) => {
    // In whole seconds.
    const connectTimeout = Math.ceil(deadline.left / 1000)
    const connecting = oracledb.getConnection({ connectTimeout, ...settings }).then((connection) => {
      // A write that nobody waits for any more is not to be done late, over what came after it.
      connection.callTimeout = Math.ceil(timeout)
      return new OracleLink(connection, { oracledb, form })
    })
    return deadline.wait(connecting, () => void connecting.then((link) => link.cut()).catch(() => {}))
  }
  return { called, links: new OwnLinks(called, connect, { max }) }
}

function handlesFor(manner: Manner): Handles<Pool, Connection> {
  return {
    called: 'The Oracle database',
    isPool,
    connectionIn,
    linksOf: (pool) => new PooledLinks(poolOf(pool, manner)),
    linkOf: (connection) => new OracleLink(connection, manner),
  }
}

function poolOf(pool: Pool, manner: Manner): BorrowedPool {
  return { take: async () => new PooledOracleLink(await pool.getConnection(), manner) }
}

function isPool(handle: unknown): handle is Pool {
  const { getConnection, connectionsOpen } = Object(handle) as Partial<Pool>
  return typeof getConnection === 'function' && typeof connectionsOpen === 'number'
}

function connectionIn(handle: unknown): Connection {
  const { execute, close } = Object(handle) as Partial<Connection>
  if (typeof execute === 'function' && typeof close === 'function') return handle as Connection
  throw new InvalidOptionError(
    'dbh must be a pool or connection of the package oracledb, or a function that returns one',
  )
}
