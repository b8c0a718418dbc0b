import type { PluginOptions } from '../contracts/services.ts'
import { InvalidOptionError } from '../errors.ts'
import { readPort, textOption } from '../remote/options.ts'
import { percentDecodedOr } from '../remote/percent.ts'

/** A host and a port on it, or the path of a Unix socket. */
export type Place = { readonly host: string; readonly port: number } | { readonly path: string }

/** Where memcached is, as the options of the driver have it. */
export interface Location {
  /** In the order that decides which of them has a key; one may be named more than once. */
  readonly places: readonly Place[]
  /** What messages call all of them. */
  readonly called: string
  readonly username: string | undefined
  readonly password: string | undefined
  /** What memjs is to be told besides. */
  readonly attributes: Readonly<Record<string, unknown>>
}

const usualPort = 11_211

/** What memjs has options for and the driver does not decide. */
const attributeNames = ['keepAlive', 'keepAliveDelay']

/**
 * Reads `dataSource`, `host`, `port`, `socket`, `username`, `password` and `dataSourceAttrs`. What is said apart from the
 * data source goes before what is in it.
 *
 * @throws InvalidOptionError
 */
export function readLocation(options: PluginOptions): Location {
  const source = readDataSource(textOption(options, 'dataSource') ?? '')
  const places = readPlaces(options, source.places)
  return {
    places,
    called: `Memcached at ${places.map(nameOf).join(', ')}`,
    username: textOption(options, 'username') ?? source.username,
    password: textOption(options, 'password') ?? source.password,
    attributes: readAttributes(options['dataSourceAttrs']),
  }
}

function readDataSource(text: string): Pick<Location, 'places' | 'username' | 'password'> {
  const [, user, word, places = text] =
    /^memcached:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?(.*?)\/?$/is.exec(text) ?? []
  return {
    places: places === '' ? [] : places.split(',').map((place) => readPlace(place.trim())),
    username: user ? percentDecodedOr(user, unreadable) : undefined,
    password: word ? percentDecodedOr(word, unreadable) : undefined,
  }
}

function readPlace(text: string): Place {
  if (text.startsWith('/')) return { path: text }
  // An IPv6 address is in brackets.
  const [, address, name, port] = /^(?:\[([^\]]+)\]|([^:[\]/@?]+))(?::(\d+))?$/.exec(text) ?? []
  const host = address ?? name
  if (host === undefined) throw unreadable()
  return { host, port: port === undefined ? usualPort : readPort(port) }
}

function readPlaces(options: PluginOptions, places: readonly Place[]): readonly Place[] {
  const path = textOption(options, 'socket')
  if (path !== undefined) return [{ path }]
  const host = textOption(options, 'host')
  const { port } = options
  const [first = { host: '127.0.0.1', port: usualPort }, ...others] = places
  if (host === undefined && port === undefined) return [first, ...others]
  const tcp = 'host' in first ? first : { host: '127.0.0.1', port: usualPort }
  return [{ host: host ?? tcp.host, port: port === undefined ? tcp.port : readPort(port) }]
}

function readAttributes(given: unknown): Readonly<Record<string, unknown>> {
  const attributes = (given ?? {}) as Readonly<Record<string, unknown>>
  for (const name of Object.keys(attributes)) {
    if (attributeNames.includes(name)) continue
    throw new InvalidOptionError(
      `dataSourceAttrs may have ${attributeNames.join(' and ')} for memjs, and not ${name}: the driver decides the rest`,
    )
  }
  return attributes
}

function nameOf(place: Place): string {
  return 'path' in place ? place.path : `${place.host}:${place.port}`
}

/** Without the data source itself, which may hold a password. */
function unreadable(): InvalidOptionError {
  return new InvalidOptionError(
    'dataSource must be a list of servers, such as localhost:11211, host1:11211,host2:11211, ' +
      'memcached://user:password@host1,host2, or the path of a Unix socket',
  )
}
