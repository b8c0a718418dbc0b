import { mkdirSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  ApacheSession,
  ApacheStorage,
  DamagedRecordError,
  InvalidIdError,
  InvalidPluginError,
  Registry,
  SessionGoneError,
  SessionStore,
  StorageError,
} from '../../../src/index.ts'
import type { Hash, PluginOptions } from '../../../src/plugin.ts'
import { contextOf } from '../../../src/testing/context.ts'
import { type DriverSetup, driverContract } from '../../../src/testing/index.ts'
import { newFolder } from '../../cli/data-session.ts'
import { fastScratchFolder } from '../../contract/scratch.ts'
import { stored } from './sessions.ts'

const memories = new Map<string, Map<string, Hash>>()
const broken = new Set<string>()

/** As Apache::Session::Win32 did it: hashes in the memory of the process. */
class Win32 extends ApacheStorage {
  get #hashes(): Map<string, Hash> {
    const name = String(this.options['memory'])
    if (broken.has(name)) throw new Error('no memory')
    const hashes = memories.get(name) ?? new Map<string, Hash>()
    memories.set(name, hashes)
    return hashes
  }

  fetch(id: string): Hash | undefined {
    return this.#hashes.get(id)
  }

  create(id: string): Hash | undefined {
    if (this.#hashes.has(id)) return undefined
    this.#hashes.set(id, {})
    return {}
  }

  commit(hash: Hash, id: string): void {
    this.#hashes.set(id, { ...hash })
  }

  destroy(id: string): boolean {
    return this.#hashes.delete(id)
  }
}

class ListedWin32 extends Win32 {
  override async *ids(): AsyncGenerator<string> {
    const name = String(this.options['memory'])
    if (broken.has(name)) throw new Error('no memory')
    const ids = [...(memories.get(name)?.keys() ?? [])]
    yield* ids
  }
}

/** As Apache::Session::File did it: a file for each session. */
class Files extends ApacheStorage {
  static override options() {
    return { autocommit: 0, lifetime: 60 } as const
  }

  override open(): void {
    mkdirSync(String(this.options['folder']), { recursive: true })
  }

  #path(id: string): string {
    return join(String(this.options['folder']), id)
  }

  fetch(id: string): Hash | undefined {
    try {
      return JSON.parse(readFileSync(this.#path(id), 'utf8')) as Hash
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  create(id: string): Hash | undefined {
    try {
      writeFileSync(this.#path(id), '{}', { flag: 'wx' })
      return {}
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined
      throw error
    }
  }

  commit(hash: Hash, id: string): void {
    writeFileSync(this.#path(id), JSON.stringify(hash))
  }

  destroy(id: string): boolean {
    try {
      unlinkSync(this.#path(id))
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
      throw error
    }
  }

  override ids(): string[] {
    return readdirSync(String(this.options['folder']))
  }
}

const root = fastScratchFolder()

const setups: Record<string, DriverSetup> = {
  'in memory': {
    offers: ['create'],
    create: (context) => new (ListedWin32.asDriver())({ ...context, options: { memory: context.storage } }),
    destroy: (storage) => void (memories.delete(storage), broken.delete(storage)),
    sabotage: (storage) => void broken.add(storage),
  },
  'in files': {
    offers: ['create'],
    records: 300,
    create: (context) =>
      new (Files.asDriver())({ ...context, options: { folder: join(root, context.storage) } }),
    destroy: (storage) => rmSync(join(root, storage), { recursive: true, force: true }),
    sabotage: (storage) => {
      rmSync(join(root, storage), { recursive: true })
      writeFileSync(join(root, storage), 'a file in the place of the folder')
    },
  },
}

describe.each(Object.entries(setups))('the contract of drivers, %s', (_, setup) => {
  for (const { name, run } of driverContract(setup)) test(name, run)
})

describe('a storage class', () => {
  const open = async (options: PluginOptions = {}) => {
    const memory = `memory ${Math.random()}`
    const registry = new Registry().register('driver', 'Win32', Win32.asDriver())
    const type = 'driver:Win32;id:MD5;serialize:JSON;layout:ApacheSession'
    return { store: await SessionStore.open({ type, registry, memory, ...options }), memory }
  }

  test('sees the data that it keeps', async () => {
    const { store, memory } = await open()
    await using s = await ApacheSession.new<{ cart: object }>({ store })
    s.cart = { 'é 日本': [1, -0.5, 1e21, null, true], 10: 'ten', 9: 'nine' }
    await s.store()
    const hash = memories.get(memory)!.get(s._ID)
    expect(hash).toEqual({
      _session_id: s._ID,
      _data_session: expect.objectContaining({ etime: 3600 }) as object,
      cart: s.cart,
    })
    expect(await stored(store, s._ID)).toEqual({ cart: s.cart })
  })

  test.each([
    '',
    '{}',
    '{"a": 1}',
    '{"a":1.0}',
    '{"a":12345678901234567890}',
    '{"a":-0}',
    '{"b":1,"a":2,"10":3,"9":4}',
    '{"a":1,"a":2}',
    '{"é":"é"}',
    '{"\\u00e9":"\\u00e9"}',
    '{"__proto__":{"x":1}}',
    '{"_data_session_image":"x"}',
    '[1]',
    'null',
    '"text"',
  ])('gives the very bytes of %s back', async (text) => {
    const driver = new (Win32.asDriver())({
      ...contextOf(Date.now, 'unused'),
      options: { memory: `bytes ${Math.random()}` },
    })
    await driver.store('a', Buffer.from(text), undefined)
    expect(String(Buffer.from((await driver.retrieve('a'))!.image))).toBe(text)
  })

  test('that does not tell whether there was a session leaves that to others: one is told', async () => {
    class Silent extends Win32 {
      override destroy(id: string): never {
        super.destroy(id)
        return undefined as never
      }
    }
    const options = { memory: `silent ${Math.random()}` }
    const driver = new (Silent.asDriver())({ ...contextOf(Date.now, 'unused'), options })
    await driver.store('a', Buffer.from('x'), undefined)
    const told = await Promise.all(Array.from({ length: 5 }, () => driver.remove('a')))
    expect(told.filter(Boolean)).toHaveLength(1)
  })

  test('is told when a session ends', async () => {
    const ends: (number | undefined)[] = []
    class Told extends Win32 {
      override commit(hash: Hash, id: string, expires?: number): void {
        ends.push(expires)
        super.commit(hash, id)
      }
    }
    const sessions = ApacheSession.on(Told)
    const options = { memory: 'told', clock: () => 1_700_000_000_999 }
    await sessions.new({ ...options, lifetime: 60 })
    await sessions.new({ ...options, lifetime: 0 })
    expect(ends).toEqual([1_700_000_060, undefined])
  })

  test.each(['Storable', 'DataDumper', 'YAML'])('keeps what %s writes, as a text', async (name) => {
    const { store, memory } = await open({
      type: `driver:Win32;id:MD5;serialize:${name};layout:DataSession`,
    })
    const session = await store.load('abc')
    session.param({ text: 'a ☕', list: [1, { a: null }] })
    await session.flush()
    expect(Object.keys(memories.get(memory)!.get('abc')!)).toEqual(['_session_id', '_data_session_image'])
    expect(await stored(store, 'abc')).toEqual({ text: 'a ☕', list: [1, { a: null }] })
  })

  test('is a place for sessions, with options of its own', async () => {
    const folder = newFolder()
    const sessions = ApacheSession.on<{ a: number }>(Files, { folder })
    const s = await sessions.new()
    expect([s._AUTOCOMMIT, s._LIFETIME]).toEqual([false, 60])
    s.a = 1
    await s.store()
    await s.close()
    expect(JSON.parse(readFileSync(join(folder, s._ID), 'utf8'))).toMatchObject({ _session_id: s._ID, a: 1 })
    const found = (await sessions.open(s._ID, { autocommit: 1, lifetime: '1h' }))!
    expect([found.a, found._AUTOCOMMIT, found._LIFETIME]).toEqual([1, true, 3600])
    await found.destroy()
    expect(readdirSync(folder)).toEqual([])
  })

  test('is a place for all other sessions, too', async () => {
    const { store } = await open()
    await Promise.all(
      Array.from({ length: 20 }, () =>
        store.update('n', (session) => session.param('n', Number(session.param('n') ?? 0) + 1)),
      ),
    )
    expect(await stored(store, 'n')).toEqual({ n: 20 })
    const late = (await store.find('n'))!
    late.param('n', 0)
    await store.remove('n')
    await expect(late.flush()).rejects.toThrow(SessionGoneError)
  })

  test('is locked for one at a time, among those of one store', async () => {
    const { store } = await open()
    const { _ID: id } = await ApacheSession.new({ store })
    const count = async () => {
      const lock = { timeout: 60_000, lease: 60_000 }
      await using s = (await ApacheSession.open<{ n: number }>(id, { store, lock }))!
      s.n = (s.n ?? 0) + 1
    }
    await Promise.all(Array.from({ length: 5 }, count))
    expect(await stored(store, id)).toEqual({ n: 5 })
  })

  test('without ids() can be neither listed nor purged, and says so', async () => {
    const { store } = await open()
    await expect(store.traverse(() => {})).rejects.toThrow(InvalidPluginError)
    await expect(store.purge()).rejects.toThrow("The storage class 'Win32' has no ids()")
  })

  test('is not asked for ids that lead elsewhere', async () => {
    const { store } = await open()
    for (const id of ['../x', '..', '.', 'a/b', 'a\\b', '-rf', '', 'a\0', 'é']) {
      if (id !== '') await expect(store.find(id)).rejects.toThrow(InvalidIdError)
      expect(await ApacheSession.open(id, { store })).toBeUndefined()
    }
  })

  test('that fails, or fetches no hash, fails as storage does', async () => {
    const { store, memory } = await open()
    const s = await ApacheSession.new({ store, onError: () => {} })
    memories.get(memory)!.set(s._ID, 'text' as unknown as Hash)
    await expect(ApacheSession.open(s._ID, { store })).rejects.toThrow('fetched what is no hash')
    memories.get(memory)!.set(s._ID, { _data_session: 5 })
    await expect(ApacheSession.open(s._ID, { store })).rejects.toThrow(DamagedRecordError)
    broken.add(memory)
    await expect(ApacheSession.open(s._ID, { store })).rejects.toThrow(
      new StorageError("The storage class 'Win32' failed: no memory"),
    )
  })
})
