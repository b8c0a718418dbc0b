import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { ApacheSession, type HashSessions, type SessionOptions, SessionStore } from '../../../src/index.ts'
import { fastScratchFolder } from '../../contract/scratch.ts'
import { script } from '../../files/child.ts'
import { isMissing, redis, type Service } from '../../services/index.ts'

const PROCESSES = 4
const TIMES = 5
const patient = { timeout: 60_000, lease: 60_000 }

interface Counted {
  count: number
}

const folder = fastScratchFolder()
const running: Service[] = []
afterAll(() => Promise.all(running.map((service) => service.stop())))

const typeOf = (driver: string) => `driver:${driver};id:MD5;serialize:JSON;layout:ApacheSession`
const stores: Record<string, SessionOptions> = {
  File: { type: typeOf('File'), directory: join(folder, 'files') },
  SQLite: { type: typeOf('SQLite'), dataSource: join(folder, 'sessions.sqlite') },
}

if (isMissing('redis')) test.skip('on a server (without redis)')

describe('processes that open a session under its lock', () => {
  beforeAll(async () => {
    if (isMissing('redis')) return
    const service = await redis()
    running.push(service)
    stores['Redis'] = { type: typeOf('Redis'), port: service.port }
  })

  interface Place {
    readonly sessions: HashSessions<Counted>
    readonly id: string
  }

  /** A session in each store, which counts from 0. */
  async function places(): Promise<Place[]> {
    return Promise.all(
      Object.values(stores).map(async (options) => {
        const store = await SessionStore.open({ ...options, timeout: 30_000 })
        onTestFinished(() => store.close())
        const sessions = ApacheSession.on<Counted>(store)
        await using s = await sessions.new()
        s.count = 0
        return { sessions, id: s._ID }
      }),
    )
  }

  const patientStores = () => Object.values(stores).map((options) => ({ ...options, timeout: 30_000 }))
  const counts = (all: Place[]) =>
    Promise.all(all.map(async ({ sessions, id }) => (await sessions.open(id))?.count))

  test('lose no count of each other', async () => {
    const all = await places()
    const work = { stores: patientStores(), ids: all.map(({ id }) => id), times: TIMES }
    const children = Array.from({ length: PROCESSES }, () => script('hash-count.mjs', work))
    await Promise.all(children.map((child) => child.rest()))
    expect(await counts(all)).toEqual(all.map(() => PROCESSES * TIMES))
  }, 60_000)

  test('outlive one that is killed while it has it', async () => {
    const all = await places()
    const work = { stores: patientStores(), ids: all.map(({ id }) => id), hold: 2000 }
    const holder = script('hash-count.mjs', work)
    expect(await holder.line()).toBe('locked')
    const waiting = all.map(({ sessions, id }) => sessions.open(id, { lock: patient }))
    await holder.kill()
    const opened = await Promise.all(waiting)
    expect(opened.map((s) => [s?._LOCK, s?.count])).toEqual(all.map(() => [true, 1]))
    for (const s of opened) await s!.close()
  }, 60_000)
})
