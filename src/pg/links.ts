import type { PluginOptions } from '../contracts/services.ts'
import { InvalidOptionError } from '../errors.ts'
import { type BorrowedPool, PooledLinks } from '../sql/borrowed-links.ts'
import type { Server } from '../sql/dialect.ts'
import { type Handles, handedIn } from '../sql/handed-in.ts'
import { loadPackage } from '../load-package.ts'
import { OwnLinks } from '../sql/own-links.ts'
import { readMax } from '../sql/server-options.ts'
import type { Client, PgModule, Pool } from './client.ts'
import { connectPg } from './connect.ts'
import { PgLink, PooledPgLink } from './link.ts'
import { locatePg } from './location.ts'

/** Reads that may be under way on one connection. */
const pipelinedReads = 64

/** Where the connections come from: the option `dbh`, or of our own. */
export async function pgServer(options: PluginOptions, timeout: number): Promise<Server> {
  const { dbh } = options
  if (dbh !== undefined && dbh !== null) {
    return { called: handles.called, links: await handedIn(dbh, handles) }
  }
  const { config, called } = locatePg(options)
  const max = readMax(config, 'max')
  const pg = await loadPg()
  const whole = {
    // A write that nobody waits for any more is not to be done late, over what came after it.
    statement_timeout: Math.ceil(timeout),
    keepAlive: true,
    ...config,
    pipeline: true,
  }
  const links = new OwnLinks(called, (deadline) => connectPg(pg, whole, deadline), { max, pipelinedReads })
  return { called, links }
}

async function loadPg(): Promise<PgModule> {
  const { default: pg } = await loadPackage('pg', 'Pg', () => import('pg'))
  return pg
}

const handles: Handles<Pool, Client> = {
  called: 'The PostgreSQL database',
  isPool,
  connectionIn: clientIn,
  linksOf: (pool) => new QuietPool(pool),
  linkOf: (client) => new PgLink(client),
}

/** A pool tells of lost connections by error events, which would end a process that does not listen. */
class QuietPool extends PooledLinks {
  constructor(private readonly quiet: Pool) {
    super(poolOf(quiet))
    quiet.on('error', ignore)
  }

  override async close(): Promise<void> {
    this.quiet.removeListener('error', ignore)
  }
}

function ignore(): void {}

function poolOf(pool: Pool): BorrowedPool {
  return { take: async () => new PooledPgLink(await pool.connect()) }
}

function isPool(handle: unknown): handle is Pool {
  const { connect, totalCount } = Object(handle) as Partial<Pool>
  return typeof connect === 'function' && typeof totalCount === 'number'
}

function clientIn(handle: unknown): Client {
  const { query, on } = Object(handle) as Partial<Client>
  if (typeof query === 'function' && typeof on === 'function') return handle as Client
  throw new InvalidOptionError(
    'dbh must be a Pool or Client of the package pg, or a function that returns one',
  )
}
