import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { type SessionOptions, SessionStore } from '../../src/index.ts'
import { isMissing, memcached, postgres, type ServiceName } from '../services/index.ts'

// Ten processes, on other drivers, ask a manager for sessions in test/models.
const PROCESSES = 6
const SESSIONS = 15
const worker = join(import.meta.dirname, 'admit-worker.mjs')
const folder = mkdtempSync(join(tmpdir(), 'data-session-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Place {
  readonly service?: ServiceName
  options(): SessionOptions | Promise<SessionOptions>
}

const places: Record<string, Place> = {
  SQLite: {
    options: () => ({ type: 'driver:SQLite;id:MD5;serialize:JSON', dataSource: join(folder, 'a.sqlite') }),
  },
  LMDB: { options: () => ({ type: 'driver:LMDB;id:MD5;serialize:JSON', dataSource: join(folder, 'a.mdb') }) },
  Memcached: {
    service: 'memcached',
    options: async () => {
      const server = await memcached()
      onTestFinished(() => server.stop())
      return { type: 'driver:Memcached;id:MD5;serialize:JSON', dataSource: `127.0.0.1:${server.port}` }
    },
  },
  Pg: {
    service: 'postgres',
    options: async () => {
      const server = await postgres()
      onTestFinished(() => server.stop())
      const dataSource = `postgres://session@127.0.0.1:${server.port}/session`
      return { type: 'driver:Pg;id:MD5;serialize:JSON', dataSource }
    },
  },
}

interface Admitted {
  readonly alice: string[]
  readonly bob: string[]
}

async function run(options: SessionOptions): Promise<Admitted> {
  const child = spawn(process.execPath, [worker, JSON.stringify(options), String(SESSIONS)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [out, errors] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const [code] = (await once(child, 'close')) as [number]
  if (code !== 0) throw new Error(`a worker ended with ${code}: ${errors}`)
  return JSON.parse(out) as Admitted
}

describe.each(Object.entries(places))('logins on six processes, %s', (_, { service, options }) => {
  test.skipIf(service !== undefined && isMissing(service))(
    'leave one session that works; of three places three are taken',
    async () => {
      const given: SessionOptions = { ...(await options()), timeout: 60_000 }
      const store = await SessionStore.open(given)
      onTestFinished(() => store.close())
      const working = async (ids: readonly string[]): Promise<string[]> => {
        const found = await Promise.all(ids.map((id) => store.find(id)))
        return ids.filter((_, at) => found[at])
      }
      const all = await Promise.all(Array.from({ length: PROCESSES }, () => run(given)))
      const [logins, admitted] = [all.flatMap(({ alice }) => alice), all.flatMap(({ bob }) => bob)]
      expect(logins).toHaveLength(PROCESSES * SESSIONS)
      expect(await working(logins)).toHaveLength(1)
      expect(admitted).toHaveLength(3)
      expect(await working(admitted)).toHaveLength(3)

      // Neither list nor listing knows of more.
      const ids: string[] = []
      for await (const id of store.ids()) ids.push(id)
      expect(ids).toHaveLength(4)
      expect(await store.deleteOwner('alice')).toBe(1)
      expect(await store.deleteOwner('bob')).toBe(3)
    },
    120_000,
  )
})
