import { fail, oneOf, same } from '../assertions.ts'
import { atOnce, chapter, expectAbsent, expectImage, expectListed, imageOf, plainId } from './trial.ts'

const id = plainId(1)
const image = imageOf('image')

export const touch = chapter('touch', ['touch'], {
  'moves the expiry and leaves the image': async ({ driver, clock }) => {
    await driver.store(id, image, 60)
    clock.advance(30)
    same(await driver.touch(id, 3600), true, `touch(${id}) of a record`)
    await expectImage(driver, id, image, 'after touch')
    const stored = await driver.retrieve(id)
    same(stored?.expires, clock.seconds() + 3600, `expires of retrieve(${id}) after touch(3600)`)
  },

  'moves it to an earlier time as well': async ({ driver, clock }) => {
    await driver.store(id, image, 3600)
    same(await driver.touch(id, 60), true, `touch(${id}) of a record`)
    same(
      (await driver.retrieve(id))?.expires,
      clock.seconds() + 60,
      `expires of retrieve(${id}) after touch(60)`,
    )
  },

  'gives an expiry to a record that never expired': async ({ driver, clock }) => {
    await driver.store(id, image, undefined)
    same(await driver.touch(id, 60), true, `touch(${id}) of a record`)
    same(
      (await driver.retrieve(id))?.expires,
      clock.seconds() + 60,
      `expires of retrieve(${id}) after touch(60)`,
    )
    await expectImage(driver, id, image, 'after touch')
  },

  'to no lifetime makes it never expire': async ({ driver, clock }) => {
    await driver.store(id, image, 60)
    same(await driver.touch(id, undefined), true, `touch(${id}, undefined) of a record`)
    same((await driver.retrieve(id))?.expires, undefined, `expires of retrieve(${id}) after touch(undefined)`)
    clock.advance(100_000)
    await driver.purge?.(clock.seconds())
    await expectImage(driver, id, image, 'long after touch(undefined)')
  },

  'answers true when it changes nothing': async ({ driver }) => {
    await driver.store(id, image, 60)
    same(await driver.touch(id, 60), true, `touch(${id}) to the expiry it has`)
    same(await driver.touch(id, 60), true, `touch(${id}) to the expiry it has, once more`)
    await driver.store(plainId(2), image, undefined)
    same(await driver.touch(plainId(2), undefined), true, 'touch(undefined) of what never expires')
  },

  'makes no record': async ({ driver }) => {
    same(await driver.touch(id, 60), false, `touch(${id}) without a record`)
    await driver.store(id, image, 60)
    await driver.remove(id)
    same(await driver.touch(id, 60), false, `touch(${id}) of a removed record`)
    await expectAbsent(driver, id, 'after touch of a removed record')
    await expectListed(driver, [], 'after touch of a removed record')
  },

  'leaves other records alone': async ({ driver, clock }) => {
    await driver.store(id, image, 60)
    await driver.store(plainId(2), image, 120)
    await driver.touch(id, 3600)
    const other = await driver.retrieve(plainId(2))
    same(other?.expires, clock.seconds() + 120, `expires of retrieve(${plainId(2)}) after touch of another`)
  },

  'of an expired record makes no empty one': async ({ driver, clock }) => {
    await driver.store(id, image, 60)
    clock.advance(120)
    const there = await driver.touch(id, 3600)
    oneOf(there, [true, false], `touch(${id}) of an expired record`)
    const stored = await driver.retrieve(id)
    if (there) {
      await expectImage(driver, id, image, 'after touch answered true')
      same(stored?.expires, clock.seconds() + 3600, `expires of retrieve(${id}) after touch answered true`)
    } else if ((stored?.expires ?? 0) > clock.seconds()) {
      fail(`retrieve(${id}) is alive after touch of an expired record answered false`)
    }
  },

  'keeps what is replaced at the same time': async ({ driver }) => {
    await atOnce(20, async (number) => {
      const id = plainId(number)
      await driver.store(id, image, 60)
      const touched = async () => driver.touch(id, 3600)
      const stored = async () => driver.store(id, imageOf('new image'), 60)
      await Promise.all(number % 2 === 0 ? [touched(), stored()] : [stored(), touched()])
      await expectImage(driver, id, imageOf('new image'), 'after store and touch at once')
    })
  },

  'beside a remove never brings the record back': async ({ driver }) => {
    await atOnce(20, async (number) => {
      const id = plainId(number)
      await driver.store(id, image, 60)
      const touched = async () => driver.touch(id, 3600)
      const removed = async () => driver.remove(id)
      await Promise.all(number % 2 === 0 ? [touched(), removed()] : [removed(), touched()])
      await expectAbsent(driver, id, 'after remove and touch at once')
    })
    await expectListed(driver, [], 'after remove and touch at once')
  },
})
