import type { PluginOptions } from '../contracts/services.ts'
import { InvalidOptionError } from '../errors.ts'
import { readPortIfGiven } from '../remote/options.ts'
import { present, readServerOptions, type ServerKind } from '../sql/server-options.ts'

const kind: ServerKind = {
  driver: 'Oracle',
  perlNames: ['oracle'],
  schemes: ['oracle:'],
  examples: "'dbi:Oracle:host=db.example;service_name=app' or 'oracle://user:password@db.example/app'",
}

export interface OracleLocation {
  /** For `getConnection`. */
  readonly config: Readonly<Record<string, unknown>>
  /** For messages: without a password. */
  readonly called: string
}

/** @throws InvalidOptionError */
export function locateOracle(options: PluginOptions): OracleLocation {
  const { attributes, perl, perlRest, url, socket, ...server } = readServerOptions(options, kind)
  if (socket !== undefined) {
    throw new InvalidOptionError('driver:Oracle takes no option socket; Oracle is reached by TCP')
  }
  const given = url ? urlSettings(url) : perlSettings(perl, perlRest)
  const [fromName, password] = [given.user, given.password]
  const place = { ...given, ...present({ host: server.host, port: server.port }) }
  const config = {
    ...attributes,
    ...present({ connectString: connectString(place) }),
    ...present({ user: server.username ?? fromName, password: server.password ?? password }),
  }
  const { connectString: target } = config as { connectString?: unknown }
  if (typeof target !== 'string') {
    throw new InvalidOptionError(
      `driver:Oracle needs the option dataSource, such as ${kind.examples}, or a pool or connection in the option dbh`,
    )
  }
  const called = place.name ?? (place.host === undefined ? target : `${place.host}:${place.port ?? 1521}`)
  return { config, called: `Oracle database ${called}` }
}

interface Place {
  /** Of tnsnames.ora, or a whole connect string. */
  readonly name?: string | undefined
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly service?: string | undefined
  readonly sid?: string | undefined
  /** `POOLED`, for one that many connections share. */
  readonly server?: string | undefined
  readonly user?: string | undefined
  readonly password?: string | undefined
}

/** `host=…;port=…;sid=…` or `…;service_name=…`, `//host:port/service`, or a name of tnsnames.ora. */
function perlSettings(settings: ReadonlyMap<string, string> | undefined, rest: string): Place {
  const get = (...names: string[]) => names.map((name) => settings?.get(name)).find(Boolean)
  // A connect string may have parentheses with equals signs in them.
  if (!/^\s*\w+\s*=/.test(rest)) return rest === '' ? {} : { name: rest.replace(/^\/\//, '') }
  return {
    host: get('host', 'hostname'),
    port: readPortIfGiven(get('port')),
    sid: get('sid'),
    service: get('service_name', 'service'),
    server: get('server'),
    user: get('user', 'username'),
    password: get('password'),
  }
}

function urlSettings(url: URL): Place {
  const text = (part: string) => (part === '' ? undefined : decodeURIComponent(part))
  return {
    host: text(url.hostname.replace(/^\[(.*)\]$/, '$1')),
    port: readPortIfGiven(url.port),
    service: text(url.pathname.slice(1)),
    sid: url.searchParams.get('sid') ?? undefined,
    user: text(url.username),
    password: text(url.password),
  }
}

/** In the long form, which has a place for a SID. */
function connectString({ name, host, port = 1521, service, sid, server }: Place): string | undefined {
  if (name !== undefined || host === undefined) return name
  const parts = { SERVICE_NAME: service, SID: service === undefined ? sid : undefined, SERVER: server }
  for (const part of [host, ...Object.values(parts)]) {
    if (part !== undefined && /[()=\s]/.test(part)) {
      throw new InvalidOptionError(`driver:Oracle cannot reach ${JSON.stringify(part)}: no name is like that`)
    }
  }
  const data = Object.entries(parts).map(([key, value]) => (value === undefined ? '' : `(${key}=${value})`))
  return `(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=${host})(PORT=${port}))(CONNECT_DATA=${data.join('')}))`
}
