import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { LockTimeoutError, type SessionOptions, SessionStore } from '../../src/index.ts'
import { fastScratchFolder } from '../contract/scratch.ts'
import { script } from '../files/child.ts'
import { isMissing, mariadb, memcached, postgres, redis, type Service } from '../services/index.ts'

const PROCESSES = 8
const TIMES = 4
const LEASE = 1000
const patient = { timeout: 30_000, lease: 60_000 }

const folder = fastScratchFolder()
const running: Service[] = []
afterAll(() => Promise.all(running.map((service) => service.stop())))

type Stores = Record<string, SessionOptions>

const json = (driver: string) => `driver:${driver};id:MD5;serialize:JSON`

async function inFiles(): Promise<Stores> {
  const lockDirectory = join(folder, 'locks')
  mkdirSync(lockDirectory)
  return {
    File: { type: json('File'), directory: join(folder, 'files') },
    'File, shared': { type: json('File'), directory: join(folder, 'shared'), shared: true },
    'File, with lock files': {
      type: json('File'),
      directory: join(folder, 'apache'),
      shared: true,
      lockDirectory,
    },
    SQLite: { type: json('SQLite'), dataSource: join(folder, 'sessions.sqlite') },
    LMDB: { type: json('LMDB'), dataSource: join(folder, 'sessions.lmdb') },
  }
}

async function onServers(): Promise<Stores> {
  const services = await Promise.all([redis(), memcached(), postgres(), mariadb()])
  running.push(...services)
  const [ofRedis, ofMemcached, ofPg, ofMysql] = services.map(({ port }) => port)
  const mysql = { type: json('mysql'), dataSource: `mysql://root@127.0.0.1:${ofMysql}/session` }
  return {
    Redis: { type: json('Redis'), port: ofRedis },
    Memcached: { type: json('Memcached'), port: ofMemcached },
    Pg: { type: json('Pg'), dataSource: `postgres://session@127.0.0.1:${ofPg}/session` },
    mysql,
    'mysql, with named locks': { ...mysql, tableName: 'apache', shared: true, lockName: 'Apache-Session-%s' },
  }
}

/** Those whose locks the system, or the server, takes back when their holder is dead, and not before. */
const isFreedByDeath = ({ lockDirectory, lockName }: SessionOptions) => Boolean(lockDirectory ?? lockName)

const servers = ['redis', 'memcached', 'postgres', 'mariadb'] as const
const missing = servers.filter(isMissing)

if (missing.length > 0) test.skip(`processes lock sessions on servers (without ${missing.join(', ')})`)

describe('processes lock sessions', () => {
  let stores: Stores
  beforeAll(async () => {
    const started = { ...(await inFiles()), ...(missing.length === 0 && (await onServers())) }
    const patient = Object.entries(started).map(([name, options]) => [name, { ...options, timeout: 30_000 }])
    stores = Object.fromEntries(patient) as Stores
  })

  const openAll = () =>
    Promise.all(
      Object.entries(stores).map(async ([name, options]) => {
        const store = await SessionStore.open<{ count: number }>(options)
        onTestFinished(() => store.close())
        return { name, store, options }
      }),
    )

  test(`and ${PROCESSES} of them lose no increment that they make without regard to each other`, async () => {
    const opened = await openAll()
    for (const { store } of opened) {
      const session = await store.load('counter')
      session.param('count', 0)
      await session.flush()
    }
    const work = { stores: Object.values(stores), id: 'counter', times: TIMES }
    const children = Array.from({ length: PROCESSES }, () => script('lock-count.mjs', work))
    await Promise.all(children.map((child) => child.rest()))
    const counts: Record<string, unknown> = {}
    for (const { name, store } of opened) counts[name] = (await store.load('counter')).param('count')
    expect(counts).toEqual(Object.fromEntries(opened.map(({ name }) => [name, PROCESSES * TIMES])))
  }, 60_000)

  test('and one that is killed is outlived by those who wait', async () => {
    const opened = await openAll()
    const holder = script('lock-hold.mjs', { stores: Object.values(stores), id: 'killed', lease: LEASE })
    expect(await holder.line()).toBe('locked')
    for (const { store } of opened) {
      await expect(store.lock('killed', { timeout: 0 })).rejects.toThrow(LockTimeoutError)
    }
    const waiting = opened.map(({ store }) => store.lock('killed', patient))
    await holder.kill()
    const locks = await Promise.all(waiting)
    expect(locks.every(({ held }) => held)).toBe(true)
  })

  test('and one that stands still for too long finds that it has lost them', async () => {
    const leased = (await openAll()).filter(({ options }) => !isFreedByDeath(options))
    const options = leased.map(({ options }) => options)
    const holder = script('lock-hold.mjs', { stores: options, id: 'stopped', lease: LEASE })
    expect(await holder.line()).toBe('locked')
    holder.process.kill('SIGSTOP')
    const locks = await Promise.all(leased.map(({ store }) => store.lock('stopped', patient)))
    holder.process.kill('SIGCONT')
    for (const _ of leased) expect(await holder.line()).toBe('lost ERR_SESSION_LOCK_LOST')
    expect(locks.every(({ held }) => held)).toBe(true)
  })

  test('and a lock alone does not keep a process alive', async () => {
    // An open store of these drivers does.
    const others = Object.values(stores).filter(({ type }) => !/driver:(Redis|Memcached)/.test(type!))
    const holder = script('lock-hold.mjs', { stores: others, id: 'left', lease: 60_000 })
    expect(await holder.line()).toBe('locked')
    holder.process.stdin!.end()
    expect(await holder.rest()).toEqual([])
  })
})
