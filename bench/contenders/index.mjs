// Who takes part, by backend: first the bare client that all are compared with, then this library, then the packages
// that somebody might take instead. Each module is imported when it is needed, so that one that is not installed
// costs only its own column.

const bare = (name, load) => ({ name, is: 'bare', open: load })
const peer = (name, load) => ({ name, is: 'peer', open: load })
const ours = {
  name: 'data-session',
  is: 'ours',
  open: async (place) => (await import('./data-session.mjs')).dataSession(place),
}
const express = (maker) => async (place) => (await import('./express-stores.mjs'))[maker](place)

export const BACKENDS = {
  Memory: [
    bare('Map of JSON', async () => (await import('./bare-memory.mjs')).bareMemory()),
    ours,
    peer('express-session', express('memoryStore')),
    peer('memorystore', express('lruMemoryStore')),
  ],
  SQLite: [
    bare('SQLite client', async (place) => (await import('./bare-sqlite.mjs')).bareSqlite(place)),
    ours,
    peer('better-sqlite3-session-store', express('betterSqlite3Store')),
    peer('@keyv/sqlite', async (place) => (await import('./keyv-sqlite.mjs')).keyvSqlite(place)),
  ],
  File: [
    bare('node:fs', async (place) => (await import('./bare-files.mjs')).bareFiles(place)),
    ours,
    peer('session-file-store', express('fileStore')),
  ],
}
