import type { Server } from 'memjs'
import { InvalidOptionError } from '../errors.ts'
import { loadPackage } from '../load-package.ts'
import { longestTimeout } from '../timeout-option.ts'
import type { Location, Place } from './location.ts'
import { isMemjsClient, type MemjsClient } from './memjs.ts'

/**
 * A client of memjs, which connects when something is asked.
 *
 * @param timeout in milliseconds
 * @throws MissingPackageError
 */
export async function makeClient(location: Location, timeout: number): Promise<MemjsClient> {
  const memjs = await loadPackage('memjs', 'Memcached', () => import('memjs'))
  // The driver keeps its own time, and before memjs does. In seconds.
  const patience = Math.min(2 * timeout, longestTimeout) / 1000
  const options = { ...location.attributes, timeout: patience, conntimeout: patience }
  const known = new Map<string, Server>()
  const servers = location.places.map((place) => {
    const name = JSON.stringify(place)
    const server =
      known.get(name) ?? new memjs.Server(...addressOf(place), location.username, location.password, options)
    known.set(name, server)
    return server
  })
  return new memjs.Client(servers) as unknown as MemjsClient
}

/** Node takes the path of a socket where it takes a port. */
function addressOf(place: Place): [host: string, port: number] {
  return 'path' in place ? ['', place.path as never] : [place.host, place.port]
}

/**
 * The user's client, or what a function of the user's answers.
 *
 * @throws InvalidOptionError when it is something else
 */
export async function handedIn(cache: unknown): Promise<MemjsClient> {
  const client: unknown = typeof cache === 'function' ? await (cache as () => unknown)() : cache
  if (isMemjsClient(client)) return client
  throw new InvalidOptionError('cache must be a client of memjs, or a function that gives one')
}
