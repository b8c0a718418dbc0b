import { closeSync, existsSync, mkdirSync, openSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type File from '../../drivers/File.ts'
import { InvalidIdError, InvalidOptionError, LockTimeoutError } from '../../src/errors.ts'
import { findFlock } from '../../src/files/find-flock.ts'
import { flockCommand } from '../../src/files/flock-command.ts'
import { koffiFlock } from '../../src/files/koffi-flock.ts'
import { SessionStore } from '../../src/index.ts'
import { newFolder } from '../files/folder.ts'
import { all, image, later, newFileDriver, textOf } from '../files/new-file-driver.ts'
import { watched } from '../support/watched.ts'

const id = 'abc0'
const lockName = `Apache-Session-${id}.lock`

/** Sessions and lock files, in one folder or in two. */
function newFolders({ together = false } = {}) {
  const directory = newFolder()
  const lockDirectory = together ? directory : join(directory, 'locks')
  if (!together) mkdirSync(lockDirectory)
  return { directory, lockDirectory, fileName: '%s', shared: true }
}

/** Has the lock as another process would. */
async function hold(path: string): Promise<() => void> {
  const fd = openSync(path, 'w')
  expect(await findFlock()!.tryLock(fd, 'exclusive')).toBe(true)
  return () => closeSync(fd)
}

test('a session is locked by its lock file, which stays', async () => {
  const folders = newFolders()
  const driver = newFileDriver({ ...folders, timeout: 60 })
  await driver.create(id, image('old'), undefined)
  expect(readdirSync(folders.lockDirectory)).toEqual([lockName])
  const release = await hold(join(folders.lockDirectory, lockName))
  const works = [
    () => driver.retrieve(id),
    () => driver.store(id, image('new'), undefined),
    () => driver.replace(id, image('old'), image('new'), undefined),
    () => driver.remove(id),
    () => driver.removeIf(id, image('old')),
  ]
  for (const work of works) await expect(later<unknown>(work)).rejects.toThrow(LockTimeoutError)
  release()
  expect(await textOf(driver, id)).toBe('old')
  expect(await driver.replace(id, image('old'), image('new'), undefined)).toBe('done')
  expect(await driver.remove(id)).toBe(true)
  expect(readdirSync(folders.lockDirectory)).toEqual([lockName])
})

test('the file itself is not locked, and nobody waits for who locks it', async () => {
  const folders = newFolders()
  const driver = newFileDriver({ ...folders, timeout: 60 })
  await driver.create(id, image('old'), undefined)
  const fd = openSync(join(folders.directory, id), 'r')
  expect(await findFlock()!.tryLock(fd, 'exclusive')).toBe(true)
  expect(await driver.replace(id, image('old'), image('new'), undefined)).toBe('done')
  closeSync(fd)
})

test('whoever asks for a session that is not there leaves no lock file', async () => {
  const folders = newFolders()
  const driver = newFileDriver(folders)
  expect(await driver.retrieve(id)).toBeUndefined()
  expect(await driver.replace(id, image('old'), image('new'), undefined)).toBe('absent')
  expect(await driver.remove(id)).toBe(false)
  expect(readdirSync(folders.lockDirectory)).toEqual([])
})

test('a lock file that was cleaned away while it was waited for is no lock', async () => {
  const folders = newFolders()
  const driver = newFileDriver({ ...folders, timeout: 20_000 })
  await driver.create(id, image('old'), undefined)
  const path = join(folders.lockDirectory, lockName)
  const releases = [await hold(path)]
  const replacing = driver.replace(id, image('old'), image('new'), undefined)
  unlinkSync(path)
  releases.push(await hold(path))
  releases[0]!()
  expect(await Promise.race([replacing, new Promise((resolve) => setTimeout(resolve, 100, 'waits'))])).toBe(
    'waits',
  )
  releases[1]!()
  expect(await replacing).toBe('done')
})

test('lock files among the sessions are no sessions', async () => {
  const folders = newFolders({ together: true })
  const driver = newFileDriver(folders)
  await driver.create(id, image('old'), undefined)
  writeFileSync(join(folders.directory, 'Apache-Session-abc1.lock'), '')
  expect(existsSync(join(folders.directory, lockName))).toBe(true)
  expect(await all(driver.ids())).toEqual([id])
})

test('an id is refused whose lock file would have too long a name', () => {
  const driver = newFileDriver(newFolders())
  driver.checkId('a'.repeat(235))
  expect(() => driver.checkId('a'.repeat(236))).toThrow(InvalidIdError)
})

test.each([
  ['without shared', { shared: false }, 'goes with shared: true'],
  ['without locks', { noFlock: true }, 'not with noFlock'],
  ['with a folder that is not there', { lockDirectory: '/nowhere/locks' }, 'is not a folder'],
])('lockDirectory %s is refused', (_, more, message) => {
  const open = () => newFileDriver({ ...newFolders(), ...more })
  expect(open).toThrow(InvalidOptionError)
  expect(open).toThrow(message)
})

describe.each([
  ['by koffi', koffiFlock],
  ['by the command flock', flockCommand],
])('the lock of a session that is held for longer, %s', (_, finder) => {
  test('keeps others out, and no verb of this process', async () => {
    const folders = newFolders()
    const [driver, other] = [folders, { ...folders, fsync: true }].map((options) =>
      newFileDriver({ ...options, timeout: 20_000 }, finder),
    ) as [File, File]
    const lock = (await driver.tryLock!(id))!
    expect(await isFree(folders)).toBe(false)
    expect(await other.tryLock!(id)).toBeUndefined()
    expect(await driver.tryLock!(id)).toBeUndefined()
    expect(await lock.renew()).toBe(true)
    for (const one of [driver, other]) {
      await one.store(id, image('0'), undefined)
      expect(await textOf(one, id)).toBe('0')
      const adds = Array.from({ length: 10 }, () => addOne(one))
      await Promise.all(adds)
      expect(await textOf(one, id)).toBe('10')
      expect(await one.removeIf(id, image('10'))).toBe('done')
      expect(await one.create(id, image('new'), undefined)).toBe(true)
      expect(await one.remove(id)).toBe(true)
    }
    expect(await isFree(folders)).toBe(false)
    await lock.release()
    expect(await isFree(folders)).toBe(true)
    await (await other.tryLock!(id))!.release()
  })

  test('is not to be had while somebody else has it', async () => {
    const folders = newFolders()
    const driver = newFileDriver(folders, finder)
    const release = await hold(join(folders.lockDirectory, lockName))
    expect(await driver.tryLock!(id)).toBeUndefined()
    release()
    const lock = await driver.tryLock!(id)
    await driver.create('abc1', image('another'), undefined)
    expect(await textOf(driver, 'abc1')).toBe('another')
    await lock!.release()
  })
})

test('others get it when the work under it is over', async () => {
  const folders = newFolders()
  const driver = newFileDriver({ ...folders, fsync: true })
  const lock = (await driver.tryLock!(id))!
  const storing = watched(later(() => driver.store(id, image('new'), undefined)))
  await lock.release()
  expect(storing.isOver).toBe(true)
  expect(await textOf(driver, id)).toBe('new')
})

test('a lock is lost with its file, and the next one is not', async () => {
  const folders = newFolders()
  const driver = newFileDriver(folders)
  const lock = (await driver.tryLock!(id))!
  unlinkSync(join(folders.lockDirectory, lockName))
  expect(await lock.renew()).toBe(false)
  const next = (await driver.tryLock!(id))!
  await lock.release()
  expect(await next.renew()).toBe(true)
  expect(await driver.tryLock!(id)).toBeUndefined()
  expect(await textOf(driver, id)).toBeUndefined()
  await driver.store(id, image('new'), undefined)
  expect(await isFree(folders)).toBe(false)
  await next.release()
})

test('a store locks sessions by it, and tells when it was lost', async () => {
  const folders = newFolders()
  const type = 'driver:File;id:MD5;serialize:JSON;layout:ApacheSession'
  await using store = await SessionStore.open({ type, ...folders, timeout: 20_000 })
  const release = await hold(join(folders.lockDirectory, lockName))
  await expect(store.lock(id, { timeout: 0 })).rejects.toThrow(LockTimeoutError)
  const waiting = store.lock(id, { lease: 100 })
  release()
  const lock = await waiting
  expect(await isFree(folders)).toBe(false)
  expect(readdirSync(folders.directory)).toEqual(['locks'])
  const session = await store.load(id)
  session.param('a', 1)
  await session.flush()
  unlinkSync(join(folders.lockDirectory, lockName))
  if (!lock.lost.aborted) await once(lock.lost, 'abort')
  expect(lock.held).toBe(false)
})

test('without lock files there is no lock to be held', () => {
  expect(newFileDriver({ directory: newFolder(), shared: true }).tryLock).toBeUndefined()
})

/** Whether another process could have the lock now. */
async function isFree({ lockDirectory }: { lockDirectory: string }): Promise<boolean> {
  const fd = openSync(join(lockDirectory, lockName), 'r+')
  const isFree = await findFlock()!.tryLock(fd, 'exclusive')
  closeSync(fd)
  return isFree
}

async function addOne(driver: File): Promise<void> {
  for (;;) {
    const text = (await textOf(driver, id))!
    if ((await driver.replace(id, image(text), image(`${Number(text) + 1}`), undefined)) === 'done') return
  }
}
