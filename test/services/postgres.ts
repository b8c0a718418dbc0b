import { join } from 'node:path'
import pg from 'pg'
import { type Service, startService } from './process.ts'
import { notRoot } from './user.ts'
import { words } from './words.ts'

/**
 * A PostgreSQL that trusts everybody, with the superuser `session` and the databases `postgres` and `session`. Its
 * `socket` is the folder of the Unix socket, which is what clients take as a host.
 */
export function postgres(args: readonly string[] = []): Promise<Service> {
  return startService({
    program: 'postgres',
    user: notRoot('postgres'),
    socket: ({ folder }) => folder,
    prepare: async ({ folder }, run) => {
      const settings = '-U session -A trust -E UTF8 --locale=C --no-sync --no-instructions'
      await run('initdb', words(`-D ${join(folder, 'data')} ${settings}`))
    },
    args: ({ port, folder }) => [
      ...words(`-D ${join(folder, 'data')} -h 127.0.0.1 -p ${port} -k ${folder} -c fsync=off`),
      ...args,
    ],
    isReady: async ({ port }) => {
      const client = new pg.Client({
        host: '127.0.0.1',
        port,
        user: 'session',
        database: 'postgres',
        connectionTimeoutMillis: 2000,
      })
      client.on('error', () => {})
      try {
        await client.connect()
        const { rowCount } = await client.query("select from pg_database where datname = 'session'")
        if (rowCount === 0) await client.query('create database session')
      } finally {
        await client.end()
      }
    },
  })
}
