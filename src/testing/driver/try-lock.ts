import type { DriverLock } from '../../contracts/driver.ts'
import { fail, same } from '../assertions.ts'
import { chapter, expectAbsent, expectImage, expectListed, imageOf, plainId } from './trial.ts'

const id = plainId(1)

export const tryLock = chapter('tryLock', ['tryLock'], {
  'gives the lock to one at a time': async ({ driver, another }) => {
    const other = await another()
    for (const [holder, rival] of [
      [driver, other],
      [other, driver],
    ] as const) {
      const lock = had(await holder.tryLock(id), 'while nobody had the lock')
      same(await rival.tryLock(id), undefined, `tryLock(${id}) of another driver while one has the lock`)
      same(await holder.tryLock(id), undefined, `tryLock(${id}) while the same driver has the lock`)
      await had(await rival.tryLock(plainId(2)), 'of another id').release()
      same(await lock.renew(), true, 'renew() of a lock that is held')
      await lock.release()
    }
  },

  'needs no record, and makes none': async ({ driver }) => {
    const lock = had(await driver.tryLock(id), 'without a record')
    await expectAbsent(driver, id, 'while the lock is held')
    await expectListed(driver, [], 'while the lock is held')
    await lock.release()
    await expectListed(driver, [], 'after the lock was released')
  },

  'lets the verbs of its driver go on': async ({ driver }) => {
    const lock = had(await driver.tryLock(id), 'while nobody had the lock')
    await driver.store(id, imageOf('one'), undefined)
    await expectImage(driver, id, imageOf('one'), 'while the lock is held')
    await driver.store(id, imageOf('two'), undefined)
    await expectListed(driver, [id], 'while the lock is held')
    same(await driver.remove(id), true, `remove(${id}) while the lock is held`)
    await driver.store(id, imageOf('three'), undefined)
    await lock.release()
    await expectImage(driver, id, imageOf('three'), 'after the lock was released')
  },
})

function had(lock: DriverLock | undefined, when: string): DriverLock {
  return lock ?? fail(`tryLock ${when} answered undefined`)
}
