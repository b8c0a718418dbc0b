import { once } from 'node:events'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import {
  ClosedError,
  InvalidIdError,
  InvalidOptionError,
  LockLostError,
  LockTimeoutError,
  type SessionLock,
  type SessionOptions,
  SessionStore,
} from '../../src/index.ts'
import { SessionLocks } from '../../src/locks/session-locks.ts'
import { newStorage } from '../../src/testing/context.ts'
import { failing, newLocks } from './new-locks.ts'

const patient = { timeout: 60_000, lease: 60_000 }

async function open(options: SessionOptions = {}): Promise<SessionStore> {
  const store = await SessionStore.open({ type: 'driver:Memory', memoryName: newStorage(), ...options })
  onTestFinished(() => store.close())
  return store
}

/** Waits until it is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setTimeout(5)
}

test('a session that is not there can be locked, and the lock goes with the block', async () => {
  const store = await open()
  let lock: SessionLock
  {
    await using ours = await store.lock('a')
    lock = ours
    expect(lock).toMatchObject({ id: 'a', held: true })
    await expect(store.lock('a', { timeout: 0 })).rejects.toThrow(LockTimeoutError)
  }
  expect(lock.held).toBe(false)
  expect(lock.lost.aborted).toBe(false)
  await (await store.lock('a', { timeout: 0 })).release()
})

test('whoever waits for too long is told for which session', async () => {
  const store = await open({ timeout: 30 })
  await using _ = await store.lock('a', patient)
  await expect(store.lock('a')).rejects.toThrow('Session "a" was locked by others for more than 30 ms')
})

test('those who wait in one process take turns in the order of their calls', async () => {
  const store = await open()
  const order: number[] = []
  const first = await store.lock('a', patient)
  const others = Array.from({ length: 100 }, async (_, number) => {
    await using lock = await store.lock('a', patient)
    order.push(number)
    await setImmediate()
    expect(lock.held).toBe(true)
    order.push(number)
  })
  await first.release()
  await Promise.all(others)
  expect(order).toEqual(Array.from({ length: 200 }, (_, n) => Math.floor(n / 2)))
})

test('one of them asks the storage, and the others wait for that one', async () => {
  const storage = newStorage()
  const [one, other] = [newLocks(storage), newLocks(storage)]
  const lock = await one.locks.lock('a', patient)
  const waiting = Array.from({ length: 100 }, () => other.locks.lock('a', patient))
  const polls = () => other.driver.calls.filter((call) => call === 'retrieve').length
  await until(() => polls() > 5)
  expect(other.driver.calls.filter((call) => call === 'create')).toHaveLength(1)
  await lock.release()
  for (const next of waiting) await (await next).release()
})

test('one who gives up does not hold up those behind', async () => {
  const store = await open()
  const first = await store.lock('a', patient)
  const hasty = [store.lock('a', { timeout: 1 }), store.lock('a', { timeout: 0 })]
  const behind = store.lock('a', patient)
  for (const each of hasty) await expect(each).rejects.toThrow(LockTimeoutError)
  await first.release()
  expect((await behind).held).toBe(true)
})

test('nor does one whom the storage fails', async () => {
  const { locks, driver } = newLocks()
  driver.instead.create = failing
  const [failed, next] = [locks.lock('a', patient), locks.lock('a', patient)]
  await expect(failed).rejects.toThrow('out of order')
  expect((await next).held).toBe(true)
})

test('a lock that took longer to get than its lease is none, and is asked for again', async () => {
  const { locks, driver, time } = newLocks()
  driver.instead.create = (go) => {
    time.pass(100)
    return go()
  }
  const lock = await locks.lock('a', { timeout: 60_000, lease: 100 })
  expect(lock.held).toBe(true)
  expect(driver.calls.slice(0, 3)).toEqual(['create', 'removeIf', 'create'])
})

test('sessions do not wait for each other', async () => {
  const store = await open()
  const locks = await Promise.all(['a', 'b', 'A'].map((id) => store.lock(id, { timeout: 0 })))
  expect(locks.map(({ held }) => held)).toEqual([true, true, true])
})

test('a holder that renews in time keeps the lock for as long as it likes', async () => {
  const { locks, driver } = newLocks()
  const lock = await locks.lock('a', { lease: 3 })
  const images = new Set<string>()
  while (images.size < 20) {
    images.add(Buffer.from((await driver.retrieve([...driver.ids()][0]!))!.image).toString())
    await setTimeout(1)
  }
  expect(lock.held).toBe(true)
  expect(lock.lost.aborted).toBe(false)
})

test('a process that did not get round to renewing knows at once that it may have lost the lock', async () => {
  const { locks, time } = newLocks()
  const lock = await locks.lock('a', { lease: 100 })
  time.pass(100)
  expect(lock.held).toBe(false)
  await once(lock.lost, 'abort')
  expect(lock.lost.reason).toBeInstanceOf(LockLostError)
  expect(lock.lost.reason).toMatchObject({ code: 'ERR_SESSION_LOCK_LOST', id: 'a', cause: undefined })
  // It has cleared away what was its own.
  await (await locks.lock('a', { timeout: 60_000, lease: 60_000 })).release()
})

test('what the storage failed with is the cause of a loss', async () => {
  const { locks, driver, time } = newLocks()
  const lock = await locks.lock('a', { lease: 100 })
  driver.instead.replace = () => {
    time.pass(100)
    return failing()
  }
  await once(lock.lost, 'abort')
  expect(lock.lost.reason).toMatchObject({ cause: { message: 'out of order' } })
  await lock.release()
})

test('a release of which the storage could not be told is an error, and the next one here is not held up', async () => {
  const { locks, driver, time } = newLocks()
  const lock = await locks.lock('a', { lease: 60_000 })
  driver.instead.removeIf = failing
  await expect(lock.release()).rejects.toThrow('out of order')
  await expect(lock.release()).rejects.toThrow('out of order')
  expect(lock.held).toBe(false)
  const next = locks.lock('a', { timeout: Infinity })
  await until(() => driver.calls.includes('retrieve'))
  // It waits for the end of the lease.
  time.pass(60_000)
  expect((await next).held).toBe(true)
})

test('a renewal that is under way does not outlive the release', async () => {
  const { locks, driver } = newLocks()
  const lock = await locks.lock('a', { lease: 30 })
  const steps: string[] = []
  const renewing = new Promise<void>((begins) => {
    driver.instead.replace = async (go) => {
      begins()
      await setTimeout(20)
      steps.push('renewed')
      return go()
    }
  })
  await renewing
  await lock.release()
  steps.push('released')
  expect(steps).toEqual(['renewed', 'released'])
  expect([...driver.ids()]).toEqual([])
})

test('closing a store releases its locks and sends away who waits', async () => {
  const memoryName = newStorage()
  const [store, other] = [await open({ memoryName }), await open({ memoryName })]
  const theirs = await other.lock('b', patient)
  const lock = await store.lock('a', patient)
  const waiting = [store.lock('a', patient), store.lock('a', patient), store.lock('b', patient)]
  const outcomes = Promise.allSettled(waiting)
  await store.close()
  expect(lock.held).toBe(false)
  expect(lock.lost.aborted).toBe(false)
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(ClosedError) as unknown })
  }
  await expect(store.lock('a')).rejects.toThrow(ClosedError)
  await theirs.release()
  for (const id of ['a', 'b']) await (await other.lock(id, { timeout: 0 })).release()
})

test('a lock that was got while the store was closed is given back', async () => {
  const { locks, driver } = newLocks()
  let closing: Promise<void> | undefined
  driver.instead.create = (go) => {
    closing = locks.close()
    return go()
  }
  await expect(locks.lock('a')).rejects.toThrow(ClosedError)
  await closing
  expect([...driver.ids()]).toEqual([])
})

test('the record of a holder that died is purged', async () => {
  const { driver, records, rules, clock } = newLocks()
  await new SessionLocks(records, rules).lock('a', { lease: 60_000 })
  clock.advance(121)
  expect(driver.purge(clock.seconds)).toBe(1)
})

test('an id that the driver cannot hold is refused', async () => {
  const store = await open({ type: 'driver:File' })
  await expect(store.lock('a/b')).rejects.toThrow(InvalidIdError)
})

test.each([
  [{ timeout: -1 }, "Option 'timeout' must be a number of milliseconds, not -1"],
  [{ timeout: NaN }, "Option 'timeout' must be a number of milliseconds"],
  [{ timeout: '5s' as unknown as number }, 'Option \'timeout\' must be a number of milliseconds, not "5s"'],
  [{ lease: 0 }, "Option 'lease' must be more than 0 milliseconds"],
  [{ lease: -1 }, "Option 'lease' must be a number of milliseconds"],
])('options %j are refused', async (options, message) => {
  const store = await open()
  await expect(store.lock('a', options)).rejects.toThrow(InvalidOptionError)
  await expect(store.lock('a', options)).rejects.toThrow(message)
})

test('one may wait without end', async () => {
  const store = await open()
  const lock = await store.lock('a', { timeout: Infinity })
  const next = store.lock('a', { timeout: Infinity })
  await lock.release()
  expect((await next).held).toBe(true)
})
