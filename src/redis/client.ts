import type { ClusterOptions, RedisOptions } from 'ioredis'
import { loadPackage } from '../load-package.ts'
import type { IORedis } from './ioredis.ts'
import type { Location } from './location.ts'

/** Milliseconds that a server has to close a connection, before it is cut. */
const CLOSING = 500

/** Milliseconds between two looks at which node of a cluster holds what. */
const REFRESH = 5000

/** Milliseconds between two tries to connect: more each time. */
function pauseBeforeTry(times: number): number {
  return Math.min(times * 50, 1000) * (0.75 + Math.random() / 2)
}

/**
 * A client of ioredis that is not connected yet, and that connects, when it is told to, for as long as it takes.
 *
 * @param timeout in milliseconds, after which a connection that is silent counts as broken
 * @throws MissingPackageError
 */
export async function makeClient(location: Location, timeout: number): Promise<IORedis> {
  const { Redis, Cluster } = await loadPackage('ioredis', 'Redis', () => import('ioredis'))
  const { kind, nodes, path, name, username, password, database, tls, attributes } = location
  const common = {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: {} }),
    connectTimeout: timeout,
    socketTimeout: timeout,
    disconnectTimeout: CLOSING,
  }
  if (kind === 'cluster') {
    const { redisOptions, ...others } = attributes as ClusterOptions
    const options: ClusterOptions = {
      lazyConnect: true,
      clusterRetryStrategy: pauseBeforeTry,
      slotsRefreshTimeout: timeout,
      slotsRefreshInterval: REFRESH,
      ...others,
    }
    return new Cluster([...nodes], {
      ...options,
      redisOptions: { ...common, ...(redisOptions as RedisOptions & LegacyReplies) },
    })
  }
  const options: RedisOptions & LegacyReplies = {
    ...common,
    ...(kind === 'sentinel' && {
      sentinels: [...nodes],
      name: name ?? 'mymaster',
      // Listens to them: a primary that was replaced may just be silent.
      failoverDetector: true,
    }),
    ...(kind === 'single' && (path === undefined ? nodes[0] : { path })),
    ...(database !== undefined && { db: database }),
    lazyConnect: true,
    // What waits for the connection waits until its own deadline.
    maxRetriesPerRequest: null,
    retryStrategy: pauseBeforeTry,
    // It was made a replica: ask again where the primary is.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    ...attributes,
  }
  return new Redis(options)
}

/** Its types ask that this be settled. */
interface LegacyReplies {
  replyMapping?: 'legacy'
}
