import { expect, test } from 'vitest'
import { isMissing } from '../services/index.ts'
import { count } from './count.ts'
import { newServer, sourceOf } from './memcached-setup.ts'

test.skipIf(isMissing('memcached'))('processes that raise one number lose nothing', async () => {
  const servers = await Promise.all([newServer(), newServer(), newServer()])
  expect(await count('Memcached', sourceOf(servers), 8, 50)).toBe(400)
})
