/** Real servers for tests. Each is ready when it is answered, and ends with the tests at the latest. */
export { installedVersion, isInstalled, isMissing, isProgramMissing, type ServiceName } from './installed.ts'
export { mariadb } from './mariadb.ts'
export { memcached, memcachedCommand, memcachedWithSasl } from './memcached.ts'
export { postgres } from './postgres.ts'
export type { Service } from './process.ts'
export { redis, redisCommand } from './redis.ts'
export { type RedisCluster, redisCluster } from './redis-cluster.ts'
export { type RedisSentinelGroup, redisSentinel } from './redis-sentinel.ts'
