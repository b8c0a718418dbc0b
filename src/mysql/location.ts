import { InvalidOptionError } from '../errors.ts'
import type { PluginOptions } from '../contracts/services.ts'
import { readPortIfGiven } from '../remote/options.ts'
import { present, readServerOptions, type ServerKind } from '../sql/server-options.ts'

const kind: ServerKind = {
  driver: 'mysql',
  perlNames: ['mysql', 'mariadb'],
  schemes: ['mysql:', 'mariadb:'],
  examples: "'dbi:mysql:database=app;host=db.example' or 'mysql://user:password@db.example/app'",
}

export interface MysqlLocation {
  /** For `createConnection`. */
  readonly config: Readonly<Record<string, unknown>>
  /** For messages: without a password. */
  readonly called: string
}

/** @throws InvalidOptionError */
export function locateMysql(options: PluginOptions): MysqlLocation {
  const server = readServerOptions(options, kind)
  if (server.none) {
    throw new InvalidOptionError(
      `driver:mysql needs the option dataSource, such as ${kind.examples}, or a pool or connection in the option dbh`,
    )
  }
  const { attributes, username, password, host, port, socket } = server
  const config: Record<string, unknown> = {
    ...attributes,
    ...present(server.url ? urlSettings(server.url) : perlSettings(server.perl, server.perlRest)),
    ...present({ user: username, password, host, port, socketPath: socket }),
  }
  // As in Perl: a host that is another machine has no use for a path of this one.
  const elsewhere = config['host'] !== undefined && config['host'] !== 'localhost'
  if (elsewhere && socket === undefined && server.perl) delete config['socketPath']
  return { config, called: describe(config) }
}

/** `database=…;host=…` with DBD::mysql's other names, and its old form `database:host:port`. */
function perlSettings(
  settings: ReadonlyMap<string, string> | undefined,
  rest: string,
): Record<string, unknown> {
  const [first = ''] = rest.split(';', 1)
  const [old, oldHost, oldPort] = first.includes('=') ? [] : first.split(':')
  const get = (...names: string[]) => names.map((name) => settings?.get(name)).find(Boolean)
  return {
    database: get('database', 'dbname', 'db') ?? (old || undefined),
    host: get('host', 'hostname') ?? oldHost,
    port: readPortIfGiven(get('port') ?? oldPort),
    socketPath: get('mysql_socket', 'mariadb_socket'),
    user: get('user', 'username'),
    password: get('password'),
  }
}

/** mysql2 reads URLs too, but takes a user without a name for one that was given. */
function urlSettings(url: URL): Record<string, unknown> {
  const text = (part: string) => (part === '' ? undefined : decodeURIComponent(part))
  return {
    ...Object.fromEntries([...url.searchParams].map(([name, value]) => [name, valueIn(value)])),
    host: text(url.hostname.replace(/^\[(.*)\]$/, '$1')),
    port: readPortIfGiven(url.port),
    database: text(url.pathname.slice(1)),
    user: text(url.username),
    password: text(url.password),
  }
}

function valueIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function describe({
  database,
  host = 'localhost',
  port = 3306,
  socketPath,
}: Record<string, unknown>): string {
  const name = typeof database === 'string' ? ` ${database}` : ''
  const place = typeof socketPath === 'string' ? socketPath : `${String(host)}:${String(port)}`
  return `MySQL database${name} on ${place}`
}
