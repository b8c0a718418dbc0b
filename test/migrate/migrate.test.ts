import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import Memory from '../../drivers/Memory.ts'
import {
  InvalidOptionError,
  migrate,
  type MigrateOptions,
  type MigrationProblem,
  MissingStorageError,
  Registry,
  type SessionOptions,
  SessionStore,
  StorageError,
} from '../../src/index.ts'
import { addsUp } from '../../src/migrate/summary.ts'
import type { PluginContext, StoredImage } from '../../src/plugin.ts'
import { TestClock } from '../support/clock.ts'
import { MinimalDriver } from '../support/minimal-driver.ts'
import { change, contents, fill, newFolder, snapshot } from './stores.ts'

const json = 'id:UUID36;serialize:JSON'

function files(serialize = 'Storable'): SessionOptions & { directory: string } {
  return { type: `driver:File;id:UUID36;serialize:${serialize}`, directory: join(newFolder(), 'sessions') }
}

function sqlite(): SessionOptions & { dataSource: string } {
  return { type: `driver:SQLite;${json}`, dataSource: join(newFolder(), 'sessions.sqlite') }
}

describe('what the target has already', () => {
  test('is not written again', async () => {
    const [from, to] = [files(), sqlite()]
    await fill(from, 200)
    expect(await migrate(from, to, { verify: true })).toMatchObject({
      read: 200,
      written: 200,
      verified: 200,
    })
    const before = snapshot(join(to.dataSource, '..'))
    const again = await migrate(from, to, { verify: true })
    expect(again).toMatchObject({ read: 200, written: 0, present: 200, differing: 0, verified: 200 })
    expect(snapshot(join(to.dataSource, '..'))).toEqual(before)
  })

  test('is replaced only by what is newer, and only if that is asked for', async () => {
    const [from, to] = [files(), sqlite()]
    const clock = new TestClock()
    const old = { ...from, clock: clock.now }
    await fill(old, 3)
    await migrate(from, to)
    clock.advance(60)
    await change(old, 's0', 'by', 'source')
    await change({ ...to, clock: clock.now }, 's1', 'by', 'target')
    await change(old, 's2', 'by', 'source')
    clock.advance(60)
    await change({ ...to, clock: clock.now }, 's2', 'by', 'target, later')

    expect(await migrate(from, to)).toMatchObject({ read: 3, written: 0, present: 3, differing: 3 })
    expect((await contents(to)).get('s0')!.params.has('by')).toBe(false)
    const summary = await migrate(from, to, { overwriteOlder: true })
    expect(summary).toMatchObject({ written: 1, replaced: 1, present: 2, differing: 2 })
    const found = await contents(to)
    expect(['s0', 's1', 's2'].map((id) => found.get(id)!.params.get('by'))).toEqual([
      'source',
      'target',
      'target, later',
    ])
  })

  test('counts as newer when a touch has moved its last access', async () => {
    const [from, to] = [files(), sqlite()]
    const clock = new TestClock()
    const expiring = { ...from, clock: clock.now, expire: '1h' }
    await fill(expiring, 1)
    await migrate(from, to, { verify: true })
    clock.advance(60)
    await change(expiring, 's0', 'by', 'source')
    clock.advance(600)
    await using store = await SessionStore.open({ ...to, clock: clock.now })
    expect(await (await store.load('s0')).flush()).toBe(true)
    expect(await migrate(from, to, { overwriteOlder: true })).toMatchObject({ written: 0, differing: 1 })
  })

  test('is used as nothing when it is empty, and stays when it is damaged', async () => {
    const [from, to] = [sqlite(), files('JSON')]
    await fill(from, 3)
    mkdirSync(to.directory)
    writeFileSync(join(to.directory, 'cgisess_s0'), '')
    writeFileSync(join(to.directory, 'cgisess_s1'), '{"half')
    const problems: MigrationProblem[] = []
    const summary = await migrate(from, to, { verify: true, onProblem: (problem) => problems.push(problem) })
    expect(summary).toMatchObject({ read: 3, written: 2, replaced: 1, quarantined: 1, verified: 2 })
    expect(problems).toEqual([
      {
        id: 's1',
        kind: 'quarantined',
        reason: expect.stringContaining('target has a damaged record') as string,
      },
    ])
    expect(readFileSync(join(to.directory, 'cgisess_s1'), 'utf8')).toBe('{"half')
  })
})

describe('the source', () => {
  test('stays as it is, expired sessions and all', async () => {
    const clock = new TestClock()
    for (const from of [files('JSON'), sqlite()]) {
      await fill({ ...from, clock: clock.now, expire: 60 }, 20)
      const folder = 'directory' in from ? String(from.directory) : join(from.dataSource, '..')
      const before = snapshot(folder)
      expect(await migrate(from, files(), { verify: true })).toMatchObject({ written: 20, verified: 20 })
      expect(snapshot(folder)).toEqual(before)
    }
  })

  test('must be there, and is not made', async () => {
    const [from, to] = [files(), sqlite()]
    await expect(migrate(from, to)).rejects.toThrow(MissingStorageError)
    await expect(migrate(to, from)).rejects.toThrow(MissingStorageError)
    expect(readdirSync(join(from.directory, '..'))).toEqual([])
    expect(readdirSync(join(to.dataSource, '..'))).toEqual([])
  })

  test('cannot be the target', async () => {
    const from = files()
    await fill(from, 1)
    await expect(migrate(from, { ...from })).rejects.toThrow(InvalidOptionError)
  })

  test('may lose records on the way, or have them written at that moment', async () => {
    /** Lists what is no longer there, and shows one record as a writer leaves it for a moment. */
    class Busy extends Memory {
      static looks = 0
      static looksAtGoing = 0
      override *ids(): Iterable<string> {
        yield* ['gone', 'going', 's0', 's1']
      }

      override retrieve(id: string): StoredImage | undefined {
        if (id === 'going') return Busy.looksAtGoing++ === 0 ? { image: Buffer.from('half') } : undefined
        const stored = super.retrieve(id)
        return stored && id === 's1' && Busy.looks++ === 0 ? { image: stored.image.subarray(0, 9) } : stored
      }
    }
    const registry = new Registry().register('driver', 'Busy', Busy)
    const from = { type: `driver:Busy;${json}`, registry, memoryName: 'busy' }
    await fill({ type: `driver:Memory;${json}`, memoryName: 'busy' }, 2)
    const to = sqlite()
    expect(await migrate(from, to)).toMatchObject({ read: 2, written: 2, vanished: 2, quarantined: 0 })
    expect((await contents(to)).get('s1')!.params.get('n')).toBe(1)
  })
})

describe('when a store fails', () => {
  class Flaky extends Memory {
    static readonly broken = new Set<string>()

    constructor({ options, clock }: PluginContext) {
      super(options, clock)
    }

    override retrieve(id: string): StoredImage | undefined {
      if (Flaky.broken.has(id) || Flaky.broken.has('all')) {
        throw new StorageError(`No way to ${id}`, { cause: new Error('EACCES') })
      }
      return super.retrieve(id)
    }

    override create(...args: Parameters<Memory['create']>): boolean {
      if (Flaky.broken.has('disk')) throw new StorageError('Disk full', { cause: new Error('ENOSPC') })
      if (args[0] === 's7') throw new StorageError('This one is too long')
      return super.create(...args)
    }
  }
  const registry = new Registry().register('driver', 'Flaky', Flaky)
  const flaky = (memoryName: string) => ({ type: `driver:Flaky;${json}`, registry, memoryName })

  async function broken(what: string, work: () => Promise<unknown>): Promise<void> {
    Flaky.broken.add(what)
    try {
      await work()
    } finally {
      Flaky.broken.delete(what)
    }
  }

  test('one unreadable record is set aside, a source that is gone ends it', async () => {
    await fill({ type: `driver:Memory;${json}`, memoryName: 'source' }, 5)
    const quarantine = join(newFolder(), 'quarantine')
    await broken('s3', async () => {
      const summary = await migrate(flaky('source'), sqlite(), { quarantine })
      expect(summary).toMatchObject({ read: 5, written: 4, quarantined: 1 })
      expect(readdirSync(quarantine)).toEqual([expect.stringMatching(/^s3-[0-9a-f]{16}\.json$/)])
    })
    await broken('all', () => expect(migrate(flaky('source'), sqlite())).rejects.toThrow('No way'))
  })

  test('a record that the target refuses is set aside, a target that fails ends it', async () => {
    const from = files()
    await fill(from, 10)
    expect(await migrate(from, flaky('refuses'))).toMatchObject({ written: 9, quarantined: 1 })
    await broken('disk', () => expect(migrate(from, flaky('full'))).rejects.toThrow('Disk full'))
  })

  test('what comes back otherwise is told by verification', async () => {
    class Forgetful extends Memory {
      override retrieve(id: string): StoredImage | undefined {
        if (id === 's1') return undefined
        const stored = super.retrieve(id)
        if (stored && id === 's2')
          return { image: Buffer.from(Buffer.from(stored.image).toString().replace('"n":2', '"n":3')) }
        return stored && id === 's3' ? { ...stored, expires: 5 } : stored
      }
    }
    const other = new Registry().register('driver', 'Forgetful', Forgetful)
    const from = files()
    await fill(from, 5)
    const problems: MigrationProblem[] = []
    const options = { verify: true, onProblem: (problem: MigrationProblem) => problems.push(problem) }
    const to = { type: `driver:Forgetful;${json}`, registry: other }
    expect(await migrate(from, to, options)).toMatchObject({ written: 5, verified: 2, different: 3 })
    expect(problems.map(({ id, kind }) => `${id} ${kind}`).sort()).toEqual([
      's1 different',
      's2 different',
      's3 different',
    ])
  })
})

test('ids that the target cannot hold are set aside, under names that any folder can hold', async () => {
  const memoryName = 'odd-ids'
  const ids = ['../../etc/passwd', 'a/b', '\0', '.', '\ud800', 'x'.repeat(300), 'CON', 'good', 'A', 'a']
  await using store = await SessionStore.open({ type: `driver:Memory;${json}`, memoryName })
  for (const id of ids) {
    const session = await store.load(id)
    session.param('id', id.toWellFormed())
    await session.flush()
  }
  const to = files('JSON')
  const quarantine = join(newFolder(), 'quarantine')
  const summary = await migrate({ type: `driver:Memory;${json}`, memoryName }, to, { quarantine })
  expect([...(await contents(to)).keys()].sort()).toEqual(['.', 'A', 'CON', 'a', 'good'])
  expect(summary).toMatchObject({ read: ids.length, written: 5, quarantined: 5 })
  const names = readdirSync(quarantine)
  expect(names).toHaveLength(10)
  for (const name of names) expect(name).toMatch(/^[\w-]{1,64}-[0-9a-f]{16}\.(image|json)$/)
  const found = names
    .filter((name) => name.endsWith('.json'))
    .map((name) => (JSON.parse(readFileSync(join(quarantine, name), 'utf8')) as { id: string }).id)
  expect(found.sort()).toEqual(ids.filter((id) => !['.', 'A', 'CON', 'a', 'good'].includes(id)).sort())
})

test('all times stay to the second, however late the second is', async () => {
  // Each look at this clock is 400 milliseconds later.
  let time = 1_700_000_000_000
  const from = files()
  await using store = await SessionStore.open({
    ...from,
    clock: () => 1_700_000_000_000,
    expire: '1h',
    deadline: '2d',
  })
  for (let n = 0; n < 50; n++) {
    const session = await store.load(`s${n}`)
    session.param('n', n)
    session.expire({ n: 60 + n })
    await session.flush()
  }
  for (const to of [sqlite(), files('DataDumper'), { type: `driver:Memory;${json}`, memoryName: 'late' }]) {
    const summary = await migrate(from, { ...to, clock: () => (time += 400) }, { verify: true })
    expect(summary).toMatchObject({ written: 50, verified: 50 })
    expect(await contents({ ...to, clock: () => 1_700_000_000_000 })).toEqual(await contents(from))
  }
})

test('a touch that lies beside the image goes along', async () => {
  const clock = new TestClock()
  const from = { ...files(), clock: clock.now }
  await fill({ ...from, expire: '1h' }, 2)
  clock.advance(600)
  await using store = await SessionStore.open(from)
  expect(await (await store.load('s0')).flush()).toBe(true)
  const shared = { ...files(), shared: true, clock: clock.now }
  for (const to of [{ ...sqlite(), clock: clock.now }, shared]) {
    expect(await migrate(from, to, { verify: true })).toMatchObject({ written: 2, verified: 2 })
    const found = await contents(to)
    expect([found.get('s0')!.atime, found.get('s1')!.atime]).toEqual([clock.seconds, clock.seconds - 600])
  }
})

test('it stops when it is told to, and goes on when it is begun again', async () => {
  const [from, to] = [files(), sqlite()]
  await fill(from, 200)
  const stop = new AbortController()
  const progress: number[] = []
  const options: MigrateOptions = {
    signal: stop.signal,
    onProgress: ({ done, total }) => {
      expect(total).toBe(200)
      progress.push(done)
      if (done > 0) stop.abort()
    },
  }
  const { complete, written } = await migrate(from, to, options)
  expect([complete, written]).toEqual([false, 64])
  expect(progress).toEqual([0, 64])
  const rest = await migrate(from, to)
  expect(rest).toMatchObject({ complete: true, read: 200, written: 136, present: 64 })
  expect(addsUp(rest)).toBe(true)
})

test('so many are under way at a time as it is told', async () => {
  let now = 0
  let most = 0
  class Slow extends MinimalDriver {
    override async store(id: string, image: Uint8Array): Promise<void> {
      most = Math.max(most, ++now)
      await new Promise(setImmediate)
      now--
      await super.store(id, image)
    }
  }
  const from = files()
  await fill(from, 60)
  const registry = new Registry().register('driver', 'Slow', Slow)
  await migrate(from, { type: `driver:Slow;${json}`, registry }, { concurrency: 7 })
  expect(most).toBe(7)
  await expect(migrate(from, sqlite(), { concurrency: 0 })).rejects.toThrow(InvalidOptionError)
})
