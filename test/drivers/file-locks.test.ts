import { closeSync, constants, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test, onTestFinished, vi } from 'vitest'
import type File from '../../drivers/File.ts'
import { LockTimeoutError, MissingPackageError } from '../../src/errors.ts'
import { findFlock } from '../../src/files/find-flock.ts'
import type { Flock } from '../../src/files/flock.ts'
import { flockCommand } from '../../src/files/flock-command.ts'
import { koffiFlock } from '../../src/files/koffi-flock.ts'
import { script } from '../files/child.ts'
import { newFolder } from '../files/folder.ts'
import { image, later, newFileDriver, textOf } from '../files/new-file-driver.ts'

/** Holds the lock of a session file as another process would, until the result is called. */
async function hold(directory: string, id: string): Promise<() => void> {
  const fd = openSync(join(directory, `cgisess_${id}`), constants.O_RDWR)
  expect(await findFlock()!.tryLock(fd, 'exclusive')).toBe(true)
  return () => closeSync(fd)
}

async function increment(driver: File, id: string): Promise<void> {
  for (;;) {
    const before = (await driver.retrieve(id))!.image
    const after = image(String(Number(Buffer.from(before).toString()) + 1))
    if ((await driver.replace(id, before, after, 60)) === 'done') return
  }
}

const backends = [
  { how: 'koffi', finder: koffiFlock, inProcess: 100, processes: 8, times: 25 },
  { how: 'command', finder: flockCommand, inProcess: 10, processes: 2, times: 5 },
]

describe.each([{ shared: false }, { shared: true }])('shared: $shared', ({ shared }) => {
  describe.each(backends)('flock by $how', ({ how, finder, inProcess, processes, times }) => {
    test(`${inProcess} writers at once lose nothing, while others hold the lock at first`, async () => {
      const directory = newFolder()
      const driver = newFileDriver({ directory, shared, timeout: 20_000 }, finder)
      const second = newFileDriver({ directory, shared, timeout: 20_000 }, finder)
      await driver.store('n', image('0'), 60)
      const release = await hold(directory, 'n')
      const work = Array.from({ length: inProcess }, (_, i) => increment(i % 2 ? driver : second, 'n'))
      await setTimeout(20)
      release()
      await Promise.all(work)
      expect(await textOf(driver, 'n')).toBe(String(inProcess))
      expect(readdirSync(directory)).toEqual(['cgisess_n'])
    })

    test(`${processes} processes lose nothing`, { timeout: 60_000 }, async () => {
      const options = { directory: newFolder(), shared, timeout: 30_000 }
      const driver = newFileDriver(options)
      await driver.store('n', image('0'), 60)
      const children = Array.from({ length: processes }, () =>
        script('file-counter.mjs', { options, how, id: 'n', times }),
      )
      for (const child of children) expect(await child.line()).toBe('ready')
      for (const child of children) child.process.stdin!.end()
      for (const child of children) await child.rest()
      expect(await textOf(driver, 'n')).toBe(String(processes * times))
      expect(readdirSync(options.directory)).toEqual(['cgisess_n'])
    })
  })

  test('a lock that others do not let go of is an error after the timeout, and the loop turns meanwhile', async () => {
    const directory = newFolder()
    const driver = newFileDriver({ directory, shared, timeout: 60 })
    await driver.store('id', image('old'), 60)
    const release = await hold(directory, 'id')
    let turns = 0
    const ticking = setInterval(() => (turns += 1), 1)
    const works = [
      () => driver.store('id', image('new'), 60),
      () => driver.replace('id', image('old'), image('new'), 60),
      () => driver.remove('id'),
      () => driver.removeIf('id', image('old')),
    ]
    const results = await Promise.allSettled(works.map((work) => later<unknown>(work)))
    clearInterval(ticking)
    for (const result of results) expect(result).toMatchObject({ reason: expect.any(LockTimeoutError) })
    expect(turns).toBeGreaterThan(0)
    release()
    expect(await textOf(driver, 'id')).toBe('old')
    expect(readdirSync(directory)).toEqual(['cgisess_id'])
    expect(await driver.remove('id')).toBe(true)
  })

  test('noFlock takes no locks and warns of nothing', async () => {
    const warnings: string[] = []
    const logger = { warn: (text: string) => void warnings.push(text), debug: () => {} }
    const directory = newFolder()
    const driver = newFileDriver({ directory, shared, noFlock: true }, () => undefined, logger)
    await driver.store('id', image('old'), 60)
    const release = await hold(directory, 'id')
    expect(await driver.replace('id', image('old'), image('new'), 60)).toBe('done')
    expect(await textOf(driver, 'id')).toBe('new')
    release()
    expect(warnings).toEqual([])
  })
})

test('a lock is let go of when a verb is done', async () => {
  const directory = newFolder()
  const driver = newFileDriver({ directory })
  await driver.store('id', image('1'), 60)
  await driver.replace('id', image('1'), image('2'), 60)
  const release = await hold(directory, 'id')
  release()
  // Reading takes no lock: a reader never waits for a writer.
  const again = await hold(directory, 'id')
  expect(driver.retrieve('id')).toEqual({ image: Buffer.from('2'), expires: expect.any(Number) })
  again()
})

test('what is free happens at once, without a promise', () => {
  const driver = newFileDriver({ directory: newFolder() })
  expect(driver.create('id', image('1'), 60)).toBe(true)
  expect(driver.replace('id', image('1'), image('2'), 60)).toBe('done')
  expect(driver.store('id', image('3'), 60)).toBeUndefined()
  expect(driver.touch?.('id', 60)).toBe(true)
  expect(driver.removeIf('id', image('3'))).toBe('done')
  expect(driver.remove('id')).toBe(false)
})

describe('where there is no way to lock', () => {
  test('the driver works and says once what that means', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    onTestFinished(() => warn.mockRestore())
    const driver = newFileDriver({ directory: newFolder() }, () => undefined)
    await driver.store('n', image('0'), 60)
    await Promise.all(Array.from({ length: 100 }, () => increment(driver, 'n')))
    expect(await textOf(driver, 'n')).toBe('100')
    await newFileDriver({ directory: newFolder() }, () => undefined).store('n', image('0'), 60)
    expect(warn).toHaveBeenCalledOnce()
    expect(warn.mock.calls[0]?.[0]).toMatch(/npm install koffi.*within this process only/)
  })

  test('files are not shared with Perl', () => {
    const open = () => newFileDriver({ directory: newFolder(), shared: true }, () => undefined)
    expect(open).toThrow(MissingPackageError)
    expect(open).toThrow(/npm install koffi/)
  })
})

test('what waits happens in the order of the calls, and before what comes later', async () => {
  const directory = newFolder()
  const driver = newFileDriver({ directory })
  await driver.store('id', image('old'), 60)
  const release = await hold(directory, 'id')
  const stored = driver.store('id', image('stored'), 60)
  const swapped = driver.replace('id', image('old'), image('swapped'), 60)
  release()
  const last = driver.replace('id', image('stored'), image('last'), 60)
  await stored
  expect([await swapped, await last]).toEqual(['changed', 'done'])
  expect(await textOf(driver, 'id')).toBe('last')
})

describe('a file that is exchanged between opening and locking', () => {
  /** Does something to the path once, when the first file has been opened and not yet locked. */
  function meanwhile(happens: () => void): () => Flock {
    const flock = findFlock()!
    let first = true
    return () => ({
      tryLock: async (fd, kind) => {
        if (first) happens()
        first = false
        return flock.tryLock(fd, kind)
      },
    })
  }

  test.each([
    ['replaced by a file', 'changed', 'other'],
    ['removed', 'absent', undefined],
  ])('%s', async (_, answer, left) => {
    const directory = newFolder()
    const path = join(directory, 'cgisess_id')
    const exchange = () => {
      rmSync(path)
      if (left !== undefined) writeFileSync(path, left)
    }
    const works = [
      (driver: File) => driver.replace('id', image('old'), image('new'), 60),
      (driver: File) => driver.removeIf('id', image('old')),
    ]
    for (const shared of [false, true]) {
      for (const work of works) {
        writeFileSync(path, 'old')
        const driver = newFileDriver({ directory, shared }, meanwhile(exchange))
        expect(await work(driver)).toBe(answer)
        expect(await textOf(driver, 'id')).toBe(left)
      }
    }
  })
})
