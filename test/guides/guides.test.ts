import { createRequire } from 'node:module'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SessionStore } from '../../src/index.ts'
import { copyOf, newFolder } from '../cli/data-session.ts'
import { type GuideOutcome, runGuide } from './run-guide.ts'

const codes = (outcomes: readonly GuideOutcome[]) => outcomes.map(({ command, code }) => `${command} ${code}`)
const steps = ['doctor 0', 'migrate 0', 'stats 0', 'migrate 0']

test('From express-session', async () => {
  const require = createRequire(import.meta.url)
  const session = require('express-session') as object
  const Store = (require('session-file-store') as (session: object) => new (options: object) => FileStore)(
    session,
  )
  interface FileStore {
    set(id: string, session: object, done: (error: unknown) => void): void
    get(id: string, done: (error: unknown, session: { views: number } | undefined) => void): void
  }
  const folder = newFolder()
  const store = new Store({ path: folder, logFn: () => {}, reapInterval: -1, retries: 0 })
  const cookie = {
    originalMaxAge: 600_000,
    expires: new Date(Date.now() + 600_000).toISOString(),
    httpOnly: true,
    path: '/',
  }
  for (let number = 0; number < 50; number += 1) {
    await new Promise((settle) => store.set(`session-${number}`, { cookie, views: number }, settle))
  }
  const directory = newFolder()
  const outcomes = await runGuide('from-express-session', folder, directory)
  expect(codes(outcomes), JSON.stringify(outcomes)).toEqual(steps)
  expect(outcomes[0]!.out).toMatch(/layout {3}ExpressSession 50/)
  expect(outcomes[1]!.out).toMatch(/Written +50\n[^]*Verified +50\n/)
  expect(outcomes[2]!.out).toContain('50')
  const type = 'driver:SQLite;id:UUID36;serialize:JSON'
  await using moved = await SessionStore.open({ type, dataSource: join(directory, 'sessions.sqlite') })
  const one = await moved.load('session-7')
  expect([one.isNew, one.param('views'), one.etime]).toEqual([false, 7, 600])
  const found = await new Promise((settle) => store.get('session-7', (_, found) => settle(found)))
  expect(found).toMatchObject({ views: 7 })
})

test('From Concierge::Sessions', async () => {
  const folder = copyOf('concierge')
  for (const other of ['README.md', 'sessions.db']) rmSync(join(folder, other))
  const directory = newFolder()
  const outcomes = await runGuide('from-concierge-sessions', folder, directory)
  expect(codes(outcomes), JSON.stringify(outcomes)).toEqual(steps)
  expect(outcomes[0]!.out).toMatch(/layout {3}Concierge 4/)
  expect(outcomes[1]!.out).toMatch(/Written +4\n[^]*Verified +4\n/)
  expect(outcomes[1]!.out).toMatch(/Left out +4 {2}\(status, /)
  const type = 'driver:SQLite;id:UUID36;serialize:JSON'
  await using moved = await SessionStore.open({
    type,
    dataSource: join(directory, 'sessions.sqlite'),
    clock: () => 1_700_000_100_000,
  })
  const one = await moved.load('0000abcd-0000-4000-8000-000000000002')
  expect([one.isNew, one.param('wide'), one.etime, one.owner]).toEqual([false, '日本 😀', 7200, 'user-text'])
})

test.each([
  ['from-cgi-session', 'cgi-session', /-storable-/, 'CGISession', 'cgi-file-storable-text'],
  ['from-data-session', 'perl-stores', /-datadumper-/, 'DataSession', 'file-datadumper-text'],
  ['from-apache-session', 'apache-session', /c00[de]$/, 'ApacheSession', '00000000000000000000000000abc00e'],
])('%s', async (guide, fixture, files, layout, id) => {
  const folder = copyOf(fixture)
  for (const name of readdirSync(folder)) if (!files.test(name)) rmSync(join(folder, name))
  const count = readdirSync(folder).length
  const directory = newFolder()
  const outcomes = await runGuide(guide, folder, directory)
  const all = ['doctor 0', 'migrate 0', 'migrate 0', 'stats 0', 'migrate 0']
  expect(codes(outcomes), JSON.stringify(outcomes)).toEqual(all)
  expect(outcomes[0]!.out).toContain(`layout   ${layout} ${count}\n`)
  expect(outcomes[2]!.out).toMatch(new RegExp(`Written +${count}\n[^]*Verified +${count}\n`))
  const serialize = layout === 'ApacheSession' ? 'Storable' : 'JSON'
  await using moved = await SessionStore.open({
    type: `driver:SQLite;id:MD5;serialize:${serialize}`,
    dataSource: join(directory, 'sessions.sqlite'),
    clock: () => 1_700_000_100_000,
  })
  const one = await moved.load(id)
  expect([one.isNew, one.param('latin'), one.param('wide')]).toEqual([false, 'café', '日本 😀'])
  expect(one.ptime).toEqual(layout === 'ApacheSession' ? {} : { count: 86_400, visited: 600 })
})
