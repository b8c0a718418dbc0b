import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { once } from 'node:events'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  isMissing,
  mariadb,
  memcached,
  memcachedWithSasl,
  postgres,
  redis,
  redisCluster,
  redisCommand,
  redisSentinel,
  type Service,
  type ServiceName,
} from './index.ts'

const starts: Readonly<Record<ServiceName, () => Promise<Service>>> = {
  redis,
  memcached,
  'memcached with SASL': () => memcachedWithSasl('user@realm', 'word'),
  postgres,
  mariadb,
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

for (const [name, start] of Object.entries(starts)) {
  test.skipIf(isMissing(name as ServiceName))(
    `${name} starts, comes back on its port, and ends`,
    async () => {
      const service = await start()
      onTestFinished(() => service.stop())
      const { port, folder, pid } = service
      expect(await listens(port)).toBe(true)
      await service.kill()
      expect(await listens(port)).toBe(false)
      await service.restart()
      expect(service.port).toBe(port)
      expect(service.pid).not.toBe(pid)
      await service.restart()
      expect(await listens(port)).toBe(true)
      service.pause()
      await service.stop()
      expect(runs(service.pid)).toBe(false)
      expect(existsSync(folder)).toBe(false)
    },
  )
}

describe.skipIf(isMissing('redis'))('redis', () => {
  test('as a cluster', async () => {
    const cluster = await redisCluster({ replica: true })
    onTestFinished(() => cluster.stop())
    const info = await redisCommand(cluster.masters[0]!.port, 'CLUSTER', 'INFO')
    expect(info).toContain('cluster_size:3')
    expect(info).toContain('cluster_known_nodes:4')
  })

  test('with sentinels', async () => {
    const group = await redisSentinel(3)
    onTestFinished(() => group.stop())
    const address = await redisCommand(
      group.sentinels[0]!.port,
      'SENTINEL',
      'get-master-addr-by-name',
      group.name,
    )
    expect(address).toEqual(['127.0.0.1', String(group.primary.port)])
  })

  test('does not live longer than the process that started it, killed or not', async () => {
    const program = `
      import { runnerImport } from 'vite'
      const { module } = await runnerImport(${JSON.stringify(join(import.meta.dirname, 'redis.ts'))})
      const { pid, folder } = await module.redis()
      console.log(JSON.stringify({ pid, folder }))
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => {
      child.kill('SIGKILL')
    })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const { pid, folder } = JSON.parse(line.toString()) as { pid: number; folder: string }
    expect(runs(pid)).toBe(true)
    child.kill('SIGKILL')
    await expect.poll(() => runs(pid) || existsSync(folder), { timeout: 10_000 }).toBe(false)
  })
})
