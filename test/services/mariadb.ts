import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { type Service, startService } from './process.ts'
import { notRoot } from './user.ts'
import { words } from './words.ts'

/** A MariaDB with the user `root`, who has no password, and the database `session`. */
export function mariadb(args: readonly string[] = []): Promise<Service> {
  // A server sweeps the folder for temporary tables when it starts: each needs its own.
  const data = (folder: string) => `--no-defaults --datadir=${join(folder, 'data')} --tmpdir=${folder}`
  return startService({
    program: 'mariadbd',
    user: notRoot('mysql'),
    socket: ({ folder }) => join(folder, 'socket'),
    prepare: async ({ folder }, run) => {
      await run('mkdir', ['data'])
      await run('mariadbd', words(`${data(folder)} --bootstrap --log-warnings=0`), systemTables())
    },
    args: ({ port, folder }) => [
      ...words(`${data(folder)} --bind-address=127.0.0.1 --port=${port} --socket=${join(folder, 'socket')}`),
      ...words('--skip-name-resolve --innodb-flush-log-at-trx-commit=0 --innodb-buffer-pool-size=64M'),
      ...args,
    ],
    isReady: async ({ port }) => {
      const connection = await createConnection({
        host: '127.0.0.1',
        port,
        user: 'root',
        connectTimeout: 2000,
      })
      try {
        await connection.query('create database if not exists session')
      } finally {
        await connection.end()
      }
    },
  })
}

/** What mariadb-install-db would feed it, without the help texts; that script needs a package of clients. */
function systemTables(): string {
  const folder = ['/usr/share/mysql', '/usr/share/mariadb'].find((path) =>
    existsSync(join(path, 'mysql_system_tables.sql')),
  )
  if (folder === undefined) throw new Error('The SQL scripts that come with MariaDB are not installed')
  const scripts = words('mysql_system_tables mysql_performance_tables mysql_system_tables_data')
  return [
    'create database mysql;\nuse mysql;\nset @auth_root_socket = null;\n',
    ...scripts.map((script) => readFileSync(join(folder, `${script}.sql`), 'utf8')),
  ].join('\n')
}
