import type { Driver } from '../../contracts/driver.ts'
import { fail, same, shown } from '../assertions.ts'
import type { FakeClock } from '../context.ts'
import { chapter, expectImage, expectListed, imageOf, listed, plainId } from './trial.ts'

const id = plainId(1)
const image = imageOf('image')
const DAY = 86_400
const lifetimes = [1, 60, 3600, DAY, 30 * DAY, 30 * DAY + 1, 31 * DAY, 365 * DAY, 36_525 * DAY]

/** A driver need not tell `expires`, but what it tells is right. */
async function expectExpires(
  driver: Driver,
  clock: FakeClock,
  lifetime: number,
  when: string,
): Promise<void> {
  const expires = (await driver.retrieve(id))?.expires
  if (expires !== undefined) same(expires, clock.seconds() + lifetime, `expires of retrieve(${id}) ${when}`)
}

export const lifetime = chapter('lifetime', [], {
  'a record without one never expires': async ({ driver, clock }) => {
    await driver.store(id, image, undefined)
    clock.advance(1000 * 365 * DAY)
    await driver.purge?.(clock.seconds())
    await expectImage(driver, id, image, 'a thousand years later')
    same((await driver.retrieve(id))?.expires, undefined, `expires of retrieve(${id})`)
  },

  'a record lives until it is over, from a second to a century': async ({ driver, clock }) => {
    for (const lifetime of lifetimes) {
      await driver.store(id, image, lifetime)
      await expectImage(driver, id, image, `right after store for ${lifetime} s`)
      await expectExpires(driver, clock, lifetime, `after store for ${lifetime} s`)
      clock.advance(lifetime)
      await driver.purge?.(clock.seconds())
      await expectImage(driver, id, image, `in the last of ${lifetime} s`)
    }
  },

  'counts in whole seconds from the second in which it is stored': async ({ driver, clock }) => {
    clock.advance(0.749)
    await driver.store(id, image, 60)
    await expectExpires(driver, clock, 60, 'after store at the end of a second')
    clock.advance(0.001)
    await driver.store(id, image, 60)
    await expectExpires(driver, clock, 60, 'after store on a full second')
  },

  'starts anew with each store': async ({ driver, clock }) => {
    await driver.store(id, image, 60)
    clock.advance(30)
    await driver.store(id, image, 60)
    await expectExpires(driver, clock, 60, 'after the second store')
    clock.advance(40)
    await driver.purge?.(clock.seconds())
    await expectImage(driver, id, image, '40 s after the second store for 60 s')
  },

  'ends when a store gives none': async ({ driver, clock }) => {
    await driver.store(id, image, 60)
    await driver.store(id, image, undefined)
    same(
      (await driver.retrieve(id))?.expires,
      undefined,
      `expires of retrieve(${id}) after store without lifetime`,
    )
    clock.advance(1000)
    await driver.purge?.(clock.seconds())
    await expectImage(driver, id, image, 'long after store without lifetime')
  },

  'of 0 or less is taken, and is over at once': async ({ driver, clock }) => {
    for (const lifetime of [0, -1, -60, -36_525 * DAY]) {
      await driver.store(id, image, lifetime)
      const stored = await driver.retrieve(id)
      if (!stored) continue
      await expectImage(driver, id, image, `after store for ${lifetime} s`)
      const { expires = -Infinity } = stored
      if (expires >= clock.seconds()) {
        fail(`expires of retrieve(${id}) after store for ${lifetime} s is now, or later`)
      }
      if (!(await listed(driver, { expiredBefore: clock.seconds() })).includes(id)) {
        fail(`ids({ expiredBefore }) leaves out ${id} after store for ${lifetime} s`)
      }
      if (!driver.purge) continue
      same(await driver.purge(clock.seconds()), 1, `purge after store for ${lifetime} s`)
      await expectListed(driver, [], `after store for ${lifetime} s and purge`)
    }
  },

  'of a created or replaced record counts the same': async ({ driver, clock }) => {
    if (!driver.create && !driver.replace) return 'this driver offers no create, no replace'
    if (driver.create) await driver.create(id, image, 60)
    else await driver.store(id, image, 60)
    await expectExpires(driver, clock, 60, 'after create')
    clock.advance(30)
    if (!driver.replace) return undefined
    await driver.replace(id, image, imageOf('new'), 90)
    await expectExpires(driver, clock, 90, 'after replace')
    clock.advance(80)
    await driver.purge?.(clock.seconds())
    await expectImage(driver, id, imageOf('new'), '80 s after replace for 90 s')
    await driver.replace(id, imageOf('new'), image, undefined)
    const expires = (await driver.retrieve(id))?.expires
    same(expires, undefined, `expires of retrieve(${id}) after replace without lifetime`)
    return undefined
  },

  'a conditional write that is refused leaves it': async ({ driver, clock }) => {
    if (!driver.create && !driver.replace) return 'this driver offers no create, no replace'
    await driver.store(id, image, 60)
    await driver.create?.(id, image, 3600)
    await driver.replace?.(id, imageOf('other'), image, 3600)
    await expectExpires(driver, clock, 60, 'after create and replace that were refused')
    return undefined
  },

  'ids({ expiredBefore }) lists what has expired': async ({ driver, clock }) => {
    await driver.store(plainId(1), image, 10)
    await driver.store(plainId(2), image, 20)
    await driver.store(plainId(3), image, undefined)
    await driver.store(plainId(4), image, -10)
    const everything = await listed(driver)
    const expired = await listed(driver, { expiredBefore: clock.seconds() + 11 })
    for (const id of [plainId(1), plainId(4)]) {
      // A driver may have dropped number 4 by itself.
      if (everything.includes(id) && !expired.includes(id)) {
        fail(`ids({ expiredBefore }) leaves out ${shown(id)}`)
      }
    }
    const strangers = expired.filter((id) => !everything.includes(id))
    same(strangers, [], 'what ids({ expiredBefore }) lists and ids() does not')
    await expectListed(driver, everything, 'after ids({ expiredBefore })')
  },
})
