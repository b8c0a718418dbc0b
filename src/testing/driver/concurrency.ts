import type { Driver } from '../../contracts/driver.ts'
import { fail, same, shown } from '../assertions.ts'
import { atOnce, chapter, expectAbsent, expectImage, expectListed, imageOf, plainId } from './trial.ts'

/** Calls on one driver that are under way at the same time, as in a server. */
export const concurrency = chapter('at once', [], {
  'fifty ids do not mix': async ({ driver }) => {
    await atOnce(50, async (number) => {
      const id = plainId(number)
      const image = (version: number) => imageOf(`version ${version} of ${number} `.repeat(1 + number * 20))
      await driver.store(id, image(1), 60)
      await expectImage(driver, id, image(1), 'with fifty at work')
      const replaced = await driver.replace?.(id, image(1), image(2), 60)
      if (replaced === undefined) await driver.store(id, image(2), 60)
      else same(replaced, 'done', `replace(${id}) with fifty at work`)
      if (driver.touch) same(await driver.touch(id, 3600), true, `touch(${id}) with fifty at work`)
      await expectImage(driver, id, image(2), 'with fifty at work')
      if (number % 2 === 0) return
      same(await driver.remove(id), true, `remove(${id}) with fifty at work`)
      await expectAbsent(driver, id, 'after remove, with fifty at work')
    })
    const even = Array.from({ length: 25 }, (_, half) => plainId(half * 2))
    await expectListed(driver, even, 'after fifty were at work')
  },

  'twenty stores of one id leave one whole image': async ({ driver }) => {
    const id = plainId(1)
    const images = Array.from({ length: 20 }, (_, number) => wholeImage(number))
    await atOnce(20, (number) => driver.store(id, wholeImage(number), 60))
    await expectWhole(driver, id, images)
    await expectListed(driver, [id], 'after twenty stores')
  },

  'a reader never sees half an image, or none': async ({ driver }) => {
    const id = plainId(1)
    const images = [wholeImage(0), wholeImage(1)]
    await driver.store(id, wholeImage(0), 60)
    await Promise.all([
      atOnce(30, async (number) => driver.store(id, wholeImage(number % 2), 60)),
      atOnce(60, async () => expectWhole(driver, id, images)),
    ])
  },

  'of twenty removes one answers true': async ({ driver }) => {
    for (let round = 0; round < 5; round += 1) {
      const id = plainId(round)
      await driver.store(id, imageOf('image'), 60)
      const answers = await atOnce(20, () => driver.remove(id))
      same(answers.filter(Boolean).length, 1, `the number of remove(${id}) that answered true, of 20 at once`)
    }
  },

  'reading and writing go on while ids are listed': async ({ driver }) => {
    await atOnce(100, (number) => driver.store(plainId(number), imageOf('image'), 60))
    const [first, image, later] = [plainId(0), imageOf('image'), imageOf('later')]
    const seen = new Set<string>()
    for await (const id of driver.ids()) {
      seen.add(id)
      await Promise.all([driver.store(id, later, 60), expectWhole(driver, first, [image, later])])
    }
    same(seen.size, 100, 'the number of ids that were listed while they were stored again')
  },
})

/** Large enough to be written in more than one step, of a length that differs. */
export function wholeImage(number: number): Uint8Array {
  return new Uint8Array(100_000 - number * 3000).fill(97 + number)
}

export async function expectWhole(driver: Driver, id: string, images: readonly Uint8Array[]): Promise<void> {
  const stored = await driver.retrieve(id)
  if (stored && images.some((image) => Buffer.compare(image, stored.image) === 0)) return
  fail(`retrieve(${id}) while it is written: expected one of the whole images, got ${shown(stored)}`)
}
