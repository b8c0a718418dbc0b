import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SessionStore } from '../dist/src/index.js'
import { openSqlite } from './contenders/sqlite-client.mjs'

const CHILD = join(import.meta.dirname, 'large-traverse-child.mjs')

/** A million ids, listed by a process of its own: how long it takes, and by how much that process grows. */
export async function measure({ short, print }) {
  const count = short ? 2_000 : 1_000_000
  const results = []
  for (const [backend, fill] of Object.entries({ SQLite: fillSqlite, File: fillFiles })) {
    const folder = mkdtempSync(join(tmpdir(), 'data-session-bench-'))
    try {
      const options = { type: `driver:${backend};id:UUID36;serialize:JSON`, ...(await fill(folder, count)) }
      const result = JSON.parse(execFileSync(process.execPath, [CHILD, JSON.stringify(options)]).toString())
      if (result.count !== count) throw new Error(`${backend} listed ${result.count} of ${count} ids`)
      print(
        `\nTraversing ${count} ids with ${backend}: ${result.seconds.toFixed(1)} s; ` +
          `the process grew by ${(result.grownBy / 2 ** 20).toFixed(0)} MB at most`,
      )
      results.push({ backend, ...result })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  return results
}

/** In one transaction, which only whoever holds the database can make. */
async function fillSqlite(folder, count) {
  const dataSource = join(folder, 'sessions.sqlite')
  const dbh = await openSqlite(dataSource)
  const store = await SessionStore.open({ type: 'driver:SQLite;id:UUID36;serialize:JSON', dbh })
  dbh.exec('begin')
  await fill(store, count)
  dbh.exec('commit')
  await store.close()
  dbh.close()
  return { dataSource }
}

async function fillFiles(folder, count) {
  const directory = join(folder, 'sessions')
  const store = await SessionStore.open({ type: 'driver:File;id:UUID36;serialize:JSON', directory })
  await fill(store, count)
  await store.close()
  return { directory }
}

async function fill(store, count) {
  for (let n = 0; n < count; n++) {
    const session = await store.create()
    session.param('visits', n)
    await session.flush()
  }
}
