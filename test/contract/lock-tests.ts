import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import type { Driver } from '../../src/contracts/driver.ts'
import type { Serializer } from '../../src/contracts/serializer.ts'
import { LockLostError, LockTimeoutError } from '../../src/errors.ts'
import { hiddenId } from '../../src/hidden-ids.ts'
import DataSession from '../../src/layouts/DataSession.ts'
import { Lease, LeaseClaim } from '../../src/locks/lease.ts'
import { SessionLocks } from '../../src/locks/session-locks.ts'
import { RecordStore } from '../../src/record-store.ts'
import { contextOf, fakeClock, newStorage } from '../../src/testing/context.ts'
import type { DriverSetup } from '../../src/testing/index.ts'
import { builtIn } from './plugins.ts'

const id = 'a'.repeat(32)
const LEASE = 1000

/** So that no stop of a busy machine takes a lock from its holder. */
const patient = { timeout: 60_000, lease: 60_000 }

interface Opened {
  readonly driver: Driver
  readonly records: RecordStore
  readonly locks: SessionLocks
  /** One who wants the lock of the session. */
  readonly claim: () => LeaseClaim
}

/** What locks ask of a driver that has none of its own. */
export function lockTests(setup: DriverSetup): void {
  /** Without conditional writes of its own a driver excludes within one store. */
  const isWhole = setup.offers === undefined || setup.offers.includes('replace')

  describe('exclusive access', () => {
    test('has one at a time, and leaves nothing behind', () =>
      inStorage(setup, async (open) => {
        const [one, other] = [await open(), await open()]
        const lock = await one.locks.lock(id, patient)
        await expect(other.locks.lock(id, { timeout: 0 })).rejects.toThrow(LockTimeoutError)
        await expect(one.locks.lock(id, { timeout: 0 })).rejects.toThrow(LockTimeoutError)
        const another = await other.locks.lock('b'.repeat(32), patient)
        expect([lock.held, another.held]).toEqual([true, true])
        await another.release()
        await lock.release()
        await lock.release()
        expect(lock.held).toBe(false)
        const next = await other.locks.lock(id, patient)
        await next.release()
        expect([lock.lost.aborted, next.lost.aborted]).toEqual([false, false])
        expect(await idsOf(one)).toEqual([])
      }))

    test('is taken from a holder that gives no sign of life for a lease, and from no other', () =>
      inStorage(setup, async (open, time) => {
        const [one, other] = [await open(), await open()]
        const [mine, theirs] = [one.claim(), other.claim()]
        const lease = held(await mine.tryTake())
        expect(await theirs.tryTake()).toBeUndefined()
        time.pass(LEASE - 1)
        expect(await lease.renew()).toBe(true)
        time.pass(LEASE - 1)
        expect(await theirs.tryTake()).toBeUndefined()
        time.pass(LEASE - 1)
        expect(lease.isOver).toBe(true)
        expect(await theirs.tryTake()).toBeUndefined()
        time.pass(1)
        const taken = held(await theirs.tryTake())
        expect(await lease.renew()).toBe(false)
        await lease.release()
        expect(await taken.renew()).toBe(true)
        expect(taken.isOver).toBe(false)
        await taken.release()
        expect(await idsOf(one)).toEqual([])
      }))

    const hasItsOwn = setup.offers?.includes('tryLock') === true
    test.skipIf(hasItsOwn)('ends when the record of the lock is gone', () =>
      inStorage(setup, async (open) => {
        const { driver, locks } = await open()
        const lock = await locks.lock(id, { ...patient, lease: 100 })
        expect(await driver.remove(hiddenId('lock', id))).toBe(true)
        if (!lock.lost.aborted) await once(lock.lost, 'abort')
        expect(lock.held).toBe(false)
        expect(lock.lost.reason).toBeInstanceOf(LockLostError)
        await lock.release()
        await (await locks.lock(id, patient)).release()
      }),
    )

    test('lets nobody in between reading and writing', () =>
      inStorage(setup, async (open) => {
        const one = await open()
        const stores = isWhole ? [one, await open()] : [one]
        await one.driver.store(id, Buffer.from('0'), undefined)
        const add = async ({ driver, locks }: Opened) => {
          await using _ = await locks.lock(id, patient)
          const stored = await driver.retrieve(id)
          const next = Number(Buffer.from(stored!.image).toString()) + 1
          await driver.store(id, Buffer.from(String(next)), undefined)
        }
        await Promise.all(stores.flatMap((store) => Array.from({ length: 5 }, () => add(store))))
        const stored = await one.driver.retrieve(id)
        expect(Buffer.from(stored!.image).toString()).toBe(String(5 * stores.length))
        expect(await idsOf(one)).toEqual([id])
      }))
  })
}

/** Does it in an empty storage, which is cleaned away after. */
async function inStorage(
  setup: DriverSetup,
  work: (open: () => Promise<Opened>, time: { pass(milliseconds: number): void }) => Promise<void>,
): Promise<void> {
  const clock = fakeClock()
  const storage = newStorage()
  const context = contextOf(clock, storage)
  const serializer = await builtIn<Serializer>('serializers', 'JSON', context)
  const opened: Opened[] = []
  let milliseconds = 0
  const open = async () => {
    const driver = await setup.create(context)
    await driver.open?.()
    const records = new RecordStore(driver, { serializer, layout: new DataSession(), shared: false })
    const rules = { now: () => clock.seconds(), monotonic: () => performance.now() }
    const still = { ...rules, monotonic: () => milliseconds }
    const store = {
      driver,
      records,
      locks: new SessionLocks(records, rules),
      claim: () => new LeaseClaim(records, still, id, LEASE),
    }
    opened.push(store)
    return store
  }
  try {
    await work(open, { pass: (more) => void (milliseconds += more) })
  } finally {
    for (const { locks, records } of opened) {
      await locks.close()
      await records.close()
    }
    await setup.destroy?.(storage)
  }
}

function held(lease: Lease | undefined): Lease {
  expect(lease).toBeInstanceOf(Lease)
  return lease!
}

async function idsOf({ driver }: Opened): Promise<string[]> {
  const ids: string[] = []
  for await (const each of driver.ids()) ids.push(each)
  return ids
}
