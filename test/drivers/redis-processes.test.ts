import { describe, expect, onTestFinished, test } from 'vitest'
import { isMissing, redisCluster } from '../services/index.ts'
import { count } from './count.ts'
import { newServer } from './redis-setup.ts'

describe.skipIf(isMissing('redis'))('processes that raise one number lose nothing', () => {
  test('ten of them on one server', async () => {
    const { port } = await newServer()
    expect(await count('Redis', `redis://127.0.0.1:${port}`, 10, 50)).toBe(500)
  })

  test('four of them on a cluster', async () => {
    const cluster = await redisCluster()
    onTestFinished(() => cluster.stop())
    expect(await count('Redis', `redis+cluster://127.0.0.1:${cluster.masters[0]!.port}`, 4, 50)).toBe(200)
  })
})
