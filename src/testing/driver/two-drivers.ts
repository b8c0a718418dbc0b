import { fail, same } from '../assertions.ts'
import { expectWhole, wholeImage } from './concurrency.ts'
import { atOnce, chapter, expectAbsent, expectImage, expectListed, imageOf, plainId } from './trial.ts'

const id = plainId(1)
const image = imageOf('image')
const group = 'two drivers'

/** Two drivers on one storage, as two connections or two processes have it. */
export const twoDrivers = [
  ...chapter(group, [], {
    'see what the other one does': async ({ driver, another }) => {
      const other = await another()
      await driver.store(id, image, 60)
      await expectImage(other, id, image, 'by another driver after store')
      await expectListed(other, [id], 'of another driver after store')
      await other.store(id, imageOf('changed'), 60)
      await expectImage(driver, id, imageOf('changed'), 'after store by another driver')
      same(await other.remove(id), true, `remove(${id}) by another driver`)
      await expectAbsent(driver, id, 'after remove by another driver')
      same(await driver.remove(id), false, `remove(${id}) after remove by another driver`)
    },

    'find what was stored before all were closed': async ({ driver, another, close, clock }) => {
      await driver.store(id, image, undefined)
      await driver.store(plainId(2), imageOf('two'), 60)
      await close(driver)
      const later = await another()
      await expectImage(later, id, image, 'after close and open')
      await expectImage(later, plainId(2), imageOf('two'), 'after close and open')
      const expires = (await later.retrieve(plainId(2)))?.expires
      if (expires !== undefined) same(expires, clock.seconds() + 60, 'expires after close and open')
      await expectListed(later, [id, plainId(2)], 'after close and open')
    },

    'do not close each other': async ({ driver, another, close }) => {
      const other = await another()
      await close(other)
      await driver.store(id, image, 60)
      await expectImage(driver, id, image, 'after another driver was closed')
      await expectListed(driver, [id], 'after another driver was closed')
    },

    'of their removes one answers true': async ({ driver, another }) => {
      const other = await another()
      for (let round = 0; round < 5; round += 1) {
        await driver.store(id, image, 60)
        const answers = await atOnce(20, (number) => (number % 2 === 0 ? driver : other).remove(id))
        same(
          answers.filter(Boolean).length,
          1,
          `the number of remove(${id}) that answered true, of 20 at once`,
        )
      }
    },

    'show each other whole images only': async ({ driver, another }) => {
      const other = await another()
      await driver.store(id, wholeImage(0), 60)
      await Promise.all([
        atOnce(30, async (number) => driver.store(id, wholeImage(number % 2), 60)),
        atOnce(60, async () => expectWhole(other, id, [wholeImage(0), wholeImage(1)])),
      ])
    },

    'list while the other one removes': async ({ driver, another }) => {
      const other = await another()
      await atOnce(100, (number) => driver.store(plainId(number), image, 60))
      const seen = new Set<string>()
      for await (const id of driver.ids()) {
        if (seen.has(id)) fail(`ids() listed ${id} twice`)
        seen.add(id)
        await other.remove(id)
      }
      same(seen.size, 100, 'the number of ids listed while another driver removed them')
      await expectListed(driver, [], 'after another driver removed all')
    },
  }),

  ...chapter(group, ['create'], {
    'of their creates one wins': async ({ driver, another }) => {
      const other = await another()
      for (let round = 0; round < 5; round += 1) {
        const id = plainId(round)
        const answers = await atOnce(20, (number) =>
          (number % 2 === 0 ? driver : other).create(id, imageOf(`number ${number}`), 60),
        )
        const winners = answers.flatMap((won, number) => (won ? [number] : []))
        same(winners.length, 1, `the number of create(${id}) that answered true, of 20 at once`)
        await expectImage(driver, id, imageOf(`number ${winners[0]}`), 'which must be the winner')
      }
    },
  }),

  ...chapter(group, ['replace'], {
    'count right together by replace': async ({ driver, another }) => {
      const other = await another()
      await driver.store(id, imageOf('0'), undefined)
      await atOnce(10, async (number) => {
        const mine = number % 2 === 0 ? driver : other
        for (let left = 5, tries = 0; left > 0; tries += 1) {
          if (tries === 1000) {
            fail(`replace(${id}) by what retrieve answered was never 'done', in ${tries} tries`)
          }
          const stored = await mine.retrieve(id)
          if (!stored) fail(`retrieve(${id}) while it is replaced: got undefined`)
          const next = imageOf(String(Number(Buffer.from(stored.image).toString()) + 1))
          if ((await mine.replace(id, stored.image, next, undefined)) === 'done') left -= 1
        }
      })
      await expectImage(driver, id, imageOf('50'), 'after ten counted to five each')
    },
  }),
]
