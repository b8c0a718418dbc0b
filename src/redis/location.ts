import type { PluginOptions } from '../contracts/services.ts'
import { InvalidOptionError } from '../errors.ts'
import { readPort, textOption } from '../remote/options.ts'
import { percentDecodedOr } from '../remote/percent.ts'

/** A host, and the port of a Redis or a sentinel on it. */
export interface Node {
  readonly host: string
  readonly port: number
}

/** Where Redis is, as the options of the driver have it. */
export interface Location {
  readonly kind: 'single' | 'sentinel' | 'cluster'
  /** What messages call it. */
  readonly called: string
  /** The server; the sentinels; some nodes of the cluster. None for a socket. */
  readonly nodes: readonly Node[]
  /** The path of a Unix socket. */
  readonly path: string | undefined
  /** What the sentinels call the primary. */
  readonly name: string | undefined
  readonly username: string | undefined
  readonly password: string | undefined
  readonly database: number | undefined
  readonly tls: boolean
  /** What ioredis is to be told besides. */
  readonly attributes: Readonly<Record<string, unknown>>
}

const kinds: Readonly<Record<string, Location['kind']>> = {
  redis: 'single',
  valkey: 'single',
  'redis+sentinel': 'sentinel',
  'redis+cluster': 'cluster',
}

/**
 * Reads `dataSource`, `host`, `port`, `socket`, `username`, `password` and `dataSourceAttrs`. What is said apart from the
 * URL goes before what is in it.
 *
 * @throws InvalidOptionError
 */
export function readLocation(options: PluginOptions): Location {
  const url = readDataSource(textOption(options, 'dataSource'))
  const attributes = (options.dataSourceAttrs ?? {}) as Readonly<Record<string, unknown>>
  const path = textOption(options, 'socket') ?? url.path
  const kind = attributes.sentinels === undefined ? url.kind : 'sentinel'
  const nodes = readNodes(options, kind, url.nodes)
  const named = (attributes.sentinels as readonly Partial<Node>[] | undefined) ?? nodes
  const at = path ?? named.map(({ host, port }) => `${host}:${port}`).join(', ')
  return {
    kind,
    called:
      { single: 'Redis', sentinel: 'Redis with sentinels', cluster: 'Redis cluster' }[kind] + ` at ${at}`,
    nodes,
    path,
    name: url.name,
    username: textOption(options, 'username') ?? url.username,
    password: textOption(options, 'password') ?? url.password,
    database: url.database,
    tls: url.tls,
    attributes,
  }
}

interface DataSource extends Omit<Location, 'called' | 'attributes'> {}

function readDataSource(text: string | undefined): DataSource {
  const nowhere: DataSource = {
    kind: 'single',
    nodes: [],
    path: undefined,
    name: undefined,
    username: undefined,
    password: undefined,
    database: undefined,
    tls: false,
  }
  if (text === undefined || text === '') return nowhere
  const [, socket] = /^(?:(?:redis\+)?unix:(?:\/\/)?)?(\/(?!\/).*)$/s.exec(text) ?? []
  if (socket !== undefined) return { ...nowhere, ...readSocket(socket) }
  const [, scheme = '', user, word, hosts, path = ''] =
    /^([a-z+]+):\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^@/?]*)(?:\/([^?]*))?(?:\?.*)?$/is.exec(text) ?? []
  const tls = /^(?:rediss|valkeys)(?:\+|$)/i.test(scheme)
  const kind = kinds[scheme.toLowerCase().replace(/^(redis|valkey)s/, '$1')]
  if (kind === undefined || hosts === undefined) throw unreadable()
  const parts = path.split('/').filter((part) => part !== '')
  const name = kind === 'sentinel' ? percentDecodedOr(parts.shift() ?? 'mymaster', unreadable) : undefined
  return {
    kind,
    nodes: hosts === '' ? [] : hosts.split(',').map((host) => readNode(host, kind)),
    path: undefined,
    name,
    username: user ? percentDecodedOr(user, unreadable) : undefined,
    password: word ? percentDecodedOr(word, unreadable) : undefined,
    database: parts[0] === undefined ? undefined : readDatabase(parts[0], kind),
    tls,
  }
}

/** `/run/redis.sock`, or `/run/redis.sock?db=2`. */
function readSocket(text: string): Pick<DataSource, 'path' | 'database'> {
  const [path = '', query = ''] = text.split('?', 2)
  const database = new URLSearchParams(query).get('db')
  return {
    path: percentDecodedOr(path, unreadable),
    database: database === null ? undefined : readDatabase(database, 'single'),
  }
}

function readNode(text: string, kind: Location['kind']): Node {
  // An IPv6 address is in brackets.
  const [, address, name, port] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(text) ?? []
  const host = address ?? name
  if (host === undefined) throw unreadable()
  return { host, port: port === undefined ? usualPort(kind) : readPort(port) }
}

function readNodes(options: PluginOptions, kind: Location['kind'], nodes: readonly Node[]): readonly Node[] {
  const host = textOption(options, 'host')
  const { port } = options
  const [first = { host: '127.0.0.1', port: usualPort(kind) }, ...others] = nodes
  if (host === undefined && port === undefined) return [first, ...others]
  return [{ host: host ?? first.host, port: port === undefined ? first.port : readPort(port) }]
}

function usualPort(kind: Location['kind']): number {
  return kind === 'sentinel' ? 26_379 : 6379
}

function readDatabase(text: string, kind: Location['kind']): number {
  if (!/^\d{1,6}$/.test(text)) throw unreadable()
  const database = Number(text)
  if (kind === 'cluster' && database !== 0) {
    throw new InvalidOptionError('A Redis cluster has no other database than 0')
  }
  return database
}

/** Without the data source itself, which may hold a password. */
function unreadable(): InvalidOptionError {
  return new InvalidOptionError(
    'dataSource must be a URL of Redis, such as redis://localhost:6379/0, rediss://user:password@host, ' +
      'redis+cluster://host1,host2, redis+sentinel://host1,host2/name, or the path of a Unix socket',
  )
}
