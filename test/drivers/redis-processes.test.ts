import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { SessionStore } from '../../src/index.ts'
import { isMissing, redisCluster } from '../services/index.ts'
import { runNode } from '../support/project.ts'
import { newServer } from './redis-setup.ts'

const program = join(import.meta.dirname, '../processes/redis-update.mjs')

async function count(dataSource: string, processes: number, times: number): Promise<unknown> {
  await using store = await SessionStore.open<{ count: number }>({
    type: 'driver:Redis;id:SHA256;serialize:JSON',
    dataSource,
  })
  const session = await store.load()
  session.param('count', 0)
  await session.flush()
  const outcomes = await Promise.all(
    Array.from({ length: processes }, () => runNode([program, dataSource, session.id, String(times)])),
  )
  for (const outcome of outcomes) expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' })
  return (await store.load(session.id)).param('count')
}

describe.skipIf(isMissing('redis'))('processes that raise one number lose nothing', () => {
  test('ten of them on one server', async () => {
    const { port } = await newServer()
    expect(await count(`redis://127.0.0.1:${port}`, 10, 50)).toBe(500)
  })

  test('four of them on a cluster', async () => {
    const cluster = await redisCluster()
    onTestFinished(() => cluster.stop())
    expect(await count(`redis+cluster://127.0.0.1:${cluster.masters[0]!.port}`, 4, 50)).toBe(200)
  })
})
