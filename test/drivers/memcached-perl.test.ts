import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { SessionStore } from '../../src/index.ts'
import { isMissing, memcached, memcachedCommand, type Service } from '../services/index.ts'
import { startPerl } from '../support/perl-dialogue.ts'
import { list } from '../support/stored.ts'
import { openDriver, sourceOf } from './memcached-setup.ts'

const hasPerl = spawnSync('perl', ['-MCache::Memcached', '-MCompress::Zlib', '-e', '1']).status === 0

test('Perl with Cache::Memcached is here when everything is required', () => {
  expect(hasPerl || process.env['CI_REQUIRE_ALL'] !== '1').toBe(true)
})

describe.skipIf(isMissing('memcached') || !hasPerl)('Cache::Memcached and driver:Memcached', () => {
  let servers: Service[]
  beforeAll(async () => {
    servers = await Promise.all([memcached(), memcached(), memcached()])
    return async () => {
      for (const server of servers) await server.stop()
    }
  })

  const perl = (...words: string[]) => startPerl(join(import.meta.dirname, 'memcached-perl.pl'), ...words)

  const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  const hex = (image: Uint8Array) => Buffer.from(image).toString('hex')

  test.each([
    ['one server', (all: Service[]) => all.slice(0, 1), 'one:'],
    ['three servers', (all: Service[]) => all, ''],
    // The second of them has the weight 3.
    ['servers with weights', ([a, b, c]: Service[]) => [a!, b!, b!, b!, c!], 'w%:'],
  ])('find what the other has written, on %s', async (_, choose, prefix) => {
    const chosen = choose(servers)
    const inPerl = [...new Set(chosen)].map(({ port }) => {
      const weight = chosen.filter((one) => one.port === port).length
      return `127.0.0.1:${port}${weight > 1 ? `*${weight}` : ''}`
    })
    const ask = perl(inPerl.join(','), prefix, '0')
    const driver = await openDriver({ dataSource: sourceOf(chosen), prefix, shared: true })
    const ids = Array.from({ length: 40 }, (_, next) => `id${next}`)
    for (const [next, id] of ids.entries()) {
      if (next % 2 === 0) await driver.store(id, everyByte, 3600)
      else expect(await ask('set', id, hex(everyByte))).toBe('stored')
    }
    for (const id of ids) {
      expect(await ask('get', id)).toBe(hex(everyByte))
      const { image } = (await driver.retrieve(id))!
      expect(hex(image)).toBe(hex(everyByte))
      expect(await driver.replace(id, image, Uint8Array.of(1), 3600)).toBe('done')
      expect(await ask('get', id)).toBe('01')
    }
    expect(await list(driver)).toEqual([...ids].sort())
    expect(await ask('remove', 'id0')).toBe('1')
    expect(await driver.retrieve('id0')).toBeUndefined()
    for (const id of ids) await driver.remove(id)
    expect(await ask('get', 'id1')).toBe('absent')
  })

  test('what Perl compresses is read', async () => {
    const ask = perl(sourceOf(servers), '', '1000')
    const driver = await openDriver({ dataSource: sourceOf(servers), shared: true })
    const long = Buffer.from('long '.repeat(2000))
    expect(await ask('set', 'long', hex(long))).toBe('stored')
    const found = await Promise.all(servers.map(({ port }) => memcachedCommand(port, 'get long')))
    expect(found.join(' ')).toMatch(/VALUE long 2 \d{1,3}\b/)
    expect(hex((await driver.retrieve('long'))!.image)).toBe(hex(long))
    expect(await driver.replace('long', long, Buffer.concat([long, long]), 60)).toBe('done')
    expect(await ask('get', 'long')).toBe(hex(Buffer.concat([long, long])))
  })

  test('a session goes to and fro, and what both add is kept', async () => {
    const ask = perl(sourceOf(servers), 'shop:', '0')
    await using store = await SessionStore.open<Record<string, string>>({
      type: 'driver:Memcached;id:MD5;serialize:JSON',
      dataSource: sourceOf(servers),
      prefix: 'shop:',
      shared: true,
      timeout: 20_000,
    })
    const session = await store.load()
    session.param('ours', 'a ☕')
    await session.flush()
    const record = JSON.parse(Buffer.from(await ask('get', session.id), 'hex').toString())
    expect(record).toMatchObject({ _SESSION_ID: session.id, ours: 'a ☕' })
    await ask('set', session.id, hex(Buffer.from(JSON.stringify({ ...record, theirs: 'x' }))))
    session.param('more', 'y')
    await session.flush()
    expect((await store.load(session.id)).param()).toEqual(expect.arrayContaining(['ours', 'theirs', 'more']))
  })
})
