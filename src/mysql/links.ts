import type { PluginOptions } from '../contracts/services.ts'
import { InvalidOptionError } from '../errors.ts'
import { type BorrowedPool, PooledLinks } from '../sql/borrowed-links.ts'
import type { Server } from '../sql/dialect.ts'
import { type Handles, handedIn } from '../sql/handed-in.ts'
import { loadPackage } from '../load-package.ts'
import { OwnLinks } from '../sql/own-links.ts'
import { readMax } from '../sql/server-options.ts'
import type { Connection, MysqlModule, Pool } from './client.ts'
import { connectMysql } from './connect.ts'
import { MysqlLink, PooledMysqlLink } from './link.ts'
import { locateMysql } from './location.ts'

/** Where the connections come from: the option `dbh`, or of our own. */
export async function mysqlServer(options: PluginOptions, timeout: number): Promise<Server> {
  const { dbh } = options
  if (dbh !== undefined && dbh !== null)
    return { called: handles.called, links: await handedIn(dbh, handles) }
  const { config, called } = locateMysql(options)
  const { connectionLimit, ...settings } = config
  const max = readMax({ connectionLimit }, 'connectionLimit')
  const mysql = await loadMysql()
  const whole = { charset: 'utf8mb4', supportBigNumbers: true, ...settings, connectTimeout: timeout }
  const links = new OwnLinks(called, (deadline) => connectMysql(mysql, whole, timeout, deadline), {
    max,
  })
  return { called, links }
}

async function loadMysql(): Promise<MysqlModule> {
  const { default: mysql } = await loadPackage('mysql2', 'mysql', () => import('mysql2'))
  return mysql as MysqlModule
}

const handles: Handles<Pool, Connection> = {
  called: 'The MySQL database',
  unwrap: coreOf,
  isPool,
  connectionIn,
  linksOf: (pool) => new PooledLinks(poolOf(pool)),
  linkOf: (connection) => new MysqlLink(connection, false),
}

function poolOf(pool: Pool): BorrowedPool {
  return {
    take: () =>
      new Promise((resolve, reject) => {
        pool.getConnection((error, connection) => {
          if (error) reject(error)
          else resolve(new PooledMysqlLink(connection))
        })
      }),
  }
}

/** What `mysql2/promise` gives has the pool or connection with callbacks inside. */
function coreOf(handle: unknown): unknown {
  const { pool, connection, getConnection, execute } = Object(handle) as Record<string, unknown>
  if (isPool(pool) && typeof getConnection === 'function') return pool
  const inner = Object(connection) as Record<string, unknown>
  return typeof execute === 'function' && typeof inner['execute'] === 'function' ? inner : handle
}

function isPool(handle: unknown): handle is Pool {
  return typeof (Object(handle) as Partial<Pool>).getConnection === 'function'
}

function connectionIn(handle: unknown): Connection {
  const { execute, on } = Object(handle) as Partial<Connection>
  if (typeof execute === 'function' && typeof on === 'function') return handle as Connection
  throw new InvalidOptionError(
    'dbh must be a pool or connection of the package mysql2, or a function that returns one',
  )
}
