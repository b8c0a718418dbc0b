import { beforeAll, describe, expect, test } from 'vitest'
import { isMissing, memcachedWithSasl, type Service } from '../services/index.ts'
import { failure } from '../support/outcome.ts'
import { bytes, list, textOf } from '../support/stored.ts'
import { newClient, openDriver } from './memcached-setup.ts'

describe.skipIf(isMissing('memcached with SASL'))('a server that wants a password', () => {
  let server: Service
  let port: number
  beforeAll(async () => {
    server = await memcachedWithSasl('us@er', 'se:cr/et')
    port = server.port
    return () => server.stop()
  })
  const right = { username: 'us@er', password: 'se:cr/et' }

  test('gets it from the options, or the data source', async () => {
    const driver = await openDriver({ port, ...right })
    await driver.store('a', bytes('1'), 60)
    const other = await openDriver({ dataSource: `memcached://us%40er:se%3Acr%2Fet@127.0.0.1:${port}` })
    expect(await textOf(other, 'a')).toBe('1')
    expect(await other.replace('a', bytes('1'), bytes('2'), 60)).toBe('done')
  })

  test('gets it from a client that was handed in, also after its connection broke', async () => {
    const server = await memcachedWithSasl('user@realm', 'word')
    try {
      const client = newClient([server.port], { username: 'user@realm', password: 'word' })
      const driver = await openDriver({ cache: client })
      await driver.store('a', bytes('1'), 60)
      await server.kill()
      await server.restart()
      expect(await textOf(driver, 'a')).toBeUndefined()
    } finally {
      await server.stop()
    }
  })

  test('refuses a wrong one, or none, at once', async () => {
    for (const wrong of [{ ...right, password: 'wrong' }, {}]) {
      const { message } = await failure(() => openDriver({ port, ...wrong }))
      expect(message).toContain('Check the options username and password')
    }
  })

  test('cannot be asked for its keys, and that is said', async () => {
    const driver = await openDriver({ port, ...right })
    const { message } = await failure(() => list(driver))
    expect(message).toContain('which it cannot speak with SASL')
  })
})
