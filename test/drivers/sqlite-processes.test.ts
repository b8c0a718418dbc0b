import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { LockTimeoutError } from '../../src/errors.ts'
import { someTurns } from '../support/some-turns.ts'
import { bytes, firstRow, imageOf, list, newPath, openDriver, rawDatabase } from './sqlite-setup.ts'

function start(script: string, ...args: string[]): ChildProcess {
  const path = join(import.meta.dirname, '../processes', script)
  const child = spawn(process.execPath, ['--no-warnings', path, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return child
}

async function startLock(path: string, kind: string): Promise<ChildProcess> {
  const child = start('sqlite-hold-lock.mjs', path, kind)
  await once(child.stdout!, 'data')
  return child
}

describe('while somebody else holds the write lock', () => {
  test('writes wait without stopping this process, and reads go on', async () => {
    const path = newPath()
    const driver = await openDriver({ dataSource: path })
    await driver.store('a', bytes('image'), 60)
    const holder = await startLock(path, 'immediate')

    let settled = 0
    const writes = [
      driver.replace('a', bytes('image'), bytes('new'), 60),
      driver.create('b', bytes('image'), 60),
      driver.touch?.('c', 60),
      driver.purge?.(0),
    ].map(async (answer) => {
      const value = await answer
      settled += 1
      return value
    })
    await someTurns()
    expect(settled).toBe(0)
    expect(await imageOf(driver, 'a')).toEqual(Buffer.from('image'))
    expect(await list(driver)).toEqual(['a'])

    holder.stdin?.end()
    expect(await Promise.all(writes)).toEqual(['done', true, false, 0])
    expect(await imageOf(driver, 'a')).toEqual(Buffer.from('new'))
  })

  test('opening waits as well', async () => {
    const path = newPath()
    rawDatabase(path, 'create table other (a)')
    const holder = await startLock(path, 'immediate')
    let opened = false
    const opening = openDriver({ dataSource: path }).then((driver) => {
      opened = true
      return driver
    })
    await someTurns()
    expect(opened).toBe(false)
    holder.stdin?.end()
    await (await opening).store('a', bytes('image'), 60)
  })

  test('a write that waited for longer than timeout says so and did nothing', async () => {
    const path = newPath()
    const driver = await openDriver({ dataSource: path, timeout: 20 })
    const holder = await startLock(path, 'immediate')
    await expect(driver.create('a', bytes('image'), 60)).rejects.toThrow(LockTimeoutError)
    await expect(driver.create('a', bytes('image'), 60)).rejects.toThrow('longer than 20 ms (option timeout)')
    holder.stdin?.end()
    await once(holder, 'exit')
    expect(await driver.retrieve('a')).toBeUndefined()
    expect(await driver.create('a', bytes('image'), 60)).toBe(true)
  })

  test('reads wait too, when there is no write-ahead log', async () => {
    const path = newPath()
    rawDatabase(path, 'create table sessions (id char(32) primary key, a_session text)')
    const driver = await openDriver({ dataSource: path, shared: true })
    await driver.store('a', bytes('image'), 60)
    const holder = await startLock(path, 'exclusive')
    const [reading, listing] = [imageOf(driver, 'a'), list(driver)]
    await someTurns()
    holder.stdin?.end()
    expect(await reading).toEqual(Buffer.from('image'))
    expect(await listing).toEqual(['a'])
  })
})

test('four processes that count lose nothing', async () => {
  const path = newPath()
  const driver = await openDriver({ dataSource: path })
  await driver.store('counter', bytes('0'), 3600)
  const children = Array.from({ length: 4 }, () => start('sqlite-count.mjs', path, '100'))
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as number))
  expect(codes).toEqual([0, 0, 0, 0])
  expect(await imageOf(driver, 'counter')).toEqual(Buffer.from('400'))
})

test('processes that are killed while they write leave whole records', async () => {
  const path = newPath()
  for (let round = 0; round < 3; round++) {
    const child = start('write-forever.mjs', 'SQLite', path)
    await once(child.stdout!, 'data')
    await someTurns()
    child.kill('SIGKILL')
    await once(child, 'exit')

    const driver = await openDriver({ dataSource: path })
    expect(await list(driver)).toEqual('abcdefgh'.split(''))
    for (const id of 'abcdefgh') {
      const image = await imageOf(driver, id)
      expect((image?.length ?? 0) % 5000).toBe(0)
      expect(new Set(image).size).toBe(1)
    }
    driver.close()
  }
  expect(firstRow(rawDatabase(path), 'pragma integrity_check')).toEqual({ integrity_check: 'ok' })
})
