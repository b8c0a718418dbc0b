import { closeSync, existsSync, mkdirSync, openSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { InvalidIdError, InvalidOptionError, LockTimeoutError } from '../../src/errors.ts'
import { findFlock } from '../../src/files/find-flock.ts'
import { newFolder } from '../files/folder.ts'
import { all, image, later, newFileDriver, textOf } from '../files/new-file-driver.ts'

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
