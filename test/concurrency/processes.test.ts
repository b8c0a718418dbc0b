import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { type SessionOptions, SessionStore } from '../../src/index.ts'

const PROCESSES = 10
const STEPS = 10
const worker = fileURLToPath(new URL('worker.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'data-session-'))
afterAll(() => rmSync(folder, { recursive: true }))

const stores: Record<string, SessionOptions> = {
  File: { type: 'driver:File;serialize:JSON', directory: join(folder, 'files') },
  'File, shared': {
    type: 'driver:File;serialize:DataDumper',
    directory: join(folder, 'shared'),
    shared: true,
  },
  SQLite: { type: 'driver:SQLite;serialize:JSON', dataSource: join(folder, 'sessions.sqlite') },
  'SQLite, shared': {
    type: 'driver:SQLite;serialize:YAML',
    dataSource: join(folder, 'shared.sqlite'),
    shared: true,
  },
}

async function run(args: string[]): Promise<void> {
  const child = spawn(process.execPath, [worker, ...args], { stdio: ['ignore', 'inherit', 'pipe'] })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const [code] = (await once(child, 'close')) as [number]
  if (code !== 0) throw new Error(`a worker ended with ${code}: ${errors}`)
}

describe(`${PROCESSES} processes on one session`, () => {
  test.each(Object.entries(stores))(
    '%s: every increment and every parameter is kept',
    async (_, options) => {
      const names = Array.from({ length: PROCESSES }, (_, n) => `p${n}`)
      const given: SessionOptions = { ...options, timeout: 60_000 }
      await using store = await SessionStore.open(given)
      const session = await store.load('one')
      session.param('n', 0)
      await session.flush()
      await Promise.all(names.map((name) => run([JSON.stringify(given), 'one', name, String(STEPS)])))
      const after = await store.load('one')
      expect(after.param('n')).toBe(PROCESSES * STEPS)
      expect(after.param()).toHaveLength(1 + PROCESSES * STEPS)
    },
    60_000,
  )
})
