import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RedisStore } from 'connect-redis'
import pg from 'pg'
import { createClient } from 'redis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type SessionOptions, SessionStore } from '../../src/index.ts'
import { isMissing, postgres, redis } from '../services/index.ts'

// express-session and its stores have no types of their own.
const require = createRequire(import.meta.url)
const expressSession = require('express-session') as ((options: object) => Middleware) & object
const fileStore = require('session-file-store') as (session: object) => new (options: object) => object
const pgSimple = require('connect-pg-simple') as (session: object) => new (options: object) => object

type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void
type ExpressRequest = IncomingMessage & { sessionID: string; session: Record<string, unknown> }

/** A web application with express-session: counts views, and answers with the id and what is in the session. */
async function application(store: object, cookie: object): Promise<() => Promise<Page>> {
  const middleware = expressSession({
    store,
    secret: 'keyboard cat',
    cookie,
    resave: false,
    saveUninitialized: true,
  })
  const server = createServer((request, response) => {
    middleware(request, response, () => {
      const { sessionID: id, session } = request as ExpressRequest
      session['views'] = Number(session['views'] ?? 0) + 1
      const { cookie: _, ...data } = session
      response.end(JSON.stringify({ id, data: { ...data } }))
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  let sent = ''
  return async () => {
    const { port } = server.address() as AddressInfo
    const response = await fetch(`http://127.0.0.1:${port}/`, {
      headers: { cookie: sent, connection: 'close' },
    })
    sent = response.headers.getSetCookie()[0]?.split(';')[0] ?? sent
    return (await response.json()) as Page
  }
}

interface Page {
  readonly id: string
  readonly data: Record<string, unknown>
}

/** express-session and this library have one session in turns. */
async function inTurns(store: object, options: SessionOptions): Promise<void> {
  const visit = await application(store, { maxAge: 600_000 })
  const { id } = await visit()
  await using ours = await SessionStore.open({ shared: true, ...options })
  for (let round = 1; round < 6; round += 1) {
    const session = await ours.load(id)
    expect(session).toMatchObject({ isNew: false, expired: false, etime: 600 })
    expect(session.param('views')).toBe(round)
    expect(session.param('seen')).toBe(round === 1 ? undefined : round - 1)
    expect(Math.abs(session.atime * 1000 - Date.now())).toBeLessThan(60_000)
    session.param('seen', round)
    session.param('place', { name: 'Café ☕', round })
    await session.flush()
    const page = await visit()
    expect(page).toMatchObject({
      id,
      data: { views: round + 1, seen: round, place: { name: 'Café ☕', round } },
    })
  }
  // A session that is made here is one for express-session.
  const made = await ours.create()
  made.param('views', 10)
  made.expire('10m')
  await made.flush()
  const found = await new Promise<Record<string, unknown>>((settle, fail) => {
    const { get } = store as { get(id: string, callback: (error: unknown, session: unknown) => void): void }
    get.call(store, made.id, (error, session) =>
      error ? fail(error as Error) : settle(session as Record<string, unknown>),
    )
  })
  expect(found).toMatchObject({ views: 10, cookie: { originalMaxAge: 600_000 } })
  await (await ours.load(id)).delete()
  expect((await visit()).data['views']).toBe(1)
}

describe('sessions of express-session', () => {
  test('in files, by session-file-store', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'data-session-express-'))
    onTestFinished(() => rmSync(directory, { recursive: true }))
    const Store = fileStore(expressSession)
    const store = new Store({ path: directory, logFn: () => {}, reapInterval: -1, retries: 0 })
    const type = 'driver:File;id:UUID36;serialize:JSON;layout:ExpressSession'
    await inTurns(store, { type, directory, fileName: '%s.json' })
    expect(readdirSync(directory).length).toBeGreaterThan(0)
  })

  test.skipIf(isMissing('redis'))('in Redis, by connect-redis', async () => {
    const server = await redis()
    onTestFinished(() => server.stop())
    const client = createClient({ url: `redis://127.0.0.1:${server.port}` })
    await client.connect()
    onTestFinished(() => client.destroy())
    const type = 'driver:Redis;id:UUID36;serialize:JSON;layout:ExpressSession'
    const dataSource = `redis://127.0.0.1:${server.port}`
    await inTurns(new RedisStore({ client }), { type, dataSource, prefix: 'sess:' })
  })

  test.skipIf(isMissing('postgres'))('in PostgreSQL, by connect-pg-simple', async () => {
    const server = await postgres()
    onTestFinished(() => server.stop())
    const conString = `postgres://session@127.0.0.1:${server.port}/session`
    const pool = new pg.Pool({ connectionString: conString })
    onTestFinished(() => pool.end())
    const Store = pgSimple(expressSession)
    const store = new Store({ pool, createTableIfMissing: true, pruneSessionInterval: false })
    const names = { tableName: 'session', idColName: 'sid', dataColName: 'sess', expiresColName: 'expire' }
    const type = 'driver:Pg;id:UUID36;serialize:JSON;layout:ExpressSession'
    await inTurns(store, { type, dataSource: conString, ...names })
  })
})
