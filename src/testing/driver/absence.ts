import { same } from '../assertions.ts'
import { chapter, expectAbsent, expectImage, expectListed, imageOf, plainId } from './trial.ts'

const id = plainId(1)
const image = imageOf('one')

/** Absence is an answer, never an error. */
export const absence = chapter('absence', [], {
  'retrieve of an unknown id answers undefined': async ({ driver }) => {
    await expectAbsent(driver, id, 'in an empty storage')
    await driver.store(plainId(2), image, undefined)
    await expectAbsent(driver, id, 'beside another record')
  },

  'remove answers whether there was a record': async ({ driver }) => {
    same(await driver.remove(id), false, 'remove of an unknown id')
    await driver.store(id, image, undefined)
    same(await driver.remove(id), true, 'remove of a record')
    same(await driver.remove(id), false, 'remove of a record that was removed before')
  },

  'a removed record is gone, the others stay': async ({ driver }) => {
    await driver.store(id, image, undefined)
    await driver.store(plainId(2), imageOf('two'), 60)
    await driver.remove(id)
    await expectAbsent(driver, id, 'after remove')
    await expectImage(driver, plainId(2), imageOf('two'), 'after remove of another')
    await expectListed(driver, [plainId(2)], 'after remove')
  },

  'a removed record can be stored again': async ({ driver }) => {
    await driver.store(id, image, undefined)
    await driver.remove(id)
    await driver.store(id, imageOf('again'), undefined)
    await expectImage(driver, id, imageOf('again'), 'after remove and store')
  },

  'asking makes no record': async ({ driver }) => {
    await driver.retrieve(id)
    await driver.remove(id)
    await expectListed(driver, [], 'after retrieve and remove of an unknown id')
  },
})
