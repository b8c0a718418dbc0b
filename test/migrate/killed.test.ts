import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { GivenOptions, MigrateOptions, MigrationSummary } from '../../src/index.ts'
import { addsUp } from '../../src/migrate/summary.ts'
import { contents, fill, newFolder } from './stores.ts'

const program = join(import.meta.dirname, '..', 'processes', 'migrate.mjs')

interface Message {
  readonly done?: number
  readonly summary?: MigrationSummary
}

/** Migrates in a process that is killed once so many records are done. Answers the summary, if it came to one. */
async function migrateUntil(
  killAt: number,
  from: GivenOptions,
  to: GivenOptions,
  options: MigrateOptions,
): Promise<MigrationSummary | undefined> {
  const child = fork(program, [JSON.stringify({ from, to, options })], { stdio: 'inherit' })
  let summary: MigrationSummary | undefined
  child.on('message', (message: Message) => {
    summary = message.summary
    if (message.done !== undefined && message.done >= killAt) child.kill('SIGKILL')
  })
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
  if (killAt < Infinity) expect(signal).toBe('SIGKILL')
  return summary
}

/** After so many records a migration tells how far it is. */
const size = 64

test.each([
  ['SQLite', 20],
  ['File', 5],
])(
  'a migration to %s that is killed %i times ends complete, with nothing lost and nothing twice',
  async (driver, kills) => {
    const count = size * (kills + 1)
    const folder = newFolder()
    const from = {
      type: 'driver:File;id:MD5;serialize:Storable',
      directory: join(folder, 'from'),
      expire: '2d',
    }
    await fill(from, count)
    const place =
      driver === 'SQLite' ? { dataSource: join(folder, 'to.sqlite') } : { directory: join(folder, 'to') }
    const to = { type: `driver:${driver};id:MD5;serialize:JSON`, ...place }
    // Each time a little later: first in the middle of what is new, in the end in the middle of what is there already.
    for (let kill = 1; kill <= kills; kill++) {
      expect(await migrateUntil(kill * size, from, to, {})).toBe(undefined)
    }
    const summary = (await migrateUntil(Infinity, from, to, { verify: true }))!
    expect(summary).toMatchObject({
      read: count,
      differing: 0,
      verified: count,
      different: 0,
      complete: true,
    })
    expect(summary.written + summary.present).toBe(count)
    expect(summary.present).toBeGreaterThanOrEqual(kills * size)
    expect(addsUp(summary)).toBe(true)
    expect(await contents(to)).toEqual(await contents(from))
  },
  240_000,
)
