import { basename, dirname } from 'node:path'
import { InvalidOptionError } from '../errors.ts'
import type { PluginOptions } from '../contracts/services.ts'
import { readPortIfGiven } from '../remote/options.ts'
import { present, readServerOptions, type ServerKind, type ServerOptions } from '../sql/server-options.ts'

const kind: ServerKind = {
  driver: 'Pg',
  perlNames: ['pg'],
  schemes: ['postgres:', 'postgresql:'],
  examples: "'dbi:Pg:dbname=app;host=db.example' or 'postgres://user:password@db.example/app'",
}

/** What DBD::Pg calls the settings of a connection, and what pg calls them. */
const perlNames: Readonly<Record<string, string>> = {
  dbname: 'database',
  database: 'database',
  db: 'database',
  host: 'host',
  hostaddr: 'host',
  port: 'port',
  user: 'user',
  username: 'user',
  password: 'password',
  options: 'options',
  application_name: 'application_name',
}

export interface PgLocation {
  /** For `new Client`. */
  readonly config: Readonly<Record<string, unknown>>
  /** For messages: without a password. */
  readonly called: string
}

/** @throws InvalidOptionError */
export function locatePg(options: PluginOptions): PgLocation {
  const server = readServerOptions(options, kind)
  if (server.none && !process.env['PGDATABASE'] && !process.env['PGHOST'] && !process.env['PGUSER']) {
    throw new InvalidOptionError(
      `driver:Pg needs the option dataSource, such as ${kind.examples}, or a pool or client in the option dbh`,
    )
  }
  const { attributes, username, password } = server
  const own = present({ user: username, password, ...placeOf(server) })
  const config = server.url
    ? { ...attributes, connectionString: withOptions(server.url, own) }
    : { ...attributes, ...perlSettings(server.perl), ...own }
  return { config, called: describe(server.url, config) }
}

function placeOf({ host, port, socket }: ServerOptions): Record<string, unknown> {
  if (socket === undefined) return { host, port }
  // PostgreSQL names the folder; the file in it bears the port.
  const file = /^\.s\.PGSQL\.(\d+)$/.exec(basename(socket))
  return file ? { host: dirname(socket), port: port ?? Number(file[1]) } : { host: socket, port }
}

function perlSettings(settings: ReadonlyMap<string, string> | undefined): Record<string, unknown> {
  const config: Record<string, unknown> = {}
  for (const [name, value] of settings ?? []) {
    const known = perlNames[name]
    if (known !== undefined && value !== '') config[known] = known === 'port' ? readPortIfGiven(value) : value
  }
  const sslmode = settings?.get('sslmode')
  if (sslmode === 'disable') config['ssl'] = false
  // As libpq: without a root certificate `require` encrypts and trusts.
  if (sslmode === 'require') config['ssl'] = { rejectUnauthorized: false }
  if (sslmode === 'verify-ca' || sslmode === 'verify-full') config['ssl'] = true
  return config
}

/** In the query of a URL pg takes each setting, also where the URL has no host, and there it goes before the rest. */
function withOptions(url: URL, own: Readonly<Record<string, unknown>>): string {
  const whole = new URL(url)
  for (const [name, value] of Object.entries(own)) whole.searchParams.set(name, String(value))
  return whole.href
}

function describe(url: URL | undefined, config: Readonly<Record<string, unknown>>): string {
  const query = url?.searchParams
  const database = url ? decodeURIComponent(url.pathname.slice(1)) : config['database']
  const host = url ? query?.get('host') || url.hostname : config['host']
  const port = url ? query?.get('port') || url.port : config['port']
  const name = said(database, 'PGDATABASE')
  const place = `${said(host, 'PGHOST') || 'localhost'}:${said(port, 'PGPORT') || 5432}`
  return `PostgreSQL database${name === '' ? '' : ` ${name}`} on ${place}`
}

/** What was given, or else what the environment says, as pg takes it. */
function said(value: unknown, variable: string): string {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : (process.env[variable] ?? '')
}
