import type { PluginOptions } from '../contracts/services.ts'
import { InvalidOptionError } from '../errors.ts'
import { type BorrowedPool, PooledLinks, SingleLink } from '../sql/borrowed-links.ts'
import type { Server } from '../sql/dialect.ts'
import type { Links } from '../sql/link.ts'
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
  if (dbh !== undefined && dbh !== null) return { called: 'The MySQL database', links: await handedIn(dbh) }
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

async function handedIn(dbh: unknown): Promise<Links> {
  const ask = async (): Promise<unknown> => coreOf(typeof dbh === 'function' ? await dbh() : dbh)
  const handle = await ask()
  if (isPool(handle)) return new PooledLinks(linksOf(handle))
  let first: Connection | undefined = connectionIn(handle)
  const next = async () => {
    const connection = first ?? connectionIn(await ask())
    first = undefined
    return new MysqlLink(connection, false)
  }
  const letGo = (link: unknown) => {
    if (link instanceof MysqlLink) link.letGo()
  }
  return new SingleLink('The MySQL database', next, letGo, typeof dbh === 'function')
}

function linksOf(pool: Pool): BorrowedPool {
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
