import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/**
 * A new folder for the tests of one file, removed when they are over: in memory, where the system has such a place, so
 * that thousands of writes do not wait for a disk.
 */
export function fastScratchFolder(): string {
  const folder = mkdtempSync(join(fastFolder(), 'data-session-contract-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function fastFolder(): string {
  try {
    accessSync('/dev/shm', constants.W_OK)
    return '/dev/shm'
  } catch {
    return tmpdir()
  }
}
