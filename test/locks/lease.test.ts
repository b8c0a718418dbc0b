import { expect, test } from 'vitest'
import { StorageError } from '../../src/errors.ts'
import { hiddenId } from '../../src/hidden-ids.ts'
import { LeaseClaim } from '../../src/locks/lease.ts'
import { doneAndFailing, failing, newLocks } from './new-locks.ts'

const key = hiddenId('lock', 'a')

test('the record of a lock is one like all others of the store', async () => {
  const { claim, stored, clock } = newLocks()
  await claim(3000).tryTake()
  expect(await stored(key)).toEqual({
    _SESSION_ID: key,
    _SESSION_ATIME: clock.seconds,
    _SESSION_CTIME: clock.seconds,
    _SESSION_ETIME: 60,
    _SESSION_PTIME: {},
    holder: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    lease: 3000,
    renewals: 0,
  })
})

test('it outlives the lease by far, whatever that is', async () => {
  const { claim, stored, driver, clock } = newLocks()
  const lease = await claim(600_000).tryTake()
  expect(await stored(key)).toMatchObject({ _SESSION_ETIME: 1200 })
  expect((await driver.retrieve(key))!.expires).toBe(clock.seconds + 1200)
  clock.advance(500)
  await lease!.renew()
  expect((await driver.retrieve(key))!.expires).toBe(clock.seconds + 1200)
})

test('how long a holder is believed to be alive is what the holder said', async () => {
  const { claim, time } = newLocks()
  await claim(60_000).tryTake()
  const hasty = claim(100)
  await hasty.tryTake()
  time.pass(59_999)
  expect(await hasty.tryTake()).toBeUndefined()
  time.pass(1)
  expect(await hasty.tryTake()).toBeDefined()
})

test.each([
  ['no bytes', ''],
  ['no record', 'x'],
  ['the record of something else', '{"_SESSION_ID":"b"}'],
])('what is under the id of the lock and is %s goes after the own lease', async (_, text) => {
  const { claim, time, driver } = newLocks()
  await driver.store(key, Buffer.from(text), undefined)
  const ours = claim(100)
  expect(await ours.tryTake()).toBeUndefined()
  time.pass(99)
  expect(await ours.tryTake()).toBeUndefined()
  time.pass(1)
  expect(await ours.tryTake()).toBeDefined()
})

test('of two who wait for a dead one, one gets its lock', async () => {
  const { claim, time } = newLocks()
  await claim(100).tryTake()
  const both = [claim(100), claim(100)]
  for (const each of both) await each.tryTake()
  time.pass(100)
  const taken = await Promise.all(both.map((each) => each.tryTake()))
  expect(taken.filter((lease) => lease !== undefined)).toHaveLength(1)
})

test('a renewal that was done although it failed is no loss, nor is one that was not', async () => {
  const { claim, driver, time } = newLocks()
  const lease = (await claim(100).tryTake())!
  driver.instead.replace = doneAndFailing
  expect(await lease.renew()).toBe(true)
  driver.instead.replace = failing
  expect(await lease.renew()).toBe(true)
  time.pass(99)
  expect(await lease.renew()).toBe(true)
  time.pass(99)
  expect(lease.isOver).toBe(false)
  driver.instead.replace = doneAndFailing
  await lease.renew()
  await lease.release()
  expect(await driver.retrieve(key)).toBeUndefined()
})

test('storage that fails for a whole lease is a loss', async () => {
  const { claim, driver, time } = newLocks()
  const lease = (await claim(100).tryTake())!
  driver.instead.replace = failing
  time.pass(99)
  expect(await lease.renew()).toBe(true)
  driver.instead.replace = failing
  time.pass(1)
  await expect(lease.renew()).rejects.toThrow(StorageError)
  expect(lease.isOver).toBe(true)
})

test('a record that a driver made although it says that there was one is ours', async () => {
  const { claim, driver } = newLocks()
  driver.instead.create = (go) => {
    go()
    return go()
  }
  const lease = await claim(100).tryTake()
  expect(await lease?.renew()).toBe(true)
})

test('who renews between a look and a takeover is not pushed aside', async () => {
  const { claim, driver, time } = newLocks()
  const first = (await claim(100).tryTake())!
  const other = claim(100)
  await other.tryTake()
  time.pass(100)
  driver.instead.replace = async (go) => {
    expect(await first.renew()).toBe(true)
    return go()
  }
  expect(await other.tryTake()).toBeUndefined()
  expect(await other.tryTake()).toBeUndefined()
  expect(first.isOver).toBe(false)
})

test('a lock is one for a session, and no other', async () => {
  const { records, rules } = newLocks()
  for (const id of ['a', 'A', 'b', '', 'ä']) {
    expect(await new LeaseClaim(records, rules, id, 100).tryTake()).toBeDefined()
  }
})
