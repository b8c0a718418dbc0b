import { same } from '../assertions.ts'
import { atOnce, chapter, expectAbsent, expectImage, expectListed, imageOf, plainId } from './trial.ts'

const id = plainId(1)

export const create = chapter('create', ['create'], {
  'makes a record that is not there': async ({ driver }) => {
    same(await driver.create(id, imageOf('first'), undefined), true, `create(${id}) without a record`)
    await expectImage(driver, id, imageOf('first'), 'after create')
    await expectListed(driver, [id], 'after create')
  },

  'leaves a record that is there': async ({ driver }) => {
    await driver.create(id, imageOf('first'), undefined)
    same(await driver.create(id, imageOf('second'), undefined), false, `create(${id}) of what was created`)
    await expectImage(driver, id, imageOf('first'), 'after a create that was refused')
    await driver.store(plainId(2), imageOf('stored'), 60)
    same(await driver.create(plainId(2), imageOf('second'), 60), false, 'create of what was stored')
    await expectImage(driver, plainId(2), imageOf('stored'), 'after a create that was refused')
  },

  'leaves an empty image that is there': async ({ driver }) => {
    await driver.store(id, new Uint8Array(0), undefined)
    same(await driver.create(id, imageOf('second'), undefined), false, `create(${id}) over an empty image`)
    await expectImage(driver, id, new Uint8Array(0), 'after a create that was refused')
  },

  'makes again what was removed': async ({ driver }) => {
    await driver.create(id, imageOf('first'), undefined)
    await driver.remove(id)
    same(await driver.create(id, imageOf('second'), undefined), true, `create(${id}) after remove`)
    await expectImage(driver, id, imageOf('second'), 'after remove and create')
  },

  "keeps its image when the caller's buffer changes": async ({ driver }) => {
    const given = imageOf('given')
    await driver.create(id, given, undefined)
    given.fill(0x78)
    await expectImage(driver, id, imageOf('given'), 'after the created buffer was overwritten')
  },

  'of twenty at once one wins': async ({ driver }) => {
    for (let round = 0; round < 5; round += 1) {
      const id = plainId(round)
      await expectAbsent(driver, id, 'before the race')
      const answers = await atOnce(20, (number) => driver.create(id, imageOf(`number ${number}`), 60))
      const winners = answers.flatMap((won, number) => (won ? [number] : []))
      same(winners.length, 1, `the number of create(${id}) that answered true, of 20 at once`)
      await expectImage(driver, id, imageOf(`number ${winners[0]}`), 'which must be the winner')
    }
  },
})
