import { fail, same } from '../assertions.ts'
import { chapter, expectImage, expectListed, fill, imageOf, listed, plainId } from './trial.ts'

const image = imageOf('image')

export const purge = chapter('purge', ['purge'], {
  'of an empty storage removes nothing': async ({ driver, clock }) => {
    same(await driver.purge(clock.seconds()), 0, 'purge of an empty storage')
  },

  'removes what expired before that second, and nothing else': async ({ driver, clock }) => {
    const lifetimes = [9, 10, 11, undefined, 0, -10, 3600]
    for (const [number, lifetime] of lifetimes.entries()) await driver.store(plainId(number), image, lifetime)
    const before = (await listed(driver)).length
    const gone = await driver.purge(clock.seconds() + 10)
    const left = [1, 2, 3, 6].map(plainId)
    await expectListed(driver, left, 'after purge')
    for (const id of left) await expectImage(driver, id, image, 'after purge')
    // Less than 3 only if the driver had dropped some by itself.
    if (gone < before - left.length || gone > 3) {
      fail(`purge removed ${before - left.length} records and answered ${gone}`)
    }
    same(await driver.purge(clock.seconds() + 10), 0, 'a second purge as of the same time')
  },

  'goes by the time it is given, not by the clock': async ({ driver, clock }) => {
    const now = clock.seconds()
    await driver.store(plainId(1), image, 60)
    clock.advance(30)
    same(await driver.purge(now + 60), 0, 'purge as of the second in which the record expires')
    await expectListed(driver, [plainId(1)], 'after purge')
    same(await driver.purge(now + 61), 1, 'purge as of the second after')
    await expectListed(driver, [], 'after purge as of the second after')
  },

  'goes by the expiry that touch or store moved': async ({ driver, clock }) => {
    for (const number of [1, 2, 3, 4]) await driver.store(plainId(number), image, 10)
    await driver.store(plainId(1), image, 100)
    await driver.store(plainId(2), image, undefined)
    const touched = driver.touch ? await driver.touch(plainId(3), 100) : false
    clock.advance(50)
    await driver.purge(clock.seconds())
    await expectListed(driver, [1, 2, ...(touched ? [3] : [])].map(plainId), 'after purge')
  },

  'removes thousands and counts them': async ({ driver, clock, limits }) => {
    await fill(driver, limits.records, 10)
    await driver.store(plainId(limits.records), image, 100)
    const before = (await listed(driver)).length
    const gone = await driver.purge(clock.seconds() + 50)
    await expectListed(driver, [plainId(limits.records)], 'after purge')
    same(gone, before - 1, 'the number that purge answered')
  },

  'leaves what is stored meanwhile': async ({ driver, clock }) => {
    const ids = await fill(driver, 300, 10)
    clock.advance(20)
    const purged = (async () => driver.purge(clock.seconds()))()
    const again = ids.filter((_, index) => index % 10 === 0)
    await Promise.all(again.map(async (id) => driver.store(id, imageOf('again'), 60)))
    await purged
    await expectListed(driver, again, 'after purge and store at once')
    for (const id of again) await expectImage(driver, id, imageOf('again'), 'after purge and store at once')
  },
})
