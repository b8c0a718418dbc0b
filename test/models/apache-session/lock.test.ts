import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { hiddenId } from '../../../src/hidden-ids.ts'
import {
  ApacheSession,
  type ApacheSessionOptions,
  LockLostError,
  LockTimeoutError,
  SessionGoneError,
  SessionStore,
} from '../../../src/index.ts'
import { MinimalDriver } from '../../support/minimal-driver.ts'
import { useMinimalStore } from '../../support/minimal-store.ts'
import { someTurns } from '../../support/some-turns.ts'
import { watched } from '../../support/watched.ts'
import { stored, TYPE } from './sessions.ts'

const patient = { lock: { timeout: 60_000, lease: 60_000 } } as const

interface Counted {
  n: number
}

async function twoStores() {
  const memoryName = `lock ${Math.random()}`
  const open = async () => {
    const store = await SessionStore.open({ type: TYPE, memoryName })
    onTestFinished(() => store.close())
    return store
  }
  const stores = [await open(), await open()] as const
  const on = (at: 0 | 1, options: ApacheSessionOptions = patient) =>
    ApacheSession.on<Counted>(stores[at], options)
  return { stores, one: on(0), other: on(1), impatient: on(1, { lock: true, timeout: 0 }) }
}

describe('a locked session', () => {
  test('is one’s own from its beginning to its end', async () => {
    const { one, other, impatient, stores } = await twoStores()
    const s = await one.new()
    expect(s._LOCK).toBe(true)
    await expect(impatient.open(s._ID)).rejects.toThrow(LockTimeoutError)
    const next = watched(other.open(s._ID))
    s.n = 1
    await s.store()
    await someTurns()
    expect(next.isOver).toBe(false)
    s.n = 2
    await s.close()
    const theirs = (await next.work)!
    expect([s._LOCK, theirs._LOCK, theirs.n]).toEqual([false, true, 2])
    await expect(stores[0].lock(s._ID, { timeout: 0 })).rejects.toThrow(LockTimeoutError)
    await theirs.close()
    await (await stores[0].lock(s._ID, { timeout: 0 })).release()
  })

  test('who does not ask is not kept out', async () => {
    const { one, stores } = await twoStores()
    const s = await one.new()
    const free = (await ApacheSession.open<Counted>(s._ID, { store: stores[1] }))!
    free.n = 1
    await free.close()
    await s.close()
    expect(await stored(stores[0], s._ID)).toEqual({ n: 1 })
  })

  test('is free after destroy(), after an end with an error, and where there was no session', async () => {
    const { one, stores } = await twoStores()
    const isFree = async (id: string) => (await stores[1].lock(id, { timeout: 0 })).release()
    const destroyed = await one.new()
    await destroyed.destroy()
    await isFree(destroyed._ID)

    const removed = await one.new({ onError: () => {} })
    const use = async () => {
      await using s = removed
      await stores[1].remove(s._ID)
      s.n = 1
    }
    await expect(use()).rejects.toThrow(SessionGoneError)
    await isFree(removed._ID)

    expect(await one.open('nobody')).toBeUndefined()
    await isFree('nobody')
    const ids: string[] = []
    await stores[0].traverse((id) => ids.push(id))
    expect(ids).toEqual([])
  })

  test('counts every one of many at once', async () => {
    const { one, other, stores } = await twoStores()
    const s = await one.new()
    s.n = 0
    await s.close()
    await Promise.all(
      Array.from({ length: 20 }, async (_, at) => {
        await using mine = (await (at % 2 === 0 ? one : other).open(s._ID))!
        const before = mine.n!
        await someTurns()
        mine.n = before + 1
      }),
    )
    expect(await stored(stores[0], s._ID)).toEqual({ n: 20 })
  })

  describe('whose lock was lost', () => {
    const minimal = useMinimalStore()

    async function losing() {
      vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
      onTestFinished(() => void vi.useRealTimers())
      const store = await minimal.open({ type: 'driver:Minimal;serialize:JSON;layout:ApacheSession' })
      onTestFinished(() => store.close())
      const s = await ApacheSession.new<Counted>({ store, ...patient, onError: () => {} })
      s.n = 1
      await s.store()
      const lose = async () => {
        MinimalDriver.records.delete(hiddenId('lock', s._ID))
        vi.advanceTimersByTime(60_000)
        await vi.waitFor(() => expect(s._LOCK).toBe(false), { timeout: 20_000 })
      }
      return { s, store, lose }
    }

    test('is not written any more', async () => {
      const { s, store, lose } = await losing()
      await lose()
      s.n = 2
      await expect(s.store()).rejects.toThrow(LockLostError)
      await expect(s.close()).rejects.toThrow(LockLostError)
      expect(await stored(store, s._ID)).toEqual({ n: 1 })
      expect(await s.destroy()).toBe(true)
    })

    test('can be closed when there is nothing to write', async () => {
      const { s, lose } = await losing()
      await lose()
      expect(await s.store()).toBe(false)
      await s.close()
    })
  })
})
