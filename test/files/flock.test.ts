import { closeSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { findFlock } from '../../src/files/find-flock.ts'
import type { LockKind } from '../../src/files/flock.ts'
import { flockCommand } from '../../src/files/flock-command.ts'
import { koffiFlock } from '../../src/files/koffi-flock.ts'
import { newFolder } from './folder.ts'

describe.each([
  ['koffi', koffiFlock],
  ['the command', flockCommand],
])('flock by %s', (_, make) => {
  const flock = make()!

  test.each<[LockKind, LockKind, boolean]>([
    ['exclusive', 'exclusive', false],
    ['exclusive', 'shared', false],
    ['shared', 'exclusive', false],
    ['shared', 'shared', true],
  ])('while one opening holds it %s, another gets it %s: %s', async (first, second, gets) => {
    const path = join(newFolder(), 'file')
    writeFileSync(path, '')
    const [one, two] = [openSync(path, 'r+'), openSync(path, 'r+')]
    expect(await flock.tryLock(one, first)).toBe(true)
    expect(await flock.tryLock(two, second)).toBe(gets)
    closeSync(one)
    expect(await flock.tryLock(two, second)).toBe(true)
    closeSync(two)
  })

  test('what cannot be locked is an error', async () => {
    await expect((async () => flock.tryLock(987_654, 'exclusive'))()).rejects.toThrow(/flock|EBADF/)
  })
})

test('the same lock is meant by both', async () => {
  const path = join(newFolder(), 'file')
  writeFileSync(path, '')
  const [one, two] = [openSync(path, 'r+'), openSync(path, 'r+')]
  expect(await koffiFlock()!.tryLock(one, 'exclusive')).toBe(true)
  expect(await flockCommand()!.tryLock(two, 'exclusive')).toBe(false)
  closeSync(one)
  closeSync(two)
})

test('the command is looked for in the PATH', () => {
  vi.stubEnv('PATH', newFolder())
  expect(flockCommand()).toBeUndefined()
  vi.unstubAllEnvs()
  expect(flockCommand()).toBeDefined()
})

test('a way is looked for only once', () => {
  expect(findFlock()).toBe(findFlock())
  expect(findFlock()).toBeDefined()
})
