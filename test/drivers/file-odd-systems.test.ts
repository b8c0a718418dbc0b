import * as fs from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { StorageError } from '../../src/errors.ts'
import { newFolder } from '../files/folder.ts'
import { all, image, later, newFileDriver, NOW, textOf } from '../files/new-file-driver.ts'

// File systems that a test machine does not have: without hard links, and full in the middle of a write.
const odd = vi.hoisted(() => ({ noLinks: false, full: (_bytes: Uint8Array): boolean => false }))

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>()
  const failure = (code: string) => Object.assign(new Error(`${code}: simulated`), { code })
  return {
    ...real,
    linkSync: (...paths: Parameters<typeof fs.linkSync>) => {
      if (odd.noLinks) throw failure('EPERM')
      real.linkSync(...paths)
    },
    writeSync: (fd: number, bytes: Uint8Array, offset: number, length: number, position: number) => {
      if (!odd.full(bytes)) return real.writeSync(fd, bytes, offset, length, position)
      // Some bytes get through; there is no room for the next.
      if (offset > 0) throw failure('ENOSPC')
      return real.writeSync(fd, bytes, offset, Math.ceil(length / 2), position)
    },
  }
})

afterEach(() => {
  odd.noLinks = false
  odd.full = () => false
})

const isText = (text: string) => (bytes: Uint8Array) => Buffer.from(bytes).toString() === text

test('without hard links a record is still made only once, and whole', async () => {
  odd.noLinks = true
  const directory = newFolder()
  const driver = newFileDriver({ directory })
  expect(await driver.create('a', image('first'), 60)).toBe(true)
  expect(await driver.create('a', image('second'), 60)).toBe(false)
  expect(await driver.retrieve('a')).toEqual({ image: Buffer.from('first'), expires: NOW + 60 })
  await driver.store('b', image('stored'), undefined)
  await driver.store('b', image('again'), undefined)
  expect(await textOf(driver, 'b')).toBe('again')
  expect(await all(driver.ids())).toHaveLength(2)
  expect(fs.readdirSync(directory)).toHaveLength(2)
})

test.each(['store', 'replace', 'create'] as const)(
  '%s on a full disk leaves the old and nothing new',
  async (verb) => {
    const directory = newFolder()
    const driver = newFileDriver({ directory })
    await driver.store('there', image('old'), 60)
    odd.full = isText('new image')
    const id = verb === 'create' ? 'new' : 'there'
    const write = () =>
      verb === 'replace'
        ? driver.replace(id, image('old'), image('new image'), 60)
        : driver[verb](id, image('new image'), 60)
    await expect(later<unknown>(write)).rejects.toThrow(StorageError)
    expect(await textOf(driver, 'there')).toBe('old')
    expect(fs.readdirSync(directory)).toEqual(['cgisess_there'])
  },
)

test.each(['old', 'an old image that is longer than the new one'])(
  'in place, what was half written is put back: %s',
  async (old) => {
    const directory = newFolder()
    const driver = newFileDriver({ directory, shared: true })
    await driver.store('there', image(old), undefined)
    odd.full = isText('new image')
    await expect(later(() => driver.store('there', image('new image'), undefined))).rejects.toThrow(/ENOSPC/)
    await expect(later(() => driver.replace('there', image(old), image('new image'), 9))).rejects.toThrow(
      /ENOSPC/,
    )
    expect(await textOf(driver, 'there')).toBe(old)
    for (const verb of ['create', 'store'] as const) {
      await expect(later<unknown>(() => driver[verb]('new', image('new image'), 9))).rejects.toThrow(
        StorageError,
      )
    }
    expect(fs.readdirSync(directory)).toEqual(['cgisess_there'])
  },
)

test('in place, a companion that finds no room changes nothing', async () => {
  const directory = newFolder()
  const driver = newFileDriver({ directory, shared: true })
  await driver.store('there', image('old'), undefined)
  odd.full = (bytes) => Buffer.from(bytes).includes('companion')
  await expect(later(() => driver.store('there', image('new'), undefined))).rejects.toThrow(StorageError)
  await expect(later(() => driver.create('new', image('new'), undefined))).rejects.toThrow(StorageError)
  expect(fs.readdirSync(directory)).toEqual(['cgisess_there'])
  expect(fs.readFileSync(join(directory, 'cgisess_there'), 'utf8')).toBe('old')
})
