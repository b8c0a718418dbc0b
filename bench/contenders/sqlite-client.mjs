// The SQLite client that our driver takes on this Node too, so that all use the same one.

export async function loadSqlite() {
  const builtin = process.getBuiltinModule('node:sqlite')
  if (builtin) return { name: 'node:sqlite', Database: builtin.DatabaseSync }
  const { default: Database } = await import('libsql')
  return { name: 'libsql', Database }
}

/** A database as durable as our driver's default: write-ahead log, no fsync at each commit. */
export async function openSqlite(path) {
  const { Database } = await loadSqlite()
  const database = new Database(path)
  database.exec('pragma journal_mode = wal')
  database.exec('pragma synchronous = normal')
  return database
}
