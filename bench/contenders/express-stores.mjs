import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { call, expressStore } from './express-store.mjs'
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
