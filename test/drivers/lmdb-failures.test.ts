import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, test } from 'vitest'
import LMDB from '../../drivers/LMDB.ts'
import { StorageError } from '../../src/errors.ts'
import { Child } from '../files/child.ts'
import { bytes, list, newPath, openDriver, textOf } from './lmdb-setup.ts'

/** What opening this file throws. The package itself would end the process at some of them. */
async function refusal(path: string): Promise<string> {
  try {
    await openDriver({ dataSource: path })
  } catch (error) {
    expect(error).toBeInstanceOf(StorageError)
    return (error as Error).message
  }
  return expect.unreachable()
}

/** A file with so many sessions that it has branches, closed. */
async function newFile(): Promise<string> {
  const path = newPath()
  const driver = new LMDB({ dataSource: path, fsync: false }, Date.now)
  await driver.open()
  const ids = Array.from({ length: 500 }, (_, number) => `session ${number}`)
  await Promise.all(ids.map((id) => driver.store(id, Buffer.alloc(900), 60)))
  await driver.close()
  return path
}

/** Changes the file from the byte `at` on. */
function overwrite(path: string, at: number, change: (rest: Buffer) => void): void {
  const content = readFileSync(path)
  change(content.subarray(at))
  writeFileSync(path, content)
}

const pageSize = 4096

describe('a file that cannot be opened says why', () => {
  test.each<[string, (path: string) => void, string]>([
    ['of text', (path) => writeFileSync(path, 'some text\n'.repeat(1000)), 'it belongs to something else'],
    ['that is short', (path) => writeFileSync(path, 'x'), 'it belongs to something else'],
    ['of zeros', (path) => writeFileSync(path, Buffer.alloc(2 * pageSize)), 'it belongs to something else'],
    ['below a file', (path) => writeFileSync(path.replace(/\/[^/]*$/, ''), ''), 'cannot be opened'],
    [
      'of Perl and Debian',
      (path) => {
        // The beginning of what liblmdb 0.9.24 makes.
        const page = Buffer.alloc(pageSize)
        page.writeUInt16LE(8, 10)
        page.writeUInt32LE(0xbeefc0de, 16)
        page.writeUInt32LE(1, 20)
        writeFileSync(path, Buffer.concat([page, page]))
      },
      'it is in format 1, of LMDB 0.9, as Perl and Debian have it; the package lmdb is for format 2',
    ],
  ])('%s', async (kind, make, message) => {
    const path = newPath()
    const below = kind === 'below a file' ? `${path}/x/sessions.lmdb` : path
    if (below !== path) mkdirSync(path)
    make(below)
    expect(await refusal(below)).toContain(message)
  })

  test('of another format', async () => {
    const path = await newFile()
    for (const page of [0, pageSize]) overwrite(path, page + 28, (rest) => rest.writeUInt16LE(3))
    expect(await refusal(path)).toContain('it is in format 3, and the package lmdb is for format 2')
  })

  test.each([1, 2, 20])('cut off after %i pages', async (pages) => {
    const path = await newFile()
    truncateSync(path, pages * pageSize)
    expect(await refusal(path)).toBe(
      `LMDB file ${path} was cut off after ${pages * pageSize} bytes. Restore it from a backup`,
    )
  })

  test('with other pages in place of its own', async () => {
    const path = await newFile()
    overwrite(path, 2 * pageSize, (rest) => rest.fill(0))
    expect(await refusal(path)).toContain('The file is damaged: restore it from a backup')
  })
})

test('pages that are damaged behind a sound beginning are an error when they are read', async () => {
  const path = await newFile()
  const sound = await openDriver({ dataSource: path })
  const ids = await list(sound)
  await sound.close()
  // The leaves, by the text in them.
  overwrite(path, 2 * pageSize, (rest) => {
    for (let at = 0; at + pageSize <= rest.length; at += pageSize) {
      const page = rest.subarray(at, at + pageSize)
      if (page.includes('session 1') && page.includes(Buffer.alloc(900))) page.fill(0)
    }
  })
  const driver = await openDriver({ dataSource: path })
  const read = () => ids.map((id) => driver.retrieve(id))
  expect(read).toThrow(StorageError)
  expect(read).toThrow(`${basename(path)}: MDB_CORRUPTED`)
  await expect(driver.store('session 1', bytes('image'), 60)).rejects.toThrow('The file is damaged')
})

describe.each(['own', 'handed in'])('a disk that takes no more, with a database %s', (way) => {
  test('is an error that leaves what was there', async () => {
    const path = newPath()
    // Files of at most 1 MB from here on. Without the trap the signal would end the process.
    const limited = new Child('bash', [
      '-c',
      // The package reports failed commits on standard error by itself.
      'trap "" XFSZ; ulimit -f 1024; exec 2>/dev/null "$0" test/processes/lmdb-full.mjs "$1" "$2"',
      process.execPath,
      path,
      way,
    ])
    expect(await limited.rest()).toEqual([
      'store: ERR_SESSION_STORAGE true',
      'replace: ERR_SESSION_STORAGE true',
      'create: ERR_SESSION_STORAGE true',
      'store small: done',
      'smaller true',
    ])
    expect(textOf(await openDriver({ dataSource: path }), 'there')).toBe('smaller')
  })
})
