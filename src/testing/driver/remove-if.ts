import { same } from '../assertions.ts'
import { lookAlikes } from './replace.ts'
import { atOnce, chapter, expectAbsent, expectImage, expectListed, imageOf, plainId } from './trial.ts'

const id = plainId(1)
const before = imageOf('before')

export const removeIf = chapter('removeIf', ['removeIf'], {
  'takes the record away when it is as expected': async ({ driver }) => {
    await driver.store(id, before, undefined)
    await driver.store(plainId(2), before, undefined)
    same(await driver.removeIf(id, before), 'done', `removeIf(${id}) of what is there`)
    await expectAbsent(driver, id, 'after removeIf')
    await expectListed(driver, [plainId(2)], 'after removeIf of another')
  },

  'leaves the record when it has changed': async ({ driver }) => {
    await driver.store(id, before, 60)
    for (const text of lookAlikes) {
      const what = `removeIf(${id}) expecting ${JSON.stringify(text)} where 'before' is`
      same(await driver.removeIf(id, imageOf(text)), 'changed', what)
    }
    await expectImage(driver, id, before, "after removeIf answered 'changed'")
  },

  'says so when there is no record': async ({ driver }) => {
    same(await driver.removeIf(id, before), 'absent', `removeIf(${id}) without a record`)
    await driver.store(id, before, undefined)
    await driver.remove(id)
    same(await driver.removeIf(id, before), 'absent', `removeIf(${id}) of a removed record`)
    same(await driver.removeIf(id, new Uint8Array(0)), 'absent', `removeIf(${id}) expecting no bytes`)
  },

  'of twenty at once one is done': async ({ driver }) => {
    for (let round = 0; round < 5; round += 1) {
      const id = plainId(round)
      await driver.store(id, before, undefined)
      const answers = await atOnce(20, () => driver.removeIf(id, before))
      same(answers.filter((answer) => answer === 'done').length, 1, `removeIf(${id}) that were 'done', of 20`)
      same(answers.filter((answer) => answer === 'absent').length, 19, `removeIf(${id}) that were 'absent'`)
    }
  },
})
