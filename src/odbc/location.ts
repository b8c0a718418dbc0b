import type { PluginOptions } from '../contracts/services.ts'
import { InvalidOptionError } from '../errors.ts'
import { readServerOptions, type ServerKind } from '../sql/server-options.ts'
import { type Keywords, parseConnectionString, withKeywords } from './connection-string.ts'

const kind: ServerKind = {
  driver: 'ODBC',
  perlNames: ['odbc'],
  schemes: [],
  examples: "'dbi:ODBC:shop', 'DSN=shop' or 'DRIVER=SQLite3;Database=/var/lib/shop/sessions.sqlite'",
}

export interface OdbcLocation {
  readonly keywords: Keywords
  /** For messages: without a password. */
  readonly called: string
  /** Further settings, by the names that the package `odbc` has for them. */
  readonly attributes: Readonly<Record<string, unknown>>
}

/** @throws InvalidOptionError */
export function locateOdbc(options: PluginOptions): OdbcLocation {
  const { dataSource } = options
  const isString = typeof dataSource === 'string' && /^\s*(?:dsn|filedsn|driver)\s*=/i.test(dataSource)
  const server = readServerOptions(
    isString ? { ...options, dataSource: `dbi:ODBC:${dataSource}` } : options,
    kind,
  )
  const { attributes, username, password, host, port, socket } = server
  if (socket !== undefined) {
    throw new InvalidOptionError(
      'driver:ODBC takes no option socket; say in dataSource where the database is',
    )
  }
  const given = server.perlRest || attributes['connectionString']
  if (typeof given !== 'string' || given === '') {
    throw new InvalidOptionError(
      `driver:ODBC needs the option dataSource, such as ${kind.examples}, or a pool or connection in the option dbh`,
    )
  }
  const keywords = withKeywords(parseConnectionString(given.includes('=') ? given : `DSN=${given}`), {
    Server: host,
    Port: port,
    UID: username,
    PWD: password,
  })
  return { keywords, called: describe(keywords), attributes }
}

function describe(keywords: Keywords): string {
  const get = (...names: string[]) => names.map((name) => keywords.get(name)?.value).find(Boolean)
  const source = get('dsn', 'filedsn')
  if (source !== undefined) return `ODBC data source ${source}`
  const [database, host, port] = [get('database', 'db'), get('server', 'servername', 'host'), get('port')]
  const place = host === undefined ? '' : ` on ${host}${port === undefined ? '' : `:${port}`}`
  return `ODBC database${database === undefined ? '' : ` ${database}`}${place}`
}
