import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { examine } from '../../src/examine.ts'
import { Registry, StorageError } from '../../src/index.ts'
import { type OpenStore, openStore } from '../../src/open-store.ts'
import { MinimalDriver } from '../support/minimal-driver.ts'

const directory = mkdtempSync(join(tmpdir(), 'data-session-examine-'))
afterAll(() => rmSync(directory, { recursive: true }))

const times = '"_SESSION_ATIME":1000,"_SESSION_CTIME":900'
const images = {
  alive: `{${times},"a":1}`,
  edge: `{${times},"_SESSION_ETIME":1000}`,
  expired: `{${times},"_SESSION_ETIME":999}`,
  empty: '',
  damaged: '{',
}
const options = { type: 'driver:File;serialize:JSON', directory, clock: () => 2_000_000, mustExist: true }

test.each([false, true])('what lies under an id is told, shared: %s', async (shared) => {
  for (const [id, image] of Object.entries(images)) writeFileSync(join(directory, `cgisess_${id}`), image)
  const store = await openStore({ ...options, shared })
  const states: Record<string, string> = {}
  for (const id of [...Object.keys(images), 'absent']) {
    const found = await examine(store, id)
    states[id] = found.state
    if ('image' in found) expect(Buffer.from(found.image).toString()).toBe(images[id as keyof typeof images])
  }
  expect(states).toEqual({
    alive: 'alive',
    edge: 'alive',
    expired: 'expired',
    empty: 'empty',
    damaged: 'damaged',
    absent: 'absent',
  })
})

/** A store whose driver cannot read, for this reason. */
async function failing(cause: object): Promise<OpenStore> {
  class Failing extends MinimalDriver {
    override retrieve(): never {
      throw new StorageError('It failed', { cause })
    }
  }
  const registry = new Registry().register('driver', 'Failing', Failing)
  return openStore({ type: 'driver:Failing;id:MD5;serialize:JSON', registry })
}

test('one record that cannot be read is told from a storage that fails', async () => {
  expect(await examine(await failing({ code: 'EACCES' }), 'a')).toMatchObject({
    state: 'unreadable',
    error: { message: 'It failed' },
  })
  const store = await failing({ code: 'ECONNRESET' })
  expect(() => examine(store, 'a')).toThrow('It failed')
})
