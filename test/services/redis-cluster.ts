import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from './ports.ts'
import type { Service } from './process.ts'
import { redis, redisCommand } from './redis.ts'
import { words } from './words.ts'

export interface RedisCluster {
  /** The three masters; what they are masters of changes when a replica takes over. */
  readonly masters: readonly Service[]
  /** The replica of the first master, if one was asked for. */
  readonly replica: Service | undefined
  stop(): Promise<void>
}

/** Three masters, each with a third of the slots. A master counts as failed after half a second. */
export async function redisCluster({ replica = false } = {}): Promise<RedisCluster> {
  const nodes = await Promise.all(Array.from({ length: replica ? 4 : 3 }, startNode))
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()))
  }
  try {
    await join(nodes)
  } catch (error) {
    await stop()
    throw error
  }
  return { masters: nodes.slice(0, 3), replica: nodes[3], stop }
}

async function startNode(): Promise<Service> {
  return redis([
    ...words(`--cluster-enabled yes --cluster-port ${await freePort()}`),
    ...words('--cluster-node-timeout 500 --cluster-replica-validity-factor 0'),
  ])
}

async function join(nodes: readonly Service[]): Promise<void> {
  const [first, second, third, replica] = nodes as [Service, Service, Service, Service?]
  const ranges = ['0 5460', '5461 10922', '10923 16383']
  await Promise.all(
    [first, second, third].map(async ({ port }, index) => {
      await redisCommand(port, 'CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1))
      await redisCommand(port, 'CLUSTER', 'ADDSLOTSRANGE', ...words(ranges[index]!))
    }),
  )
  for (const { port } of nodes.slice(1)) {
    const bus = String(await redisCommand(port, 'CONFIG', 'GET', 'cluster-port')).split(',')[1]!
    await redisCommand(first.port, 'CLUSTER', 'MEET', '127.0.0.1', String(port), bus)
  }
  await until(async () =>
    (await Promise.all(nodes.map((node) => knowsAll(node, nodes.length)))).every(Boolean),
  )
  if (!replica) return
  const id = await redisCommand(first.port, 'CLUSTER', 'MYID')
  await redisCommand(replica.port, 'CLUSTER', 'REPLICATE', String(id))
  await until(async () => /master_link_status:up/.test(String(await redisCommand(replica.port, 'INFO'))))
  await until(async () => {
    const seen = await Promise.all(nodes.map(({ port }) => redisCommand(port, 'CLUSTER', 'NODES')))
    return seen.every((text) => String(text).includes('slave'))
  })
}

async function knowsAll({ port }: Service, count: number): Promise<boolean> {
  const info = String(await redisCommand(port, 'CLUSTER', 'INFO'))
  return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${count}`)
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const giveUp = performance.now() + 30_000
  while (!(await holds())) {
    if (performance.now() > giveUp) throw new Error('The nodes of the Redis cluster did not find together')
    await delay(50)
  }
}
