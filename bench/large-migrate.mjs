import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SessionStore } from '../dist/src/index.js'
import { makeSession, SIZES } from './sessions.mjs'

const CHILD = join(import.meta.dirname, 'large-migrate-child.mjs')

/** 100,000 sessions as CGI::Session keeps them with Storable, brought to SQLite and compared, by a process of its own. */
export async function measure({ short, print }) {
  const count = short ? 1000 : 100_000
  const folder = mkdtempSync(join(tmpdir(), 'data-session-bench-'))
  try {
    const from = { type: 'driver:file;serializer:storable;id:md5', directory: join(folder, 'cgi') }
    await fill(from, count)
    const to = { type: 'driver:SQLite;id:MD5;serialize:JSON', dataSource: join(folder, 'sessions.sqlite') }
    const first = migrate({ from, to })
    expect(first, { read: count, written: count, verified: count, different: 0 })
    const again = migrate({ from, to })
    expect(again, { read: count, present: count, verified: count, different: 0 })
    for (const [what, { seconds, grownBy }] of Object.entries({
      Migrating: first,
      'The same again': again,
    })) {
      print(
        `\n${what}, ${count} sessions of 1KB from CGI::Session's files (Storable) to SQLite (JSON), verified: ` +
          `${seconds.toFixed(1)} s; the process grew by ${(grownBy / 2 ** 20).toFixed(0)} MB at most`,
      )
    }
    return { sessions: count, first, again }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function fill(options, count) {
  const store = await SessionStore.open({ ...options, expire: '30d' })
  for (let n = 0; n < count; n++) {
    const session = await store.create()
    for (const [name, value] of Object.entries(makeSession(n, SIZES['1KB']))) session.param(name, value)
    await session.flush()
  }
  await store.close()
}

function migrate(stores) {
  return JSON.parse(execFileSync(process.execPath, [CHILD, JSON.stringify(stores)]).toString())
}

function expect(summary, wanted) {
  for (const [name, value] of Object.entries(wanted)) {
    if (summary[name] !== value) throw new Error(`${name} is ${summary[name]}, not ${value}`)
  }
}
