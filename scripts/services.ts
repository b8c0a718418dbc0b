// Starts the servers that the tests of drivers use, for working by hand: all that are installed, or those that are named.
// Run it: npm run build && node dist/scripts/services.js [redis] [cluster] [sentinel] [memcached] [postgres] [mariadb]
// It prints where they are, as lines for a shell, and ends them on Ctrl-C.
import {
  isInstalled,
  mariadb,
  memcached,
  postgres,
  redis,
  redisCluster,
  redisSentinel,
  type Service,
  type ServiceName,
} from '../test/services/index.ts'

/** What runs, and the environment variables that tell where. */
type Started = readonly [running: { stop(): Promise<void> }, variables: Readonly<Record<string, string>>]

const nodes = (services: readonly Service[]) => services.map(({ port }) => `127.0.0.1:${port}`).join(',')

const starts: Readonly<Record<string, readonly [ServiceName, () => Promise<Started>]>> = {
  redis: [
    'redis',
    async () => {
      const server = await redis()
      return [server, { REDIS_URL: `redis://127.0.0.1:${server.port}`, REDIS_SOCKET: server.socket ?? '' }]
    },
  ],
  cluster: [
    'redis',
    async () => {
      const cluster = await redisCluster()
      return [cluster, { REDIS_CLUSTER_URL: `redis+cluster://${nodes(cluster.masters)}` }]
    },
  ],
  sentinel: [
    'redis',
    async () => {
      const group = await redisSentinel(3)
      return [group, { REDIS_SENTINEL_URL: `redis+sentinel://${nodes(group.sentinels)}/${group.name}` }]
    },
  ],
  memcached: [
    'memcached',
    async () => {
      const server = await memcached()
      return [server, { MEMCACHED_SERVER: nodes([server]) }]
    },
  ],
  postgres: [
    'postgres',
    async () => {
      const server = await postgres()
      return [server, { POSTGRES_URL: `postgres://session@${nodes([server])}/session` }]
    },
  ],
  mariadb: [
    'mariadb',
    async () => {
      const server = await mariadb()
      return [server, { MARIADB_URL: `mysql://root@${nodes([server])}/session` }]
    },
  ],
}

const named = process.argv.slice(2)
const unknown = named.find((name) => !Object.hasOwn(starts, name))
if (unknown !== undefined) {
  console.error(
    `There is no ${unknown}. Usage: node dist/scripts/services.js [${Object.keys(starts).join('] [')}]`,
  )
  process.exit(2)
}

const ended = new Promise<void>((settle) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => settle())
})
// The servers themselves do not keep this process alive.
const alive = setInterval(() => {}, 1_000_000)

const wanted = Object.entries(starts).filter(([name]) => named.length === 0 || named.includes(name))
const started = await Promise.all(
  wanted.map(async ([name, [server, start]]) => {
    if (isInstalled(server)) return start()
    console.log(`# ${name} is not there: ${server} is not installed`)
    return undefined
  }),
)
const running = started.filter((one) => one !== undefined)
for (const [, variables] of running) {
  for (const [name, value] of Object.entries(variables)) console.log(`export ${name}='${value}'`)
}
console.log('# Running until Ctrl-C')

await ended
await Promise.all(running.map(([server]) => server.stop()))
clearInterval(alive)
