import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import {
  InvalidOptionError,
  migrate,
  type MigrateOptions,
  type MigrationPass,
  type MigrationSummary,
  type SessionOptions,
  SessionStore,
} from '../../src/index.ts'
import { addsUp } from '../../src/migrate/summary.ts'
import { TestClock } from '../support/clock.ts'
import { change, contents, fill, newFolder } from './stores.ts'

/** Two stores, the second of which follows the first. */
class Follow {
  readonly clock = new TestClock()
  readonly from: SessionOptions & { directory: string }
  readonly to: SessionOptions
  readonly passes: MigrationPass[] = []
  readonly #stop = new AbortController()
  readonly #options: MigrateOptions
  #running: Promise<MigrationSummary> | undefined
  #passed = (): void => {}

  constructor(options: MigrateOptions = {}, layout = 'DataSession') {
    const folder = newFolder()
    const { now } = this.clock
    const type = `driver:File;serialize:Storable;layout:${layout}`
    this.from = { type, directory: join(folder, 'from'), clock: now }
    this.to = { type: 'driver:SQLite;serialize:JSON', dataSource: join(folder, 'to.sqlite'), clock: now }
    this.#options = options
    onTestFinished(() => this.#stop.abort())
  }

  /** Waits until a pass is over that began after this call. */
  async settle(): Promise<void> {
    await this.#pass()
    await this.#pass()
  }

  #pass(): Promise<unknown> {
    const passed = new Promise<void>((resolve) => (this.#passed = resolve))
    this.#running ??= migrate(this.from, this.to, {
      ...this.#options,
      follow: true,
      interval: 0,
      signal: this.#stop.signal,
      onPass: (pass) => {
        this.passes.push(pass)
        this.#passed()
      },
    })
    return Promise.race([passed, this.#running])
  }

  stop(): Promise<MigrationSummary> {
    this.#stop.abort()
    return this.#running!
  }

  async ids(): Promise<string[]> {
    return [...(await contents(this.to)).keys()].sort()
  }

  async remove(...ids: string[]): Promise<void> {
    await using store = await SessionStore.open(this.from)
    for (const id of ids) expect(await store.remove(id)).toBe(true)
  }
}

test('what is new, changed or removed in the source comes to be so in the target', async () => {
  const follow = new Follow({ verify: true })
  await fill(follow.from, 5)
  await follow.settle()
  expect(await follow.ids()).toEqual(['s0', 's1', 's2', 's3', 's4'])

  follow.clock.advance(1)
  await change(follow.from, 's1', 'n', 'changed')
  await change(follow.from, 'new', 'n', 'new')
  await follow.remove('s2')
  await follow.settle()
  const found = await contents(follow.to)
  expect([...found.keys()].sort()).toEqual(['new', 's0', 's1', 's3', 's4'])
  expect(found).toEqual(await contents(follow.from))

  const summary = await follow.stop()
  expect(summary).toMatchObject({ read: 7, written: 7, replaced: 1, removed: 1, verified: 7, complete: true })
  expect(addsUp(summary)).toBe(true)
})

test('what is there already is followed as well, once it is found to be the same', async () => {
  const follow = new Follow()
  await fill(follow.from, 3)
  await migrate(follow.from, follow.to)
  await follow.settle()
  // In the same second: only that the target is as it was copied tells that it may be replaced.
  await change(follow.from, 's0', 'n', 'changed')
  await follow.remove('s1')
  await follow.settle()
  expect((await contents(follow.to)).get('s0')!.params.get('n')).toBe('changed')
  expect(await follow.ids()).toEqual(['s0', 's2'])
  expect(await follow.stop()).toMatchObject({ read: 4, written: 1, present: 3, removed: 1 })
})

test('sessions without times are followed', async () => {
  const follow = new Follow({}, 'ApacheSession')
  await fill(follow.from, 3)
  await follow.settle()
  await change(follow.from, 's0', 'n', 'changed')
  await follow.remove('s1')
  await follow.settle()
  expect((await contents(follow.to)).get('s0')!.params.get('n')).toBe('changed')
  expect(await follow.ids()).toEqual(['s0', 's2'])
})

test('what the target has for itself stays: other sessions, changed ones, used ones', async () => {
  const follow = new Follow()
  await fill({ ...follow.from, expire: '1h' }, 4)
  await follow.settle()
  follow.clock.advance(600)
  await change(follow.to, 'other', 'n', 'other')
  await change(follow.to, 's0', 'n', 'target')
  await change(follow.to, 's1', 'n', 'target')
  await using store = await SessionStore.open(follow.to)
  expect(await (await store.load('s2')).flush()).toBe(true)

  await follow.remove('s1', 's2', 's3')
  follow.clock.advance(1)
  await change(follow.from, 's0', 'n', 'source, later')
  await follow.settle()
  expect(await follow.ids()).toEqual(['other', 's0', 's1', 's2'])
  expect((await contents(follow.to)).get('s0')!.params.get('n')).toBe('target')
  expect(await follow.stop()).toMatchObject({ removed: 1, differing: 1 })
})

test('what the source removes because it has expired is left to its own time', async () => {
  const follow = new Follow()
  await fill({ ...follow.from, expire: 60 }, 2)
  await follow.settle()
  follow.clock.advance(61)
  await follow.remove('s0', 's1')
  await fill(follow.from, 1)
  await follow.settle()
  expect(await follow.ids()).toEqual(['s0', 's1'])
  expect(await follow.stop()).toMatchObject({ removed: 0 })
})

test('any number of expired sessions may go at once', async () => {
  const follow = new Follow()
  await fill({ ...follow.from, expire: 60 }, 30)
  await change(follow.from, 'living', 'n', 1)
  await change(follow.from, 'leaving', 'n', 1)
  await follow.settle()
  follow.clock.advance(61)
  await using store = await SessionStore.open(follow.from)
  expect(await store.purge()).toBe(30)
  await follow.remove('leaving')
  await follow.settle()
  expect(follow.passes.every(({ withheld }) => withheld === 0)).toBe(true)
  expect(await follow.stop()).toMatchObject({ removed: 1 })
  expect((await follow.ids()).filter((id) => !/^s\d/.test(id))).toEqual(['living'])
})

test('a source that is suddenly gone takes nothing with it, and goes on when it is back', async () => {
  const follow = new Follow()
  await fill(follow.from, 30)
  await follow.settle()
  const { directory } = follow.from
  renameSync(directory, `${directory}.away`)
  await follow.settle()
  expect(follow.passes.at(-1)).toMatchObject({ written: 0, removed: 0, withheld: 30 })
  expect(await follow.ids()).toHaveLength(30)

  renameSync(`${directory}.away`, directory)
  await follow.remove('s7')
  await follow.settle()
  expect(await follow.ids()).toHaveLength(29)

  for (let n = 10; n < 30; n++) rmSync(join(directory, `cgisess_s${n}`))
  await follow.settle()
  expect(follow.passes.at(-1)).toMatchObject({ written: 0, removed: 0, withheld: 20 })
  expect(await follow.ids()).toHaveLength(29)
})

test('a damaged record is told once, and copied when it is mended', async () => {
  const problems: string[] = []
  const follow = new Follow({ onProblem: ({ id }) => problems.push(id) })
  await fill(follow.from, 2)
  const path = join(follow.from.directory, 'cgisess_s1')
  const aside = join(follow.from.directory, 'aside')
  renameSync(path, aside)
  writeFileSync(path, 'half')
  await follow.settle()
  await follow.settle()
  expect(problems).toEqual(['s1'])
  renameSync(aside, path)
  await follow.settle()
  expect(await follow.ids()).toContain('s1')

  // What was copied before it was damaged is still known as copied.
  const elsewhere = { ...follow.from, directory: newFolder() }
  await fill(elsewhere, 2)
  await change(elsewhere, 's1', 'n', 'mended')
  writeFileSync(path, 'half again')
  await follow.settle()
  expect(problems).toEqual(['s1', 's1'])
  renameSync(join(elsewhere.directory, 'cgisess_s1'), path)
  await follow.settle()
  expect((await contents(follow.to)).get('s1')!.params.get('n')).toBe('mended')
})

test('it cannot be planned', async () => {
  const { from, to } = new Follow()
  await expect(migrate(from, to, { follow: true, dryRun: true })).rejects.toThrow(InvalidOptionError)
})
