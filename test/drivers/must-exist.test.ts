import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { MissingStorageError, SessionStore } from '../../src/index.ts'
import { newFolder } from '../files/folder.ts'

test.each([
  ['File', (folder: string) => ({ directory: join(folder, 'sessions') })],
  ['SQLite', (folder: string) => ({ dataSource: join(folder, 'sessions.sqlite') })],
  ['LMDB', (folder: string) => ({ dataSource: join(folder, 'sessions.lmdb') })],
  ['LMDB', (folder: string) => ({ dataSource: join(folder, 'sessions/') })],
  ['BerkeleyDB', (folder: string) => ({ dataSource: join(folder, 'sessions.db') })],
  ['BerkeleyDB', (folder: string) => ({ directory: join(folder, 'sessions') })],
])('with mustExist driver:%s makes nothing', async (driver, place) => {
  const folder = newFolder()
  const type = `driver:${driver};id:UUID36;serialize:JSON`
  const opening = SessionStore.open({ type, ...place(folder), mustExist: true })
  await expect(opening).rejects.toThrow(MissingStorageError)
  expect(readdirSync(folder)).toEqual([])
})
