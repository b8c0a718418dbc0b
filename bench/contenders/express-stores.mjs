import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { call, expressStore } from './express-store.mjs'
import { ownClient } from './own-client.mjs'
import { openSqlite } from './sqlite-client.mjs'

const require = createRequire(import.meta.url)
const session = require('express-session')

export function memoryStore() {
  return expressStore(new session.MemoryStore(), {
    list: (store) => call(store, 'length'),
    // It has no purge: reading all sessions drops what has expired.
    purge: (store) => call(store, 'all'),
    expiredCookie: (cookie) => Object.assign(cookie, { expires: new Date(Date.now() - 10_000) }),
  })
}

export function lruMemoryStore() {
  const Store = require('memorystore')(session)
  return expressStore(new Store({}), {
    list: async (store) => (await call(store, 'ids')).length,
    purge: (store) => store.prune(),
    expiredCookie: (cookie) => Object.assign(cookie, { maxAge: 30 }),
    close: (store) => store.stopInterval(),
  })
}

export async function betterSqlite3Store({ folder }) {
  const Store = require('better-sqlite3-session-store')(session)
  // Its timer cannot be turned off and would keep the process alive.
  class WithoutTimer extends Store {
    startInterval() {}
  }
  const client = await openSqlite(join(folder, 'better-sqlite3-session-store.sqlite'))
  return expressStore(new WithoutTimer({ client }), {
    list: async (store) => (await call(store, 'all')).length,
    purge: (store) => store.clearExpiredSessions(),
    expiredCookie: (cookie) => Object.assign(cookie, { maxAge: -10_000 }),
    close: () => client.close(),
  })
}

export function fileStore({ folder }) {
  const Store = require('session-file-store')(session)
  const { reap } = require('session-file-store/lib/session-file-helpers')
  const path = join(folder, 'session-file-store')
  mkdirSync(path)
  return expressStore(new Store({ path, reapInterval: -1, logFn() {} }), {
    list: async (store) => (await call(store, 'list')).length,
    purge: (store) => new Promise((resolve) => reap(store.options, resolve)),
    expiredCookie: (cookie) => Object.assign(cookie, { originalMaxAge: 1 }),
  })
}

export async function redisStore({ server: { port }, number }) {
  const { RedisStore } = await import('connect-redis')
  const client = ownClient('redis').createClient({ url: `redis://127.0.0.1:${port}/${number}` })
  await client.connect()
  return expressStore(new RedisStore({ client }), {
    list: async (store) => (await store.ids()).length,
    close: () => client.close(),
  })
}

export function pgStore({ server: { port }, name }) {
  const { Pool } = ownClient('pg')
  const Store = require('connect-pg-simple')(session)
  const pool = new Pool({ connectionString: `postgres://session@127.0.0.1:${port}/session`, max: 10 })
  const options = { pool, tableName: name, createTableIfMissing: true, pruneSessionInterval: false }
  return expressStore(new Store(options), {
    count: async () => Number((await pool.query(`select count(*) from ${name}`)).rows[0].count),
    purge: (store) => call(store, 'pruneSessions'),
    expiredCookie: (cookie) => Object.assign(cookie, { maxAge: -10_000 }),
    close: () => pool.end(),
  })
}

export async function mysqlStore({ server: { port }, name }) {
  const Store = require('express-mysql-session')(session)
  const place = { host: '127.0.0.1', port, user: 'root', database: 'session', connectionLimit: 8 }
  const store = new Store({ ...place, clearExpired: false, schema: { tableName: name } })
  await store.onReady()
  return expressStore(store, {
    list: async () => Object.keys(await call(store, 'all')).length,
    purge: () => store.clearExpiredSessions(),
    expiredCookie: (cookie) => Object.assign(cookie, { maxAge: -10_000 }),
    close: () => store.close(),
  })
}
