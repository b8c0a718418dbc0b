import { describe, expect, onTestFinished, test } from 'vitest'
import LMDB from '../../drivers/LMDB.ts'
import { StorageError } from '../../src/errors.ts'
import { SessionStore } from '../../src/index.ts'
import type { Child } from '../files/child.ts'
import { someTurns } from '../support/some-turns.ts'
import { bytes, list, newPath, openDriver, openRaw, start, textOf } from './lmdb-setup.ts'

async function startLock(path: string): Promise<Child> {
  const child = start('lmdb-hold-lock.mjs', path)
  expect(await child.line()).toBe('locked')
  return child
}

/** A file that has its databases, with the session 'a'. */
async function newFile(): Promise<string> {
  const path = newPath()
  const driver = await openDriver({ dataSource: path })
  await driver.store('a', bytes('image'), 60)
  await driver.close()
  return path
}

describe('while another process holds the write lock', () => {
  test('opening and reading go on; writes wait without stopping this process', async () => {
    const path = await newFile()
    const holder = await startLock(path)
    const driver = await openDriver({ dataSource: path })
    let settled = 0
    const writes = [
      driver.replace('a', bytes('image'), bytes('new'), 60),
      driver.create('b', bytes('image'), 60),
      driver.remove('a'),
    ].map(async (answer) => {
      const value: unknown = await answer
      settled += 1
      return value
    })
    await someTurns()
    expect(settled).toBe(0)
    expect(textOf(driver, 'a')).toBe('image')
    expect(await list(driver)).toEqual(['a'])

    holder.process.stdin!.end()
    expect(await Promise.all(writes)).toEqual(['done', true, true])
    expect(await list(driver)).toEqual(['b', 'half'])
  })

  test('the databases are made when it is done', async () => {
    const path = newPath()
    const holder = await startLock(path)
    let opened = false
    const opening = openDriver({ dataSource: path }).then((driver) => {
      opened = true
      return driver
    })
    await someTurns()
    expect(opened).toBe(false)
    holder.process.stdin!.end()
    await (await opening).store('a', bytes('image'), 60)
  })

  test('what takes longer than timeout is an error, which says what may come of it', async () => {
    const path = await newFile()
    const holder = await startLock(path)
    const driver = new LMDB({ dataSource: path, timeout: 20 }, Date.now)
    await driver.open()
    const writing = driver.create('b', bytes('late'), 60)
    await expect(writing).rejects.toThrow(StorageError)
    await expect(writing).rejects.toThrow('took longer than 20 ms (option timeout)')
    await expect(writing).rejects.toThrow('may still be written')
    await expect(driver.close()).rejects.toThrow('took longer than 20 ms')
    holder.process.stdin!.end()
    await holder.rest()
    const next = await openDriver({ dataSource: path })
    await next.store('c', bytes('image'), 60)
    expect(textOf(next, 'b')).toBe('late')
  })

  test('its end frees the lock, and what it had not committed is not there', async () => {
    const path = await newFile()
    const holder = await startLock(path)
    const driver = await openDriver({ dataSource: path })
    const writing = driver.store('b', bytes('image'), 60)
    await someTurns()
    await holder.kill()
    await writing
    expect(await list(driver)).toEqual(['a', 'b'])
  })
})

test('ten processes that count in one session lose nothing', async () => {
  const dataSource = newPath()
  // What its page says of a dozen processes can happen here, rarely.
  const store = await SessionStore.open({
    type: 'driver:LMDB;id:MD5;serialize:JSON',
    dataSource,
    tableName: 'counters',
    timeout: 60_000,
  })
  onTestFinished(() => store.close())
  const children = Array.from({ length: 10 }, () =>
    start('sql-update.mjs', 'LMDB', dataSource, 'counters', '20'),
  )
  await Promise.all(children.map((child) => child.rest()))
  expect((await store.load('counter')).param('count')).toBe(200)
})

test('processes that are killed while they write leave whole records, and free the lock', async () => {
  const path = newPath()
  const driver = await openDriver({ dataSource: path })
  for (let round = 0; round < 5; round++) {
    const children = [start('write-forever.mjs', 'LMDB', path), start('write-forever.mjs', 'LMDB', path)]
    await Promise.all(children.map((child) => child.line()))
    await someTurns()
    await Promise.all(children.map((child) => child.kill()))
    await driver.store('mine', bytes(`round ${round}`), 60)
    expect(await list(driver)).toEqual([...'abcdefgh'.split(''), 'mine'])
    for (const id of 'abcdefgh') {
      const { image } = driver.retrieve(id)!
      expect(image.length % 5000).toBe(0)
      expect(new Set(image).size).toBe(1)
    }
  }
})

test('process.exit() in the middle of writing ends the process, and nothing else', async () => {
  const path = newPath()
  const driver = await openDriver({ dataSource: path })
  for (const turns of [1, 3, 5, 8, 13, 21]) {
    expect(await start('lmdb-exit.mjs', path, String(turns)).rest()).toEqual([])
    await driver.store('mine', bytes(String(turns)), 60)
  }
  expect(textOf(driver, 'mine')).toBe('21')
})

test('a process that is killed while it reads keeps its place until the next purge', async () => {
  const path = await newFile()
  const driver = await openDriver({ dataSource: path })
  const reader = start('lmdb-read-forever.mjs', path)
  const id = await reader.line()
  const root = openRaw(path)
  const readers = () =>
    root
      .readerList()
      .split('\n')
      .map((line) => line.trim().split(/\s+/)[0])
  expect(readers()).toContain(id)
  await reader.kill()
  expect(readers()).toContain(id)
  await driver.purge?.(0)
  expect(readers()).not.toContain(id)
})
