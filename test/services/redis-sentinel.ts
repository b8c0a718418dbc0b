import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Service, startService } from './process.ts'
import { redis, redisCommand } from './redis.ts'

export interface RedisSentinelGroup {
  /** What the sentinels call the primary. */
  readonly name: string
  readonly primary: Service
  readonly replica: Service
  readonly sentinels: readonly Service[]
  stop(): Promise<void>
}

/** A primary, a replica, and sentinels that replace the primary when it was silent for half a second. */
export async function redisSentinel(sentinelCount = 1): Promise<RedisSentinelGroup> {
  const name = 'main'
  const started: Service[] = []
  const start = async (starting: Promise<Service>): Promise<Service> => {
    const service = await starting
    started.push(service)
    return service
  }
  const stop = async () => {
    await Promise.all(started.map((service) => service.stop()))
  }
  try {
    const primary = await start(redis(['--repl-diskless-sync-delay', '0']))
    const replica = await start(redis(['--replicaof', '127.0.0.1', String(primary.port)]))
    const sentinels = await Promise.all(
      Array.from({ length: sentinelCount }, () => start(sentinel(name, primary, sentinelCount))),
    )
    const giveUp = performance.now() + 30_000
    while (!(await isComplete(replica, sentinels, name))) {
      if (performance.now() > giveUp) throw new Error('The Redis sentinels did not find the replica')
      await delay(50)
    }
    return { name, primary, replica, sentinels, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function sentinel(name: string, primary: Service, sentinelCount: number): Promise<Service> {
  const quorum = Math.floor(sentinelCount / 2) + 1
  return startService({
    program: 'redis-server',
    prepare: async ({ port, folder }) => {
      writeFileSync(
        join(folder, 'sentinel.conf'),
        `bind 127.0.0.1
port ${port}
dir ${folder}
sentinel monitor ${name} 127.0.0.1 ${primary.port} ${quorum}
sentinel down-after-milliseconds ${name} 500
sentinel failover-timeout ${name} 2000
`,
      )
    },
    args: ({ folder }) => [join(folder, 'sentinel.conf'), '--sentinel'],
    isReady: ({ port }) => redisCommand(port, 'SENTINEL', 'masters'),
  })
}

async function isComplete(replica: Service, sentinels: readonly Service[], name: string): Promise<boolean> {
  if (!/master_link_status:up/.test(String(await redisCommand(replica.port, 'INFO')))) return false
  const views = await Promise.all(
    sentinels.map(async ({ port }) => {
      const replicas = (await redisCommand(port, 'SENTINEL', 'replicas', name)) as string[][]
      const others = (await redisCommand(port, 'SENTINEL', 'sentinels', name)) as unknown[]
      return replicas.length === 1 && isLinked(replicas[0]!) && others.length === sentinels.length - 1
    }),
  )
  return views.every(Boolean)
}

function isLinked(fields: readonly string[]): boolean {
  return fields[fields.indexOf('master-link-status') + 1] === 'ok'
}
