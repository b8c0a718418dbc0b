import { once } from 'node:events'
import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isMissing, isPerlMissing, problemsOf } from '../berkeley-db/here.ts'
import { newDriver, textOf } from '../berkeley-db/new-driver.ts'
import { Child, perl, script } from '../files/child.ts'
import { newFolder } from '../files/folder.ts'
import { all, image } from '../files/new-file-driver.ts'

const timeout = 25_000

async function startNode(options: object): Promise<Child> {
  const child = script('berkeleydb.mjs', { timeout, ...options })
  expect(await child.line()).toBe('ready')
  return child
}

async function ask(child: Child, question: string): Promise<string | undefined> {
  child.tell(question)
  return child.line()
}

const places = [
  { how: 'in an environment', options: (directory: string) => ({ directory }) },
  { how: 'by itself', options: (folder: string) => ({ dataSource: join(folder, 'sessions.db') }) },
]

describe.skipIf(isMissing)('processes', () => {
  test.each(places)('$how: four that raise one number lose nothing', async ({ options }) => {
    const folder = newFolder()
    const driver = await newDriver(options(folder))
    await driver.store('n', image('0'))
    const children = await Promise.all(Array.from({ length: 4 }, () => startNode(options(folder))))
    const answers = await Promise.all(children.map((child) => ask(child, 'add n 25')))
    expect(answers).toEqual(Array.from({ length: 4 }, () => 'done'))
    expect(await textOf(driver, 'n')).toBe('100')
  })

  test.each(places)('$how: make a new store at the same moment', async ({ options }) => {
    const folder = join(newFolder(), '')
    const children = await Promise.all(Array.from({ length: 3 }, () => startNode(options(folder))))
    const answers = await Promise.all(children.map((child, n) => ask(child, `store id-${n} 100`)))
    expect(answers).toEqual(Array.from({ length: 3 }, () => 'done'))
    const driver = await newDriver(options(folder))
    expect((await all(driver.ids())).sort()).toEqual(['id-0', 'id-1', 'id-2'])
  })

  test.each(places)('$how: killed between calls, it leaves nothing in the way', async ({ options }) => {
    const folder = newFolder()
    const reader = await startNode(options(folder))
    const writer = await startNode(options(folder))
    expect(await ask(writer, 'store id 50000')).toBe('done')
    expect(await ask(reader, 'get id')).toBe('=50000')
    await Promise.all([reader.kill(), writer.kill()])
    const driver = await newDriver(options(folder))
    expect((await driver.retrieve('id'))?.image).toHaveLength(50_000)
    await driver.store('id', image('new'))
    expect(await textOf(driver, 'id')).toBe('new')
    await driver.close()
    expect(problemsOf(join(folder, 'sessions.db'))).toBe('')
  })

  test('a file that cannot grow: what did not fit is an error, what was there stays', async () => {
    const dataSource = join(newFolder(), 'sessions.db')
    const driver = await newDriver({ dataSource })
    await driver.store('old', image('old'))
    // In blocks of 1,024 bytes. The system then refuses to write more, as on a full disk.
    const child = new Child('bash', [
      '-c',
      'trap "" XFSZ; ulimit -f 100; exec "$0" test/processes/berkeleydb.mjs "$1"',
      process.execPath,
      JSON.stringify({ dataSource, timeout }),
    ])
    expect(await child.line()).toBe('ready')
    expect(await ask(child, 'store large 1000000')).toMatch(
      /^ERR_SESSION_STORAGE Berkeley DB file .*File too large/,
    )
    expect(await ask(child, 'get old')).toBe('=3')
    expect(await textOf(driver, 'old')).toBe('old')
    await driver.store('new', image('new'))
    expect(await textOf(driver, 'new')).toBe('new')
    child.process.stdin!.end()
    await child.rest()
  })
})

describe.skipIf(isPerlMissing)('when Perl is killed', () => {
  async function startPerl(home: string): Promise<Child> {
    const child = perl('berkeleydb.pl', 'cds', home, 'sessions.db')
    expect(await child.line()).toBe('ready')
    return child
  }

  function removeEnvironment(home: string): void {
    for (const name of readdirSync(home)) if (name.startsWith('__db.')) rmSync(join(home, name))
  }

  test('with cds_lock: writes fail in time, reads go on, and an operator can mend it', async () => {
    const directory = newFolder()
    const driver = await newDriver({ directory, timeout: 300 })
    await driver.store('id', image('old'))
    const child = await startPerl(directory)
    expect(await ask(child, 'lock')).toBe('locked')
    await child.kill()

    await expect(driver.store('id', image('new'))).rejects.toMatchObject({
      code: 'ERR_SESSION_STORAGE',
      message: expect.stringContaining('remove the files __db.*') as string,
    })
    expect(await textOf(driver, 'id')).toBe('old')
    await driver.close()

    // It is the environment that remembers the dead, not the driver.
    const next = await newDriver({ directory, timeout: 300 })
    await expect(next.store('id', image('new'))).rejects.toMatchObject({ code: 'ERR_SESSION_STORAGE' })
    await next.close()

    removeEnvironment(directory)
    const last = await newDriver({ directory })
    expect(await textOf(last, 'id')).toBe('old')
    await last.store('id', image('new'))
    expect(await textOf(last, 'id')).toBe('new')
    await last.close()
    expect(problemsOf(join(directory, 'sessions.db'))).toBe('')
  })

  test('with a cursor for reading: the same', async () => {
    const directory = newFolder()
    const driver = await newDriver({ directory, timeout: 300 })
    await driver.store('id', image('old'))
    const child = await startPerl(directory)
    expect(await ask(child, 'read')).toBe('reading')
    await child.kill()
    await expect(driver.store('id', image('new'))).rejects.toMatchObject({ code: 'ERR_SESSION_STORAGE' })
    expect(await textOf(driver, 'id')).toBe('old')
  })

  test('in the middle of its writing: each call of Node is answered in time', {
    timeout: 60_000,
  }, async () => {
    for (let round = 0; round < 3; round += 1) {
      const home = newFolder()
      // In a process of its own, which the test ends whatever became of it.
      const node = await startNode({ directory: home, timeout: 500 })
      expect(await ask(node, 'store id 3')).toMatch(/^(done|ERR_SESSION_STORAGE .*)$/)
      const child = await startPerl(home)
      expect(await ask(child, 'forever')).toBe('started')
      await child.kill()
      for (const question of ['store id 4', 'get id', 'store id 5']) {
        expect(await ask(node, question)).toMatch(
          /^(done|=\d|none|ERR_SESSION_STORAGE .* locked by others .*)$/,
        )
      }
      await node.kill()
    }
  })
})

describe.skipIf(isMissing)('on the disk', () => {
  test('in an environment a write comes to the disk by itself soon after', async () => {
    const directory = newFolder()
    const driver = await newDriver({ directory })
    await driver.store('id', image('x'.repeat(30_000)))
    const file = join(directory, 'sessions.db')
    const signal = AbortSignal.timeout(timeout)
    while (statSync(file).size < 30_000) {
      signal.throwIfAborted()
      await new Promise((resolve) => void setTimeout(resolve, 20))
    }
  })

  test('with fsync before it is answered', async () => {
    const directory = newFolder()
    const driver = await newDriver({ directory, fsync: true })
    await driver.store('id', image('x'.repeat(30_000)))
    expect(statSync(join(directory, 'sessions.db')).size).toBeGreaterThan(30_000)
  })

  test('what is open does not keep the process from ending', async () => {
    const child = script('berkeleydb.mjs', { directory: newFolder(), timeout })
    expect(await child.line()).toBe('ready')
    expect(await ask(child, 'store id 10')).toBe('done')
    const ended = once(child.process, 'exit')
    child.process.stdin!.end()
    expect((await ended)[0]).toBe(0)
  })
})
